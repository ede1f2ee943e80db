#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <optional>
#include <tuple>
#include <utility>

#include "src/base/files.h"
#include "src/launch/host_error.h"
#include "src/launch/launcher_identity.h"
#include "src/launch/receipt.h"
#include "src/launch/utc_time.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;

constexpr std::uintmax_t kMaxBytes = 16u << 20;

base::Diagnostic NotAReceipt(const std::filesystem::path& path, const std::string& why) {
  base::Diagnostic error =
      HostError("LAUNCH0011", fmt::format("{} is not a receipt: {}", path.string(), why),
                "nam56r runs list shows what there is");
  error.where = {{{path.string(), 0, 0}, "the receipt"}};
  error.valid = {std::string(kReceiptFormat)};
  return error;
}

base::Expected<json> ReadJson(const std::filesystem::path& path) {
  auto text = base::ReadFile(path, base::Surface::kHost, kMaxBytes);
  if (!text) return NotAReceipt(path, text.errors()[0].message);
  json value = json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return NotAReceipt(path, "not a JSON object");
  return value;
}

// "nam56r.receipt/2" and what follows it.
bool IsLaterFormat(const json& format) {
  if (!format.is_string()) return false;
  const auto& text = format.get_ref<const std::string&>();
  const std::size_t slash = kReceiptFormat.find('/') + 1;
  if (!text.starts_with(kReceiptFormat.substr(0, slash))) return false;
  int version = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + slash, end, version);
  return error == std::errc() && stop == end && version > 1;
}

std::string TextOf(const json& object, const char* key, std::string otherwise = {}) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : otherwise;
}

struct NamedState {
  std::string_view name;
  ReceiptState state;
};
constexpr std::array kStates = {NamedState{"running", ReceiptState::kRunning},
                                NamedState{"abandoned", ReceiptState::kAbandoned},
                                NamedState{"elsewhere", ReceiptState::kElsewhere},
                                NamedState{"succeeded", ReceiptState::kSucceeded},
                                NamedState{"failed", ReceiptState::kFailed},
                                NamedState{"interrupted", ReceiptState::kInterrupted},
                                NamedState{"unknown", ReceiptState::kUnknown}};

ReceiptState StateOfRunning(const json& launcher) {
  switch (LivenessOf(LauncherFromJson(launcher))) {
    case Liveness::kAlive:
      return ReceiptState::kRunning;
    case Liveness::kElsewhere:
      return ReceiptState::kElsewhere;
    case Liveness::kGone:
      return ReceiptState::kAbandoned;
  }
  return ReceiptState::kAbandoned;
}

std::optional<ReceiptState> StateOfOutcome(const json& outcome) {
  const auto status = outcome.find("status");
  if (status == outcome.end() || !status->is_string()) return std::nullopt;
  for (const NamedState& entry : kStates) {
    if (entry.name == status->get_ref<const std::string&>()) return entry.state;
  }
  return std::nullopt;
}

}  // namespace

std::string_view ReceiptStateName(ReceiptState state) {
  for (const NamedState& entry : kStates) {
    if (entry.state == state) return entry.name;
  }
  return {};
}

std::string ReceiptId(std::int64_t unix_seconds, const std::string& name, const std::string& digest,
                      int attempt) {
  constexpr std::size_t kMaxName = 64;
  std::string safe;
  for (const char c : name.substr(0, kMaxName)) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
    safe += plain ? c : '-';
  }
  if (safe.empty()) safe = "run";
  const std::size_t colon = digest.find(':');
  const std::string hex = digest.substr(colon == std::string::npos ? 0 : colon + 1, 12);
  return fmt::format("{}-{}-{}{}", UtcCompact(unix_seconds), safe, hex,
                     attempt > 1 ? fmt::format("-{}", attempt) : "");
}

base::Expected<Receipt> ReadReceipt(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "receipt.json";
  auto document = ReadJson(path);
  if (!document) return document.errors();
  const json& head = *document;
  Receipt receipt;
  receipt.newer = IsLaterFormat(head.value("format", json()));
  if (!receipt.newer && head.value("format", json()) != kReceiptFormat) {
    return NotAReceipt(path, fmt::format("its format is {}", head.value("format", json()).dump()));
  }
  for (const char* key : {"name", "digest", "dialect", "started"}) {
    if (!receipt.newer && !head.value(key, json()).is_string()) {
      return NotAReceipt(path, fmt::format("'{}' is missing or no string", key));
    }
  }
  if (!receipt.newer && !head.value("world_size", json()).is_number_integer()) {
    return NotAReceipt(path, "'world_size' is missing or no integer");
  }
  receipt.directory = directory;
  receipt.id = std::filesystem::absolute(directory).lexically_normal().filename();
  if (receipt.id.empty()) {  // "runs/x/"
    receipt.id = std::filesystem::absolute(directory).lexically_normal().parent_path().filename();
  }
  receipt.name = TextOf(head, "name");
  receipt.digest = TextOf(head, "digest");
  receipt.dialect = TextOf(head, "dialect");
  receipt.started = TextOf(head, "started");
  if (head.value("world_size", json()).is_number_integer()) receipt.world_size = head["world_size"];
  receipt.launcher = head.value("launcher", json());
  // The first version wrote none of these: everything was local.
  receipt.engine = TextOf(head, "engine", "local");
  receipt.backend = TextOf(head, "backend", receipt.dialect == "native" ? "native" : "megatron");
  receipt.engine_ids = head.value("engine_ids", json::object());
  receipt.attempts = head.value("attempts", json::array());

  // The launcher first: if it ends between the two looks, its outcome is found by the second.
  receipt.state = StateOfRunning(receipt.launcher);
  const std::filesystem::path outcome_path = directory / "outcome.json";
  std::error_code ignored;
  if (std::filesystem::exists(outcome_path, ignored)) {
    auto outcome = ReadJson(outcome_path);
    if (!outcome) return outcome.errors();
    const auto state = StateOfOutcome(*outcome);
    if (!state && !receipt.newer) {
      return NotAReceipt(outcome_path, "its status is none that is known");
    }
    receipt.state = state.value_or(ReceiptState::kUnknown);
    receipt.outcome = *std::move(outcome);
  }
  return receipt;
}

base::Expected<ReceiptList> ListReceipts(const std::filesystem::path& runs_directory) {
  ReceiptList list;
  std::error_code error;
  if (!std::filesystem::exists(runs_directory, error)) return list;
  std::filesystem::directory_iterator entries(runs_directory, error);
  if (error) return NotAReceipt(runs_directory, error.message());
  for (const auto& entry : entries) {
    std::error_code ignored;
    if (!entry.is_directory(ignored) || !std::filesystem::exists(entry.path() / "receipt.json")) {
      continue;
    }
    auto receipt = ReadReceipt(entry.path());
    if (receipt) {
      list.receipts.push_back(*std::move(receipt));
      continue;
    }
    for (base::Diagnostic diagnostic : receipt.errors()) {
      diagnostic.severity = base::Severity::kWarning;
      list.unreadable.push_back(std::move(diagnostic));
    }
  }
  std::sort(list.receipts.begin(), list.receipts.end(), [](const Receipt& a, const Receipt& b) {
    return std::tie(a.started, a.id) > std::tie(b.started, b.id);
  });
  return list;
}

}  // namespace nam56r::launch
