#include "src/cli/sides.h"

#include <utility>

#include "src/base/files.h"
#include "src/launch/receipt.h"

namespace nam56r::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxHostBytes = 1u << 20;
constexpr int kMaxHostDepth = 16;  // a host has three levels

base::Diagnostic NoHost(const fs::path& path) {
  base::Diagnostic error;
  error.code = "LAUNCH0011";
  error.surface = base::Surface::kHost;
  error.message = path.string() + " is not a bound host: no JSON object, or nested too deeply";
  error.where = {{{path.string(), 0, 0}, "the receipt's host"}};
  error.fix = "nam56r runs list shows what there is";
  return error;
}

}  // namespace

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

}  // namespace nam56r::cli
