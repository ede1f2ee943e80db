#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace nam56r::launch {

/// What torch.distributed.run says about workers that failed: the line it logs for the first
/// (pytorch/pytorch, torch/distributed/elastic/multiprocessing/api.py, SubprocessContext._poll) and
/// the report it ends with (elastic/multiprocessing/errors/__init__.py, ChildFailedError).
class TorchrunFailures {
 public:
  /// |first_rank| of the agent's node.
  explicit TorchrunFailures(std::int64_t first_rank) : first_rank_(first_rank) {}

  /// A line of the agent's own.
  void Feed(std::string_view line);

  /// The rank that failed first, as torchrun sees it.
  std::optional<std::int64_t> first() const { return first_; }
  /// Exit code by rank; below zero the number of a signal.
  const std::map<std::int64_t, int>& exit_codes() const { return exit_codes_; }

 private:
  std::int64_t first_rank_;
  std::optional<std::int64_t> first_;
  std::optional<std::int64_t> told_;  ///< whom the report speaks of
  std::map<std::int64_t, int> exit_codes_;
};

}  // namespace nam56r::launch
