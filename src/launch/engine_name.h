#pragma once

#include <span>
#include <string>
#include <string_view>

#include "src/base/expected.h"

namespace nam56r::launch {

/// Which engine starts contracts of which backend.
struct EngineName {
  std::string_view name;
  bool native = false;
  bool megatron = false;
};

/// local, torchrun, slurm, kubernetes.
std::span<const EngineName> EngineNames();

/// The engine for contracts of |dialect| ("native", "megatron@0.19"): |wanted|, or where that is
/// empty the backend's default (native: local, megatron: torchrun). Error: LAUNCH0008, no such
/// engine or not for this backend.
base::Expected<std::string> ChooseEngine(std::string_view dialect, std::string_view wanted);

}  // namespace nam56r::launch
