#include "src/launch/engine_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

#include "src/base/nearest_name.h"
#include "src/launch/host_error.h"

namespace nam56r::launch {
namespace {

// torchrun starts Python; local starts one process a rank, which Megatron leaves to torchrun.
constexpr EngineName kEngines[] = {
    {"local", true, false},
    {"torchrun", false, true},
    {"slurm", true, true},
    {"kubernetes", true, true},
};

}  // namespace

std::span<const EngineName> EngineNames() { return kEngines; }

base::Expected<std::string> ChooseEngine(std::string_view dialect, std::string_view wanted) {
  const bool native = dialect == "native";
  if (wanted.empty()) return std::string(native ? "local" : "torchrun");
  std::vector<std::string> all;
  std::vector<std::string> valid;
  for (const EngineName& engine : kEngines) {
    const bool fits = native ? engine.native : engine.megatron;
    if (fits && engine.name == wanted) return std::string(wanted);
    if (fits) valid.emplace_back(engine.name);
    all.emplace_back(engine.name);
  }
  const std::string name(wanted);
  base::Diagnostic error;
  if (std::find(all.begin(), all.end(), name) == all.end()) {
    error = HostError("LAUNCH0008", fmt::format("there is no engine '{}'", name),
                      fmt::format("take one of {}", fmt::join(valid, ", ")));
    if (const auto near = base::NearestName(name, all)) {
      error.fix = fmt::format("did you mean '{}'?", *near);
    }
  } else {
    error = HostError(
        "LAUNCH0008", fmt::format("engine {} does not start contracts for {}", name, dialect),
        fmt::format("take --engine {}, or leave it out", fmt::join(valid, ", --engine ")));
  }
  error.fields = {"--engine", "run.backend"};
  error.valid = valid;
  return error;
}

}  // namespace nam56r::launch
