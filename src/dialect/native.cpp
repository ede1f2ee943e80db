#include "src/dialect/native.h"

#include <fmt/format.h>

#include "src/dialect/fields.h"
#include "src/dialect/native_rules.h"
#include "src/policy/native_limits.h"

namespace nam56r::dialect {
namespace {

constexpr std::string_view kLayout = "layout.";

void AddArgs(const Context& context, Lowered& lowered) {
  for (const auto& field : recipe::Schema()) {
    const std::string& key = field.spec.key;
    lowered.args.push_back({key,
                            Words(ValueOf(context, "recipe." + key)),
                            base::Surface::kPlan,
                            "recipe " + key,
                            {"recipe." + key}});
  }
  for (const auto& field : policy::Schema()) {
    const std::string& key = field.spec.key;
    if (!key.starts_with(kLayout)) continue;
    lowered.args.push_back({key,
                            Words(ValueOf(context, "policy." + key)),
                            base::Surface::kPolicy,
                            "policy " + key,
                            {"policy." + key}});
  }
}

void AddFields(const Context& context, Lowered& lowered) {
  for (const auto& field : policy::Schema()) {
    const std::string& key = field.spec.key;
    PolicyField decided{key, ValueOf(context, "policy." + key), {}, {}};
    if (key == "environment") decided.environment = context.policy.value.environment;
    lowered.fields.push_back(std::move(decided));
  }
}

base::Diagnostic Refusal(const Context& context, const policy::BrokenLimit& broken) {
  const std::string key(broken.limit->key);
  const std::string field = "policy." + key;
  const std::string says = fmt::format("{} = {}", key, base::ToString(broken.value));
  const std::string only = base::ToString(broken.limit->only);
  base::Diagnostic error;
  error.code = "DIALECT0002";
  error.surface = base::Surface::kPolicy;
  error.message = fmt::format("{}: {} {}", says, context.dialect, broken.limit->why);
  error.where = {{At(context, field), says}};
  error.fields = {field};
  error.valid = {only};
  error.fix = fmt::format("write {} = {}", key.substr(key.rfind('.') + 1), only);
  return error;
}

}  // namespace

base::Expected<Lowered> LowerNative(const Context& context) {
  base::Diagnostics errors = Check(NativeRules(), context);
  for (const policy::BrokenLimit& broken : policy::BrokenNativeLimits(context.policy.value)) {
    errors.push_back(Refusal(context, broken));
  }
  if (!errors.empty()) return errors;
  Lowered lowered;
  AddArgs(context, lowered);
  AddFields(context, lowered);
  lowered.unresolved = {
      {"worker", "host paths.worker"},
      {"dataset path", fmt::format("host datasets.{}", context.policy.value.data.dataset)},
      {"network interface", "host network.interface"},
      {"MASTER_ADDR", "host network.master_addr"},
      {"MASTER_PORT", "host network.master_port"},
      {"OMP_NUM_THREADS", "host machine.threads_per_rank"},
      {"RANK", "launch"},
      {"WORLD_SIZE", "launch, from policy layout.world_size"},
  };
  const policy::Checkpoint& checkpoint = context.policy.value.checkpoint;
  for (const auto& [flag, name] :
       {std::pair("--load", checkpoint.load), std::pair("--save", checkpoint.save)}) {
    if (!name.empty()) lowered.unresolved.push_back({flag, "host checkpoints." + name});
  }
  return lowered;
}

}  // namespace nam56r::dialect
