#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "src/base/files.h"
#include "src/cli/commands.h"
#include "src/cli/targets.h"
#include "src/contract/diff.h"
#include "src/launch/receipt.h"
#include "src/report/diff_text.h"

namespace nam56r::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxHostBytes = 1u << 20;
constexpr int kMaxHostDepth = 16;  // a host has three levels

/// One side as it was read: a contract, or a receipt with the host that it was bound to.
struct Side {
  contract::ReadContract contract;
  std::optional<nlohmann::json> host;
};

base::Diagnostic NoHost(const fs::path& path) {
  base::Diagnostic error;
  error.code = "LAUNCH0011";
  error.surface = base::Surface::kHost;
  error.message = path.string() + " is not a bound host: no JSON object, or nested too deeply";
  error.where = {{{path.string(), 0, 0}, "the receipt's host"}};
  error.fix = "nam56r runs list shows what there is";
  return error;
}

base::Expected<Side> ReadSide(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    auto contract = contract::Read(path);
    if (!contract) return contract.errors();
    return Side{std::move(*contract), std::nullopt};
  }
  auto receipt = launch::ReadReceipt(path);
  if (!receipt) return receipt.errors();
  auto contract = contract::Read(path / "contract.json");
  if (!contract) return contract.errors();
  const fs::path host_path = path / "host.json";
  auto text = base::ReadFile(host_path, base::Surface::kHost, kMaxHostBytes);
  if (!text) return text.errors();
  bool too_deep = false;
  const auto watch = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    too_deep = too_deep || depth > kMaxHostDepth;
    return !too_deep;
  };
  nlohmann::json host = nlohmann::json::parse(*text, watch, /*allow_exceptions=*/false);
  if (too_deep || !host.is_object()) return NoHost(host_path);
  return Side{std::move(*contract), std::move(host)};
}

nlohmann::json HeadJson(const report::DiffHead& head) {
  return {{"file", head.file}, {"digest", head.digest}, {"dialect", head.dialect}};
}

}  // namespace

int RunDiff(const DiffArguments& arguments, const Terminal& terminal) {
  auto a = ReadSide(arguments.a);
  auto b = ReadSide(arguments.b);
  base::Diagnostics errors;
  if (!a) errors = a.errors();
  if (!b) errors.insert(errors.end(), b.errors().begin(), b.errors().end());
  if (!errors.empty()) {
    const int code = Refuse(errors, terminal);
    const bool unreadable = std::any_of(
        errors.begin(), errors.end(), [](const auto& error) { return error.code == "LAUNCH0011"; });
    return unreadable ? kUnreadable : code;
  }
  for (const Side* side : {&*a, &*b}) {
    if (auto verified = VerifyOrWarn(side->contract, terminal); !verified) {
      return Refuse(verified.errors(), terminal);
    }
  }
  const contract::Diff diff = contract::Compare({&a->contract, a->host}, {&b->contract, b->host});
  const report::DiffHead head_a{arguments.a, a->contract.digest, a->contract.dialect};
  const report::DiffHead head_b{arguments.b, b->contract.digest, b->contract.dialect};
  if (terminal.format == Format::kJson) {
    nlohmann::json json = contract::ToJson(diff);
    json["a"] = HeadJson(head_a);
    json["b"] = HeadJson(head_b);
    terminal.out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  } else {
    terminal.out << report::DiffText(diff, head_a, head_b, terminal.out_colour);
  }
  return diff.same() ? kDone : kDifferent;
}

}  // namespace nam56r::cli
