#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "src/base/files.h"
#include "src/launch/event_number.h"
#include "src/launch/host_error.h"
#include "src/launch/launcher_identity.h"
#include "src/launch/receipt.h"
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

// One write for one line, so that a launcher that is killed leaves whole lines.
int WriteLine(int fd, const json& value) {
  const std::string text = Dump(value, -1) + "\n";
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(fd, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) return errno;
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
         {"seconds", rank.seconds}});
  }
  return ranks;
}

json FirstFailure(const EngineResult& result) {
  for (const RankOutcome& rank : result.ranks) {
    if (rank.first_failure) return rank.rank;
  }
  return nullptr;
}

}  // namespace

struct ReceiptWriter::Impl {
  std::filesystem::path directory;
  json receipt;
  UniqueFd events;
  UniqueFd metrics;
  json last_metrics = json::object();  // by kind of event

  base::Status WriteReceipt() const { return WriteJson(directory / "receipt.json", receipt); }
};

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
      {"started", UtcText(UnixNow())}, {"launcher", ToJson(ThisLauncher())}};
  if (auto status = impl->WriteReceipt(); !status) return status.errors();
  const std::filesystem::path contract = directory / "contract.json";
  if (auto status = base::WriteFileAtomically(contract, contract_bytes, base::Surface::kHost);
      !status) {
    return NotWritable(contract, status.errors()[0].message);
  }
  for (const auto& [name, value] :
       {std::pair("host.json", run.host), std::pair("ranks.json", RanksJson(run))}) {
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
  json line = event.event;
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

base::Status ReceiptWriter::Finish(const EngineResult& result, const json& summary) {
  impl_->receipt["state"] = StatusName(result.outcome);
  if (auto status = impl_->WriteReceipt(); !status) return status;
  return WriteJson(impl_->directory / "outcome.json", {{"format", "nam56r.outcome/1"},
                                                       {"status", StatusName(result.outcome)},
                                                       {"reason", result.reason},
                                                       {"first_failure", FirstFailure(result)},
                                                       {"ranks", RanksOutcomeJson(result)},
                                                       {"started", impl_->receipt["started"]},
                                                       {"ended", UtcText(UnixNow())},
                                                       {"seconds", result.seconds},
                                                       {"last_metrics", impl_->last_metrics},
                                                       {"summary", summary}});
}

}  // namespace nam56r::launch
