#include <map>

#include "src/dialect/fields.h"
#include "src/dialect/megatron.h"
#include "src/dialect/spelling.h"
#include "src/policy/caches.h"

namespace nam56r::dialect {
namespace {

constexpr std::string_view kPolicy = "policy.";

}  // namespace

std::vector<PolicyField> MegatronFields(const Context& context, const Release& release) {
  std::vector<PolicyField> fields;
  std::map<std::string_view, std::size_t> places;
  for (const auto& field : policy::Schema()) {
    const std::string& key = field.spec.key;
    places.emplace(key, fields.size());
    fields.push_back({key, base::internal::GetField(field, context.policy.value), {}, {}});
    if (key == "environment") fields.back().environment = context.policy.value.environment;
  }
  for (const Spelling& spelling : Spellings(release)) {
    if (IsGenerated(spelling) || spelling.field.empty()) continue;
    std::vector<std::string>& argv = fields[places.at(spelling.field.substr(kPolicy.size()))].argv;
    for (std::string& word : Emit(spelling, context)) argv.push_back(std::move(word));
  }
  return fields;
}

std::vector<Unresolved> MegatronUnresolved(const Context& context) {
  const policy::Policy& policy = context.policy.value;
  std::vector<Unresolved> unresolved = {
      {"python", "host paths.python"},
      {"megatron", "host paths.megatron"},
      {"--data-path", "host datasets." + policy.data.dataset},
      {"--data-cache-path", "host paths.cache_root"},
      {"MASTER_ADDR", "host network.master_addr"},
      {"MASTER_PORT", "host network.master_port"},
      {"RANK", "launch"},
      {"LOCAL_RANK", "launch"},
      {"WORLD_SIZE", "launch, from policy layout.world_size"},
  };
  if (context.recipe.value.model.tokenizer == "HuggingFaceTokenizer") {
    unresolved.push_back({"--tokenizer-model", "host paths.tokenizer_model"});
  }
  if (!policy.checkpoint.load.empty()) {
    unresolved.push_back({"--load", "host checkpoints." + policy.checkpoint.load});
  }
  if (!policy.checkpoint.save.empty()) {
    unresolved.push_back({"--save", "host checkpoints." + policy.checkpoint.save});
  }
  for (const policy::CacheVariable& cache : policy::kCacheVariables) {
    const std::string& lifetime = policy.caches.*cache.lifetime;
    if (lifetime.empty()) continue;
    unresolved.push_back(
        {std::string(cache.variable), "host paths.cache_root, from policy caches." +
                                          std::string(cache.name) + " = " + lifetime});
  }
  return unresolved;
}

}  // namespace nam56r::dialect
