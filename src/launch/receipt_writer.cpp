#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "src/base/files.h"
#include "src/launch/event_number.h"
#include "src/launch/host_error.h"
#include "src/launch/launcher_identity.h"
#include "src/launch/receipt.h"
#include "src/launch/reserved_file.h"
#include "src/launch/unique_fd.h"
#include "src/launch/utc_time.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;

base::Diagnostic NotWritable(const std::filesystem::path& path, const std::string& why) {
  base::Diagnostic error =
      HostError("LAUNCH0010", fmt::format("cannot write the receipt {}: {}", path.string(), why),
                "choose a directory for runs that can be written to");
  error.where = {{{path.string(), 0, 0}, "the receipt"}};
  return error;
}

base::Diagnostic NotWritable(const std::filesystem::path& path, int number) {
  return NotWritable(path, std::generic_category().message(number));
}

// Text of any bytes: what is not UTF-8 is replaced, a receipt is always JSON.
std::string Dump(const json& value, int indent) {
  return value.dump(indent, ' ', false, json::error_handler_t::replace);
}

base::Status WriteJson(const std::filesystem::path& path, const json& value) {
  auto status = base::WriteFileAtomically(path, Dump(value, 2) + "\n", base::Surface::kHost);
  if (!status) return NotWritable(path, status.errors()[0].message);
  return base::Ok{};
}

base::Expected<UniqueFd> OpenForLines(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600));
  if (!fd) return NotWritable(path, errno);
  return fd;
}

// One write for one line, so that a launcher that is killed leaves whole lines. A line that does
// not fit on the disk is not left in part either.
int WriteLine(int fd, const json& value) {
  const std::string text = Dump(value, -1) + "\n";
  const off_t start = ::lseek(fd, 0, SEEK_END);
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) {
      const int error = errno;
      if (start >= 0 && ::ftruncate(fd, start) != 0) return errno;
      return error;
    }
    if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

bool IsMetric(const json& event) {
  const std::string kind = EventKind(event);
  return kind == "step" || kind == "validation";
}

std::string_view StatusName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSucceeded:
      return ReceiptStateName(ReceiptState::kSucceeded);
    case Outcome::kFailed:
      return ReceiptStateName(ReceiptState::kFailed);
    case Outcome::kInterrupted:
      return ReceiptStateName(ReceiptState::kInterrupted);
  }
  return {};
}

json RanksOutcomeJson(const EngineResult& result) {
  json ranks = json::array();
  for (const RankOutcome& rank : result.ranks) {
    ranks.push_back(
        {{"rank", rank.rank},
         {"started", rank.started},
         {"exit_code", rank.started && rank.signal == 0 ? json(rank.exit_code) : json()},
         {"signal", rank.signal != 0 ? json(rank.signal) : json()},
         {"seconds", rank.seconds},
         {"last_event", rank.last_event.empty() ? json() : json(rank.last_event)},
         {"phase", rank.phase.empty() ? json() : json(rank.phase)},
         {"step", rank.step < 0 ? json() : json(rank.step)},
         {"last_line", rank.last_line},
         {"silent_seconds", rank.silent_seconds}});
  }
  return ranks;
}

json FirstFailure(const EngineResult& result) {
  for (const RankOutcome& rank : result.ranks) {
    if (rank.first_failure) return rank.rank;
  }
  return nullptr;
}

std::string_view BackendOf(std::string_view dialect) {
  return dialect == "native" ? "native" : "megatron";
}

constexpr std::int64_t kOutcomeBytes = 64 << 10;
constexpr std::int64_t kRankBytes = 1 << 10;

constexpr std::array<std::string_view, 5> kOwnFiles = {"receipt.json", "contract.json", "host.json",
                                                       "ranks.json", "outcome.json"};

}  // namespace

struct ReceiptWriter::Impl {
  std::filesystem::path directory;
  json receipt;
  UniqueFd events;
  UniqueFd metrics;
  std::optional<ReservedFile> outcome;
  std::int64_t attempt = 1;
  json last_metrics = json::object();  // by kind of event

  base::Status WriteReceipt() const { return WriteJson(directory / "receipt.json", receipt); }
  base::Status WriteOutcome(json outcome_json);
};

// What may be left out where there is no room, longest first.
base::Status ReceiptWriter::Impl::WriteOutcome(json outcome_json) {
  for (const char* key : {"ranks", "attempts", "cause", "last_metrics", "summary"}) {
    const int error = outcome->Publish(Dump(outcome_json, 2) + "\n", "outcome.json");
    if (error == 0) return base::Ok{};
    if (error != ENOSPC && error != EDQUOT && error != EFBIG) {
      return NotWritable(directory / "outcome.json", error);
    }
    outcome_json.erase(key);
    outcome_json["left_out"].push_back(key);
  }
  if (const int error = outcome->Publish(Dump(outcome_json, 2) + "\n", "outcome.json");
      error != 0) {
    return NotWritable(directory / "outcome.json", error);
  }
  return base::Ok{};
}

ReceiptWriter::ReceiptWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ReceiptWriter::~ReceiptWriter() = default;
ReceiptWriter::ReceiptWriter(ReceiptWriter&&) noexcept = default;
ReceiptWriter& ReceiptWriter::operator=(ReceiptWriter&&) noexcept = default;

const std::filesystem::path& ReceiptWriter::directory() const { return impl_->directory; }
std::filesystem::path ReceiptWriter::log_directory() const { return impl_->directory / "logs"; }

base::Expected<ReceiptWriter> ReceiptWriter::Create(const Identity& identity,
                                                    std::string_view contract_bytes,
                                                    const BoundRun& run) {
  auto impl = std::make_unique<Impl>();
  impl->directory = run.receipt_directory;
  const std::filesystem::path& directory = impl->directory;
  if (auto made = base::MakePrivateDirectories(directory.parent_path(), base::Surface::kHost);
      !made) {
    return NotWritable(directory, made.errors()[0].message);
  }
  // mkdir itself, because it fails when somebody else was first.
  for (const std::filesystem::path& path : {directory, directory / "logs"}) {
    if (::mkdir(path.c_str(), 0700) != 0) return NotWritable(path, errno);
  }
  impl->receipt = {
      {"format", kReceiptFormat},      {"state", ReceiptStateName(ReceiptState::kRunning)},
      {"name", identity.name},         {"digest", identity.digest},
      {"dialect", identity.dialect},   {"world_size", identity.world_size},
      {"started", UtcText(UnixNow())}, {"launcher", ToJson(ThisLauncher())},
      {"engine", identity.engine},     {"backend", BackendOf(identity.dialect)},
      {"engine_ids", json::object()},  {"attempts", json::array()}};
  auto reserved = ReservedFile::Make(directory, kOutcomeBytes + identity.world_size * kRankBytes);
  if (!reserved) return NotWritable(directory, errno);
  impl->outcome = std::move(reserved);
  if (auto status = impl->WriteReceipt(); !status) return status.errors();
  const std::filesystem::path contract = directory / "contract.json";
  if (auto status = base::WriteFileAtomically(contract, contract_bytes, base::Surface::kHost);
      !status) {
    return NotWritable(contract, status.errors()[0].message);
  }
  for (const auto& [name, value] :
       {std::pair("host.json", Redacted(run.host)), std::pair("ranks.json", RanksJson(run))}) {
    if (auto status = WriteJson(directory / name, value); !status) return status.errors();
  }
  for (const BoundFile& file : run.files) {
    const std::filesystem::path path = directory / file.name;
    if (auto status = base::WriteFileAtomically(path, file.bytes, base::Surface::kHost); !status) {
      return NotWritable(path, status.errors()[0].message);
    }
  }
  auto events = OpenForLines(directory / "events.jsonl");
  if (!events) return events.errors();
  auto metrics = OpenForLines(directory / "metrics.jsonl");
  if (!metrics) return metrics.errors();
  impl->events = *std::move(events);
  impl->metrics = *std::move(metrics);
  return ReceiptWriter(std::move(impl));
}

base::Status ReceiptWriter::Append(const RankEvent& event, double seconds) {
  json line = Redacted(event.event);
  if (impl_->attempt > 1) line["attempt"] = impl_->attempt;
  line["rank"] = event.rank;
  line["at"] = seconds;
  if (const int error = WriteLine(impl_->events.get(), line); error != 0) {
    return NotWritable(impl_->directory / "events.jsonl", error);
  }
  if (!IsMetric(event.event)) return base::Ok{};
  if (const int error = WriteLine(impl_->metrics.get(), line); error != 0) {
    return NotWritable(impl_->directory / "metrics.jsonl", error);
  }
  impl_->last_metrics[event.event["event"].get<std::string>()] = std::move(line);
  return base::Ok{};
}

base::Status ReceiptWriter::Keep(std::string_view name, const json& value) {
  const bool plain =
      name.ends_with(".json") && name.find('/') == std::string_view::npos && !name.starts_with('.');
  if (!plain || std::find(kOwnFiles.begin(), kOwnFiles.end(), name) != kOwnFiles.end()) {
    throw std::logic_error("a receipt keeps no file " + std::string(name));
  }
  return WriteJson(impl_->directory / name, Redacted(value));
}

base::Status ReceiptWriter::NoteEngineId(const std::string& name, const std::string& id) {
  impl_->receipt["engine_ids"][name] = id;
  return impl_->WriteReceipt();
}

base::Expected<std::filesystem::path> ReceiptWriter::BeginAttempt(std::int64_t number,
                                                                  const BoundRun& run) {
  impl_->attempt = number;
  std::filesystem::path logs = "logs";
  if (number > 1) {
    logs /= fmt::format("attempt-{}", number);
    const std::filesystem::path path = impl_->directory / logs;
    if (::mkdir(path.c_str(), 0700) != 0) return NotWritable(path, errno);
    const std::filesystem::path ranks = impl_->directory / fmt::format("ranks-{}.json", number);
    if (auto status = WriteJson(ranks, RanksJson(run)); !status) return status.errors();
  }
  impl_->receipt["attempts"].push_back(
      {{"attempt", number}, {"started", UtcText(UnixNow())}, {"logs", logs.string()}});
  if (auto status = impl_->WriteReceipt(); !status) return status.errors();
  return impl_->directory / logs;
}

base::Status ReceiptWriter::Finish(const EngineResult& result, const json& summary,
                                   const json& extra) {
  json outcome = {{"format", "nam56r.outcome/1"},
                  {"status", StatusName(result.outcome)},
                  {"ending", EndingName(result.ending)},
                  {"reason", result.reason},
                  {"first_failure", FirstFailure(result)},
                  {"named_ranks", result.named},
                  {"killed_ranks", result.killed},
                  {"ranks", RanksOutcomeJson(result)},
                  {"started", impl_->receipt["started"]},
                  {"ended", UtcText(UnixNow())},
                  {"seconds", result.seconds},
                  {"last_metrics", impl_->last_metrics},
                  {"summary", summary}};
  outcome.update(extra);
  // The outcome counts, whatever receipt.json still says of the state: on a full disk it cannot be
  // replaced, and the outcome says so.
  impl_->receipt["state"] = StatusName(result.outcome);
  if (const auto state = impl_->WriteReceipt(); !state) {
    outcome["receipt_not_updated"] = state.errors()[0].message;
  }
  return impl_->WriteOutcome(Redacted(std::move(outcome)));
}

}  // namespace nam56r::launch
