#include "runtime/train/requirements.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "src/policy/native_limits.h"

namespace nam56r::runtime {
namespace {

class Refusals {
 public:
  void Add(std::string code, base::Surface surface, std::string message,
           std::vector<std::string> fields, std::vector<std::string> valid, std::string fix) {
    base::Diagnostic diagnostic;
    diagnostic.code = std::move(code);
    diagnostic.surface = surface;
    diagnostic.message = std::move(message);
    diagnostic.fields = std::move(fields);
    diagnostic.valid = std::move(valid);
    diagnostic.fix = std::move(fix);
    errors_.push_back(std::move(diagnostic));
  }

  template <class T>
  void Only(const char* field, const T& value, const T& supported,
            base::Surface surface = base::Surface::kPolicy) {
    if (value == supported) return;
    Add("TRAIN0003", surface,
        fmt::format("{} is {}; the native backend has only {}", field, value, supported), {field},
        {fmt::format("{}", supported)}, fmt::format("set {} = {}", field, Toml(supported)));
  }

  base::Status Finish() {
    if (errors_.empty()) return base::Ok{};
    return std::move(errors_);
  }
  bool empty() const { return errors_.empty(); }

 private:
  static std::string Toml(const std::string& value) { return fmt::format("\"{}\"", value); }
  template <class T>
  static std::string Toml(const T& value) {
    return fmt::format("{}", value);
  }

  base::Diagnostics errors_;
};

void CheckPolicy(const policy::Policy& policy, Refusals& refusals) {
  for (const policy::BrokenLimit& broken : policy::BrokenNativeLimits(policy)) {
    const std::string key(broken.limit->key);
    const std::string only = base::ToString(broken.limit->only);
    refusals.Add("TRAIN0003", base::Surface::kPolicy,
                 fmt::format("{} is {}; the native backend {}", key, base::ToString(broken.value),
                             broken.limit->why),
                 {key}, {only}, fmt::format("set {} = {}", key, only));
  }
  const std::string& style = policy.optimizer.lr_decay_style;
  if (style != "constant" && style != "linear" && style != "cosine") {
    refusals.Add("TRAIN0003", base::Surface::kPolicy,
                 fmt::format("optimizer.lr_decay_style is {}", style), {"optimizer.lr_decay_style"},
                 {"constant", "linear", "cosine"}, "set optimizer.lr_decay_style = \"cosine\"");
  }
}

void CheckModel(const recipe::Recipe& recipe, Refusals& refusals) {
  constexpr auto kPlan = base::Surface::kPlan;
  const std::string gelu = "gelu";
  const auto none = [&](const char* field, const std::vector<std::int64_t>& ranks,
                        const char* what) {
    if (ranks.empty()) return;
    refusals.Add("TRAIN0003", kPlan, fmt::format("the native backend has no {}", what), {field},
                 {"[]"}, fmt::format("set {} = []", field));
  };
  none("dsa.ranks", recipe.dsa.ranks, "sparse attention (DSA)");
  none("engram.ranks", recipe.engram.ranks, "n-gram branch beside attention (Engram)");
  none("mhc.ranks", recipe.mhc.ranks, "hyper-connections (mHC)");
  none("mod.ranks", recipe.mod.ranks, "layers that skip tokens (mixture of depths)");
  refusals.Only("model.tokenizer", recipe.model.tokenizer, std::string("byte"), kPlan);
  refusals.Only("model.attention", recipe.model.attention, std::string("mla"), kPlan);
  refusals.Only("structure.enabled", recipe.structure.enabled, false, kPlan);
  refusals.Only("mamba.kind", recipe.mamba.kind, std::string("mamba3"), kPlan);
  refusals.Only("m2rnn.pre_norm", recipe.m2rnn.pre_norm, true, kPlan);
  refusals.Only("dense.activation", recipe.dense.activation, gelu, kPlan);
  refusals.Only("mtp.shared_block", recipe.mtp.shared_block, false, kPlan);

  const recipe::Moe& moe = recipe.moe;
  constexpr std::int64_t kNone = 0;
  refusals.Only("moe.activation", moe.activation, gelu, kPlan);
  refusals.Only("moe.shared_expert_activation", moe.shared_expert_activation, gelu, kPlan);
  refusals.Only("moe.capacity_factor", moe.capacity_factor, 0.0, kPlan);
  refusals.Only("moe.z_loss_coeff", moe.z_loss_coeff, 0.0, kPlan);
  refusals.Only("moe.num_groups", moe.num_groups, kNone, kPlan);
  refusals.Only("moe.group_topk", moe.group_topk, kNone, kPlan);
  refusals.Only("moe.topk_scaling_factor", moe.topk_scaling_factor, 0.0, kPlan);
  refusals.Only("moe.pre_softmax", moe.pre_softmax, false, kPlan);
  if (moe.load_balancing != "aux_loss" && moe.load_balancing != "none") {
    refusals.Add("TRAIN0003", kPlan,
                 fmt::format("moe.load_balancing is {}; the native backend has the auxiliary loss "
                             "of a micro-batch, or none",
                             moe.load_balancing),
                 {"moe.load_balancing"}, {"aux_loss", "none"},
                 "set moe.load_balancing = \"aux_loss\"");
  }
}

void CheckSizes(const contract::ReadContract& contract, Refusals& refusals) {
  const policy::Policy& policy = contract.policy;
  const policy::Layout& layout = policy.layout;
  const std::int64_t stages = layout.pipeline_parallel;
  if (stages < 1 || layout.world_size % stages != 0) {
    refusals.Add(
        "TRAIN0004", base::Surface::kPolicy,
        fmt::format("{} ranks cannot be cut into {} pipeline stages", layout.world_size, stages),
        {"layout.world_size", "layout.pipeline_parallel"}, {},
        "use a world size that is a multiple of pipeline_parallel");
    return;
  }
  const std::int64_t data = layout.world_size / stages;
  if (layout.expert_parallel < 1 || data % layout.expert_parallel != 0) {
    refusals.Add(
        "TRAIN0004", base::Surface::kPolicy,
        fmt::format("EP {} does not divide the {} ranks of a stage", layout.expert_parallel, data),
        {"layout.expert_parallel", "layout.world_size", "layout.pipeline_parallel"}, {},
        "use an expert_parallel that divides world_size / pipeline_parallel");
  } else if (contract.plan.CountOf(plan::Family::kE) > 0 &&
             contract.recipe.moe.num_experts % layout.expert_parallel != 0) {
    refusals.Add("TRAIN0004", base::Surface::kPolicy,
                 fmt::format("EP {} does not divide {} experts", layout.expert_parallel,
                             contract.recipe.moe.num_experts),
                 {"layout.expert_parallel", "moe.num_experts"}, {},
                 "use an expert_parallel that divides moe.num_experts");
  }
  const std::int64_t once = policy.batch.micro_batch_size * data;
  if (once < 1 || policy.batch.global_batch_size < once ||
      policy.batch.global_batch_size % once != 0) {
    refusals.Add("TRAIN0004", base::Surface::kPolicy,
                 fmt::format("{} sequences a step cannot be cut into micro-batches of {} on {} "
                             "data-parallel ranks",
                             policy.batch.global_batch_size, policy.batch.micro_batch_size, data),
                 {"batch.global_batch_size", "batch.micro_batch_size", "layout.world_size"}, {},
                 fmt::format("use a global_batch_size that is a multiple of {}", once));
  }
}

}  // namespace

base::Status CheckRunnable(const contract::ReadContract& contract, std::int64_t world_size) {
  Refusals refusals;
  if (contract.dialect != "native") {
    refusals.Add(
        "TRAIN0001", base::Surface::kPolicy,
        fmt::format("the contract is for {}, this worker executes native ones", contract.dialect),
        {"run.backend"}, {"native"}, "set run.backend = \"native\" and compile the contract again");
    return refusals.Finish();
  }
  const std::int64_t wanted = contract.policy.layout.world_size;
  if (wanted != world_size) {
    refusals.Add(
        "TRAIN0002", base::Surface::kHost,
        fmt::format("WORLD_SIZE is {}, the contract's layout has {} ranks", world_size, wanted),
        {"WORLD_SIZE", "layout.world_size"}, {fmt::format("{}", wanted)},
        fmt::format("start {} ranks", wanted));
  }
  CheckPolicy(contract.policy, refusals);
  CheckModel(contract.recipe, refusals);
  if (refusals.empty()) CheckSizes(contract, refusals);
  return refusals.Finish();
}

}  // namespace nam56r::runtime
