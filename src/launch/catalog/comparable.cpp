#include "src/launch/catalog/comparable.h"

#include <array>
#include <set>

#include "src/base/canonical_json.h"
#include "src/base/digest.h"
#include "src/contract/diff_items.h"

namespace nam56r::launch::catalog {
namespace {

using nlohmann::json;

constexpr std::string_view kNumerics = "the same training, computed in another way";
constexpr std::string_view kUpdate = "it changes the updates";
constexpr std::string_view kWatched = "it changes what is watched, not what is trained";
constexpr std::string_view kObjective = "it changes what is minimised";

constexpr std::array kRelevances = {
    Relevance{"recipe.", true, true, "another model"},
    Relevance{"recipe.model.name", false, false, "a label"},
    Relevance{"recipe.model.variant", false, false, "a label"},
    Relevance{"recipe.model.tokenizer", true, false, "a loss is counted in its tokens"},
    Relevance{"recipe.model.init_std", true, false, "another start"},
    Relevance{"recipe.model.norm_epsilon", true, false, "another function of the same cost"},
    Relevance{"recipe.moe.aux_loss_coeff", true, false, kObjective},
    Relevance{"recipe.moe.z_loss_coeff", true, false, kObjective},
    Relevance{"recipe.moe.expert_bias_update_rate", true, false, kUpdate},
    Relevance{"recipe.mod.aux_loss_coeff", true, false, kObjective},
    Relevance{"policy.run.name", false, false, "a label"},
    Relevance{"policy.run.recipe_mode", true, true, "the mode replaces layers"},
    Relevance{"policy.run.backend", true, false,
              "backends draw other weights and other batches from the same seed"},
    Relevance{"policy.run.unlisted_environment", false, false, "it allows names, and sets nothing"},
    Relevance{"policy.layout.", false, false, kNumerics},
    Relevance{"policy.layout.world_size", false, true, "more ranks do more work"},
    Relevance{"policy.schedule.", false, false, kNumerics},
    Relevance{"policy.batch.", true, false, "another number of steps is another place in training"},
    Relevance{"policy.batch.global_batch_size", true, false,
              "a step sees another number of sequences"},
    Relevance{"policy.batch.micro_batch_size", true, false,
              "experts are balanced over a micro-batch"},
    Relevance{"policy.mtp.depth", true, true, "blocks beside the trunk are trained and paid for"},
    Relevance{"policy.mtp.loss_scaling_factor", true, false, kObjective},
    Relevance{"policy.mtp.cross_entropy", false, false, kNumerics},
    Relevance{"policy.graphs.", false, false, kNumerics},
    Relevance{"policy.attention.sparse_mode", true, true,
              "it decides whether keys are left out at all"},
    Relevance{"policy.attention.backend", false, false, kNumerics},
    Relevance{"policy.attention.indexer_loss_coeff", true, false, kObjective},
    Relevance{"policy.attention.indexer_sparse_loss", true, false, kObjective},
    Relevance{"policy.attention.index_cache_ranks", true, true,
              "layers that share indices are another function and cost less"},
    Relevance{"policy.precision.", false, false, kNumerics},
    Relevance{"policy.recompute.", false, false, kNumerics},
    Relevance{"policy.optimizer.", true, false, kUpdate},
    Relevance{"policy.optimizer.seed", true, false, "other weights at the start, other batches"},
    Relevance{"policy.optimizer.distributed", false, false, kNumerics},
    Relevance{"policy.optimizer.precision_aware", false, false, kNumerics},
    Relevance{"policy.optimizer.main_grads_dtype", false, false, kNumerics},
    Relevance{"policy.optimizer.main_params_dtype", false, false, kNumerics},
    Relevance{"policy.optimizer.exp_avg_dtype", false, false, kNumerics},
    Relevance{"policy.optimizer.exp_avg_sq_dtype", false, false, kNumerics},
    Relevance{"policy.optimizer.cpu_offload_fraction", false, false, kNumerics},
    Relevance{"policy.optimizer.check_for_nan", false, false, "it ends a run, and trains none"},
    Relevance{"policy.muon.", true, false, kUpdate, "policy.optimizer.kind", "muon"},
    Relevance{"policy.muon.momentum_dtype", false, false, kNumerics},
    Relevance{"policy.overlap.", false, false, kNumerics},
    Relevance{"policy.kernels.", false, false, kNumerics},
    Relevance{"policy.dispatcher.", false, false, kNumerics},
    Relevance{"policy.regional_compile.", false, false, kNumerics},
    Relevance{"policy.caches.", false, false, "compiled kernels, kept or not"},
    Relevance{"policy.data.dataset", true, false, "other data"},
    Relevance{"policy.data.split", true, false, "other documents are trained on"},
    Relevance{"policy.data.eval_interval", false, false, kWatched},
    Relevance{"policy.data.eval_iters", true, false, "the validation loss is a mean over them"},
    Relevance{"policy.data.log_interval", false, false, kWatched},
    Relevance{"policy.data.log_throughput", false, false, kWatched},
    Relevance{"policy.data.num_workers", false, false, "who reads the same batches"},
    Relevance{"policy.checkpoint.", false, false, "what is kept of a training"},
    Relevance{"policy.checkpoint.load", true, false, "another start"},
    Relevance{"policy.seams.", false, false,
              "a seam carries out what another field decides, and that field counts"},
    Relevance{"policy.environment", false, false, kNumerics},
    Relevance{"policy.bootstrap_environment", false, false, kNumerics},
    Relevance{"policy.waivers", false, false, "what somebody answers for"},
};

constexpr std::string_view kGpu = "host.gpu";
constexpr std::string_view kProcessors = "host.processors";

std::string TextAt(const json& host, const char* table, const char* key) {
  const json inner = host.is_object() ? host.value(table, json::object()) : json::object();
  const json value = inner.is_object() ? inner.value(key, json()) : json();
  return value.is_string() ? value.get<std::string>() : std::string();
}

}  // namespace

std::span<const Relevance> Relevances() { return kRelevances; }

const Relevance* RelevanceOf(std::string_view field) {
  const Relevance* best = nullptr;
  for (const Relevance& entry : kRelevances) {
    if (!field.starts_with(entry.prefix)) continue;
    if (best == nullptr || entry.prefix.size() > best->prefix.size()) best = &entry;
  }
  return best;
}

Comparables ComparablesOf(const contract::ReadContract& contract, const json& host) {
  const contract::Items items = contract::ItemsOf(contract.document);
  const auto is_read = [&](const Relevance& relevance) {
    if (relevance.read_with.empty()) return true;
    const auto it = items.decisions.find(std::string(relevance.read_with));
    return it != items.decisions.end() && it->second.value == json(relevance.read_value);
  };
  Comparables comparables{json::object(), json::object()};
  for (const auto& [name, decision] : items.decisions) {
    const Relevance* relevance = RelevanceOf(decision.field);
    if (relevance == nullptr || !is_read(*relevance)) continue;
    if (relevance->loss) comparables.loss[name] = decision.value;
    if (relevance->speed) comparables.speed[name] = decision.value;
  }
  // Without GPUs the machine itself is what computes.
  const std::string gpu = TextAt(host, "machine", "gpu");
  const std::string machine = TextAt(host, "machine", "name");
  comparables.speed[std::string(kGpu)] = gpu;
  if (gpu.empty()) comparables.speed[std::string(kProcessors)] = machine;
  return comparables;
}

std::string KeyOf(const json& comparables) {
  constexpr std::size_t kPrefix = 7;  // "sha256:"
  constexpr std::size_t kDigits = 16;
  return base::Sha256(base::CanonicalJson(comparables)).substr(kPrefix, kDigits);
}

std::vector<Obstacle> Obstacles(const json& a, const json& b) {
  std::set<std::string> names;
  for (const json* side : {&a, &b}) {
    for (const auto& [name, value] : side->items()) names.insert(name);
  }
  std::vector<Obstacle> obstacles;
  for (const std::string& name : names) {
    const json in_a = a.value(name, json());
    const json in_b = b.value(name, json());
    if (in_a == in_b) continue;
    const Relevance* relevance = RelevanceOf(name);
    obstacles.push_back(
        {name, in_a, in_b,
         relevance != nullptr ? std::string(relevance->why) : "other processors do the work"});
  }
  return obstacles;
}

}  // namespace nam56r::launch::catalog
