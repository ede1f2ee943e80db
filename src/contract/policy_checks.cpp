#include "src/contract/policy_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/schema.h"
#include "src/policy/environment.h"

namespace nam56r::contract {
namespace {

using base::Diagnostic;
using base::Diagnostics;
using policy::Policy;
using seams::Context;
using Strings = std::vector<std::string>;

base::FieldValue ValueOf(const Policy& policy, std::string_view key) {
  for (const auto& field : policy::Schema()) {
    if (field.spec.key == key) return base::internal::GetField(field, policy);
  }
  throw std::logic_error(fmt::format("no field '{}'", key));
}

/// The first of |keys| is the one that the fix changes.
Diagnostic Refusal(const Context& context, std::string code, const Strings& keys,
                   std::string message, Strings valid, std::string fix) {
  Diagnostic error;
  error.code = std::move(code);
  error.surface = base::Surface::kPolicy;
  error.message = std::move(message);
  for (const std::string& key : keys) {
    if (key.starts_with("recipe.")) {
      error.where.push_back({context.recipe.At(key.substr(7)), key});
      error.fields.push_back(key);
      continue;
    }
    error.where.push_back(
        {context.policy.At(key),
         fmt::format("{} = {}", key, base::ToString(ValueOf(context.policy.value, key)))});
    error.fields.push_back("policy." + key);
  }
  error.valid = std::move(valid);
  error.fix = std::move(fix);
  return error;
}

/// A field that is read only while |read| holds.
struct Dependent {
  std::string_view key;
  bool (*read)(const Context& context);
  std::string_view needs;    ///< "precision.compute = \"fp8\""
  std::string_view decider;  ///< the field that switches its reader
};

bool Fp8(const Context& c) { return c.policy.value.precision.compute == "fp8"; }
bool Delayed(const Context& c) { return c.policy.value.precision.fp8_recipe == "delayed"; }
bool FullRecompute(const Context& c) { return c.policy.value.recompute.granularity == "full"; }
bool Aware(const Context& c) { return c.policy.value.optimizer.precision_aware; }
bool Muon(const Context& c) { return c.policy.value.optimizer.kind == "muon"; }
bool Saves(const Context& c) { return !c.policy.value.checkpoint.save.empty(); }
bool Sparse(const Context& c) { return !c.plan.dsa_a_ranks.empty(); }

bool KeepsHostCache(const Context& c) {
  const policy::Caches& caches = c.policy.value.caches;
  const std::string* all[] = {&caches.triton, &caches.inductor, &caches.tilelang,
                              &caches.extensions, &caches.cuda};
  return std::any_of(std::begin(all), std::end(all),
                     [](const std::string* lifetime) { return *lifetime == "host"; });
}

// Of several rows for one field, the first that does not hold speaks. [mtp] is not among them: its
// depth is turned to 0 and back from run to run, and for a release that builds no MTP block.
const std::vector<Dependent>& Dependents() {
  static const std::vector<Dependent> rows = {
      {"schedule.dualpipev_chunks",
       [](const Context& c) { return c.policy.value.schedule.kind == "dualpipev"; },
       "kind = \"dualpipev\"", "schedule.kind"},
      {"graphs.warmup_steps",
       [](const Context& c) { return c.policy.value.graphs.implementation != "none"; },
       "an implementation that captures", "graphs.implementation"},
      {"attention.indexer_loss_coeff", Sparse, "DSA layers in the recipe", "recipe.dsa.ranks"},
      {"attention.indexer_sparse_loss",
       [](const Context& c) { return c.policy.value.attention.indexer_loss_coeff > 0; },
       "a loss to weigh", "attention.indexer_loss_coeff"},
      {"precision.fp8_format", Fp8, "compute = \"fp8\"", "precision.compute"},
      {"precision.fp8_recipe", Fp8, "compute = \"fp8\"", "precision.compute"},
      {"precision.fp8_families", Fp8, "compute = \"fp8\"", "precision.compute"},
      {"precision.bf16_layers_at_start", Fp8, "compute = \"fp8\"", "precision.compute"},
      {"precision.bf16_layers_at_end", Fp8, "compute = \"fp8\"", "precision.compute"},
      {"precision.fp8_amax_history_len", Fp8, "compute = \"fp8\"", "precision.compute"},
      {"precision.fp8_amax_history_len", Delayed, "fp8_recipe = \"delayed\"",
       "precision.fp8_recipe"},
      {"precision.fp8_amax_compute_algo", Fp8, "compute = \"fp8\"", "precision.compute"},
      {"precision.fp8_amax_compute_algo", Delayed, "fp8_recipe = \"delayed\"",
       "precision.fp8_recipe"},
      {"recompute.method", FullRecompute, "granularity = \"full\"", "recompute.granularity"},
      {"recompute.num_layers", FullRecompute, "granularity = \"full\"", "recompute.granularity"},
      {"optimizer.lr_decay_iters",
       [](const Context& c) { return c.policy.value.optimizer.lr_decay_style != "constant"; },
       "a decay", "optimizer.lr_decay_style"},
      {"optimizer.main_grads_dtype", Aware, "precision_aware = true", "optimizer.precision_aware"},
      {"optimizer.main_params_dtype", Aware, "precision_aware = true", "optimizer.precision_aware"},
      {"optimizer.exp_avg_dtype", Aware, "precision_aware = true", "optimizer.precision_aware"},
      {"optimizer.exp_avg_sq_dtype", Aware, "precision_aware = true", "optimizer.precision_aware"},
      {"muon.momentum", Muon, "kind = \"muon\"", "optimizer.kind"},
      {"muon.nesterov", Muon, "kind = \"muon\"", "optimizer.kind"},
      {"muon.newton_schulz_steps", Muon, "kind = \"muon\"", "optimizer.kind"},
      {"muon.scale_mode", Muon, "kind = \"muon\"", "optimizer.kind"},
      {"muon.extra_scale_factor", Muon, "kind = \"muon\"", "optimizer.kind"},
      {"muon.tensor_parallel_mode", Muon, "kind = \"muon\"", "optimizer.kind"},
      {"muon.tensor_parallel_mode",
       [](const Context& c) { return c.policy.value.layout.tensor_parallel > 1; }, "a TP above 1",
       "layout.tensor_parallel"},
      {"muon.momentum_dtype", Muon, "kind = \"muon\"", "optimizer.kind"},
      {"overlap.p2p_comm",
       [](const Context& c) { return c.policy.value.schedule.kind == "interleaved"; },
       "the interleaved schedule", "schedule.kind"},
      {"overlap.tp_comm",
       [](const Context& c) { return c.policy.value.layout.tensor_parallel > 1; }, "a TP above 1",
       "layout.tensor_parallel"},
      {"dispatcher.backend",
       [](const Context& c) { return c.policy.value.dispatcher.kind == "flex"; }, "kind = \"flex\"",
       "dispatcher.kind"},
      {"caches.key", KeepsHostCache, "a cache of lifetime \"host\"", "caches.triton"},
      {"data.eval_interval", [](const Context& c) { return c.policy.value.data.eval_iters > 0; },
       "an evaluation to run (eval_iters)", "data.eval_iters"},
      {"checkpoint.save_interval", Saves, "a checkpoint to save", "checkpoint.save"},
      {"checkpoint.async_save", Saves, "a checkpoint to save", "checkpoint.save"},
      {"checkpoint.format",
       [](const Context& c) { return Saves(c) || !c.policy.value.checkpoint.load.empty(); },
       "a checkpoint to load or save", "checkpoint.save"},
  };
  return rows;
}

// "Off" asks for nothing, so that it may stand where nothing would be done.
bool IsOff(const base::FieldValue& value) {
  return std::visit(
      [](const auto& v) {
        using V = std::remove_cvref_t<decltype(v)>;
        if constexpr (std::is_arithmetic_v<V>) {
          return v == V{};
        } else {
          return v.empty();
        }
      },
      value);
}

bool IsStated(const Context& context, const std::string& key, const base::FieldValue& value) {
  if (IsOff(value)) return false;
  static const Policy defaults;
  const auto origin = context.policy.origins.find(key);
  const bool written =
      origin != context.policy.origins.end() && origin->second.kind == base::Origin::Kind::kFile;
  return written || value != ValueOf(defaults, key);
}

void CheckEffects(const Context& context, Diagnostics& errors) {
  std::string_view spoken;
  for (const Dependent& row : Dependents()) {
    if (row.key == spoken || row.read(context)) continue;
    const std::string key(row.key);
    if (!IsStated(context, key, ValueOf(context.policy.value, key))) continue;
    spoken = row.key;
    errors.push_back(Refusal(context, "POLICY0201", {key, std::string(row.decider)},
                             fmt::format("'{}' would have no effect: it needs {}", key, row.needs),
                             {}, fmt::format("remove {}, or give it {}", key, row.needs)));
  }
}

void CheckIndexCache(const Context& context, Diagnostics& errors) {
  const std::vector<std::int64_t>& ranks = context.policy.value.attention.index_cache_ranks;
  if (ranks.empty()) return;
  const std::int64_t layers = static_cast<std::int64_t>(context.plan.dsa_a_ranks.size());
  const Strings keys = {"attention.index_cache_ranks", "recipe.dsa.ranks"};
  const auto refuse = [&](std::string message, std::string fix) {
    Strings valid;
    for (std::int64_t rank = 0; rank < layers; ++rank) valid.push_back(fmt::format("{}", rank));
    errors.push_back(
        Refusal(context, "POLICY0202", keys, std::move(message), std::move(valid), std::move(fix)));
  };
  if (layers == 0) {
    refuse("the recipe has no DSA layers that could share indices", "write index_cache_ranks = []");
  } else if (ranks.front() != 0) {
    refuse("the first DSA layer has none before it to take indices from",
           "begin index_cache_ranks with 0");
  } else if (std::adjacent_find(ranks.begin(), ranks.end(), std::greater_equal<>()) !=
             ranks.end()) {
    refuse("the ranks of DSA layers that compute indices are not ascending", "sort them");
  } else if (ranks.back() >= layers) {
    refuse(fmt::format("there are {} DSA layers, numbered among themselves from 0", layers),
           "write ranks of DSA layers, not A-ranks");
  }
}

Strings FamiliesInUse(const Context& context) {
  Strings families;
  for (const plan::Family family : plan::kFamilies) {
    if (seams::Uses(context, family)) families.emplace_back(1, static_cast<char>(family));
  }
  return families;
}

/// What a field of the policy may be.
Strings ChoicesOf(std::string_view key) {
  for (const auto& field : policy::Schema()) {
    if (field.spec.key == key) return field.spec.choices;
  }
  throw std::logic_error("no field " + std::string(key));
}

void CheckFp8Scope(const Context& context, Diagnostics& errors) {
  const policy::Precision& p = context.policy.value.precision;
  if (p.compute != "fp8") return;
  const bool any =
      std::any_of(p.fp8_families.begin(), p.fp8_families.end(), [&](const std::string& family) {
        return seams::Uses(context, static_cast<plan::Family>(family[0]));
      });
  if (!any) {
    errors.push_back(
        Refusal(context, "POLICY0203",
                {"precision.fp8_families", "precision.compute", "recipe.model.pattern"},
                "FP8 reaches no layer: the model has none of these families",
                FamiliesInUse(context), "name families of the model, or write compute = \"bf16\""));
  } else if (p.bf16_layers_at_start + p.bf16_layers_at_end >= context.plan.depth) {
    errors.push_back(Refusal(
        context, "POLICY0203",
        {"precision.bf16_layers_at_start", "precision.bf16_layers_at_end", "recipe.model.depth"},
        fmt::format("FP8 reaches no layer: all {} stay BF16", context.plan.depth), {},
        "keep fewer layers in BF16, or write compute = \"bf16\""));
  }
}

void CheckLists(const Context& context, Diagnostics& errors) {
  for (const auto& field : policy::Schema()) {
    const base::FieldValue value = base::internal::GetField(field, context.policy.value);
    const auto* list = std::get_if<Strings>(&value);
    if (list == nullptr) continue;
    std::set<std::string_view> seen;
    for (const std::string& item : *list) {
      if (seen.insert(item).second) continue;
      errors.push_back(Refusal(context, "POLICY0204", {field.spec.key},
                               fmt::format("'{}' names \"{}\" twice", field.spec.key, item), {},
                               "name it once"));
    }
  }
}

void CheckCacheKey(const Context& context, Diagnostics& errors) {
  if (!KeepsHostCache(context) || !context.policy.value.caches.key.empty()) return;
  errors.push_back(Refusal(
      context, "POLICY0205", {"caches.key"},
      "a cache of lifetime \"host\" outlives the run, and without a key the next configuration "
      "takes these kernels for its own",
      ChoicesOf("caches.key"),
      "name what tells configurations apart, or write the lifetime \"contract\""));
}

}  // namespace

Diagnostics CheckPolicy(const Context& context) {
  // Again: what is read back from a contract has passed no file's checks.
  Diagnostics errors = policy::CheckEnvironment(context.policy);
  const Diagnostics conflicts = policy::CheckEnvironmentConflicts(context.policy);
  errors.insert(errors.end(), conflicts.begin(), conflicts.end());
  CheckEffects(context, errors);
  CheckIndexCache(context, errors);
  CheckFp8Scope(context, errors);
  CheckLists(context, errors);
  CheckCacheKey(context, errors);
  return errors;
}

}  // namespace nam56r::contract
