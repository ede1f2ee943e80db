#include <fmt/format.h>

#include <stdexcept>

#include "src/plan/plan.h"

namespace nam56r::plan {
namespace {

std::int64_t ShareOf(const Tensor& tensor, const Shards& shards) {
  std::int64_t ways = 1;
  if (tensor.sharding == Sharding::kTensor) ways = shards.tp;
  if (tensor.sharding == Sharding::kExpert) ways = shards.ep * shards.etp;
  const std::int64_t count = tensor.count();
  if (count % ways != 0) {
    throw std::logic_error(fmt::format("{} does not split {} ways", tensor.name, ways));
  }
  return count / ways;
}

}  // namespace

std::int64_t ParametersOnRank(const Plan& plan, std::int64_t stage, const Shards& shards) {
  if (shards.tp < 1 || shards.ep < 1 || shards.etp < 1) {
    throw std::logic_error("a shard count below 1");
  }
  if (stage < 0 || stage >= plan.cuts.pipeline_parallel) {
    throw std::logic_error(fmt::format("no stage {} in this plan", stage));
  }
  std::int64_t count = 0;
  const auto add = [&](std::int64_t at, const std::vector<Tensor>& tensors) {
    if (at != stage) return;
    for (const Tensor& tensor : tensors) count += ShareOf(tensor, shards);
  };
  for (const Slot& slot : plan.slots) add(slot.stage, slot.tensors);
  for (const Module& module : plan.before) add(module.stage, module.tensors);
  for (const Module& module : plan.after) add(module.stage, module.tensors);
  return count;
}

}  // namespace nam56r::plan
