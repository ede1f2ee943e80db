#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline bool SystemBeforeCudnn(std::string_view path) {
  const std::size_t cudnn = path.find("nvidia/cudnn");
  if (cudnn == std::string_view::npos) return false;
  const std::string_view before = path.substr(0, cudnn);
  for (std::string_view system : {"/usr/lib", "/lib/x86_64", "/lib/aarch64", "/usr/local/cuda"}) {
    const std::size_t at = before.find(system);
    if (at != std::string_view::npos && (at == 0 || before[at - 1] == ':')) return true;
  }
  return false;
}

inline constexpr ArgumentRule kSystemCudnnWins = {
    .code = "POLICY2312",
    .title = "System libraries before the cuDNN of the environment",
    .dests = {"env:LD_LIBRARY_PATH"},
    .refuses =
        [](const Args& a, const Args&) {
          return SystemBeforeCudnn(a.surroundings().Variable("LD_LIBRARY_PATH"));
        },
    .why =
        "loads the first cuDNN of LD_LIBRARY_PATH: a directory of the system stands before that of "
        "the Python environment, and an older cuDNN fails in fused attention long after the start",
    .fix = "put the directory of nvidia/cudnn first",
    .valid = "nvidia/cudnn/lib before /usr/lib and /usr/local/cuda",
    .source = "DatasunriseOU/cppmega: system cuDNN loaded before that of PyTorch",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .fails = "LD_LIBRARY_PATH=/usr/lib/x86_64-linux-gnu:/venv/nvidia/cudnn/lib",
    .passes = "LD_LIBRARY_PATH=/venv/nvidia/cudnn/lib:/usr/local/cuda/lib64",
};

}  // namespace nam56r::dialect::rules
