#include "src/report/decisions_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/base/units.h"

namespace nam56r::report {
namespace {

using Pieces = std::vector<std::string>;

/// "a, b": the pieces that say something.
std::string Joined(Pieces pieces, std::string_view separator = ", ") {
  std::erase(pieces, "");
  return fmt::format("{}", fmt::join(pieces, separator));
}

std::string OrNone(const std::string& text) { return text.empty() ? "none" : text; }

bool Uses(const recipe::Recipe& recipe, const plan::Plan& plan, plan::Family family) {
  return plan.CountOf(family) > 0 ||
         (plan.cuts.mtp_depth > 0 &&
          recipe.mtp.pattern.find(static_cast<char>(family)) != std::string::npos);
}

std::string Mtp(const recipe::Recipe& recipe, const policy::Policy& policy,
                const plan::Plan& plan) {
  if (policy.mtp.depth == 0) return "off";
  return Joined({fmt::format("depth {} of {} on stage {}", policy.mtp.depth, recipe.mtp.pattern,
                             plan.cuts.pipeline_parallel - 1),
                 recipe.mtp.shared_block ? "one block for all" : "",
                 fmt::format("loss x {}", policy.mtp.loss_scaling_factor),
                 fmt::format("cross-entropy {}", policy.mtp.cross_entropy)});
}

std::string SparseMode(const recipe::Recipe& recipe, const policy::Policy& policy) {
  const policy::Attention& attention = policy.attention;
  std::string trained = "untrained";
  if (attention.indexer_loss_coeff > 0) {
    trained = fmt::format("its loss x {}{}", attention.indexer_loss_coeff,
                          attention.indexer_sparse_loss ? " over the chosen keys" : "");
  }
  std::string cached;
  if (!attention.index_cache_ranks.empty()) {
    cached = fmt::format("indices computed by DSA layers {} of {} only",
                         fmt::join(attention.index_cache_ranks, ","), recipe.dsa.ranks.size());
  }
  return Joined({attention.sparse_mode,
                 fmt::format("top {} of {}", base::WithThousands(recipe.dsa.indexer_topk),
                             base::WithThousands(recipe.model.seq_length)),
                 fmt::format("indexer {} x {} {}", recipe.dsa.indexer_num_heads,
                             recipe.dsa.indexer_head_dim, trained),
                 cached});
}

std::string Graphs(const policy::Graphs& graphs) {
  if (graphs.implementation == "none") return graphs.optimizer ? "optimizer step only" : "none";
  return Joined({graphs.implementation, Joined(graphs.modules, " "),
                 fmt::format("after {} steps", graphs.warmup_steps),
                 graphs.optimizer ? "optimizer step too" : ""});
}

std::string Precision(const recipe::Recipe& recipe, const policy::Policy& policy,
                      const plan::Plan& plan) {
  const policy::Precision& precision = policy.precision;
  const std::string gradients =
      precision.grad_reduce_in_bf16 ? "gradients reduced in bf16" : "gradients reduced in fp32";
  if (precision.compute != "fp8") return Joined({precision.compute, gradients});
  Pieces low;
  Pieces high;
  for (const plan::Family family : plan::kFamilies) {
    if (!Uses(recipe, plan, family)) continue;
    const std::string letter(1, static_cast<char>(family));
    const auto& families = precision.fp8_families;
    const bool fp8 = std::find(families.begin(), families.end(), letter) != families.end();
    (fp8 ? low : high).push_back(letter);
  }
  const auto edge = [](std::int64_t layers, const char* which) {
    return layers == 0 ? "" : fmt::format("{} {} layers bf16", which, layers);
  };
  return Joined({fmt::format("fp8 {} {}", precision.fp8_recipe, precision.fp8_format),
                 "on " + OrNone(Joined(low, " ")),
                 high.empty() ? "" : fmt::format("bf16 on {}", fmt::join(high, " ")),
                 edge(precision.bf16_layers_at_start, "first"),
                 edge(precision.bf16_layers_at_end, "last"),
                 precision.fp8_param_gather ? "parameters gathered as fp8" : "", gradients});
}

std::string Recompute(const policy::Recompute& recompute) {
  if (recompute.granularity == "none") return "none";
  if (recompute.granularity == "selective") {
    return fmt::format("selective: {}", OrNone(Joined(recompute.modules)));
  }
  return fmt::format("full: {}, {} layers", recompute.method, recompute.num_layers);
}

std::string Optimizer(const policy::Policy& policy) {
  const policy::Optimizer& optimizer = policy.optimizer;
  const bool flat = optimizer.lr_decay_style == "constant";
  std::string rate = flat ? fmt::format("lr {} constant", optimizer.lr)
                          : fmt::format("lr {} {} to {}", optimizer.lr, optimizer.lr_decay_style,
                                        optimizer.min_lr);
  if (optimizer.lr_warmup_iters > 0) {
    rate += fmt::format(" after {} steps of warmup", optimizer.lr_warmup_iters);
  }
  std::string types;
  if (optimizer.precision_aware) {
    types = fmt::format("state {} {} {} gradients {}", optimizer.main_params_dtype,
                        optimizer.exp_avg_dtype, optimizer.exp_avg_sq_dtype,
                        optimizer.main_grads_dtype);
  }
  std::string muon;
  if (optimizer.kind == "muon") {
    muon = fmt::format("momentum {} {}", policy.muon.momentum, policy.muon.momentum_dtype);
  }
  return Joined(
      {optimizer.kind, muon, rate,
       optimizer.distributed ? "state shared out over DP" : "state whole on every rank", types,
       optimizer.cpu_offload_fraction > 0
           ? fmt::format("{:g} % of it on the host", 100 * optimizer.cpu_offload_fraction)
           : "",
       optimizer.clip_grad > 0 ? fmt::format("clip {:g}", optimizer.clip_grad) : "no clipping",
       optimizer.check_for_nan ? "" : "NaN goes unnoticed"});
}

std::string Schedule(const policy::Schedule& schedule) {
  if (schedule.kind != "dualpipev") return schedule.kind;
  return fmt::format("dualpipev, {} micro-batches in flight", schedule.dualpipev_chunks);
}

std::string Dispatcher(const recipe::Recipe& recipe, const policy::Dispatcher& dispatcher) {
  const double capacity = recipe.moe.capacity_factor;
  return Joined({dispatcher.kind == "flex" ? "flex by " + dispatcher.backend : dispatcher.kind,
                 "router " + dispatcher.router_dtype,
                 capacity > 0 ? fmt::format("drops beyond {:g} even shares", capacity) : "dropless",
                 dispatcher.pad_to_capacity ? "padded to capacity" : ""});
}

std::string Overlap(const policy::Policy& policy) {
  const policy::Overlap& overlap = policy.overlap;
  return OrNone(Joined(
      {overlap.grad_reduce ? "gradients" : "", overlap.param_gather ? "parameters" : "",
       overlap.moe_expert_parallel_comm ? "expert exchange" : "",
       overlap.delay_wgrad_compute ? "delayed weight gradients" : "",
       overlap.moe_shared_expert ? "shared expert" : "", overlap.tp_comm ? "TP" : "",
       // Other schedules send one at a time, whatever it says.
       overlap.p2p_comm && policy.schedule.kind == "interleaved" ? "sends between stages" : ""}));
}

std::string Kernels(const policy::Policy& policy) {
  const policy::Kernels& kernels = policy.kernels;
  return Joined({"attention " + policy.attention.backend, "cross-entropy " + kernels.cross_entropy,
                 policy.regional_compile.mamba ? "Mamba compiled" : ""});
}

std::string Data(const policy::Policy& policy) {
  return Joined({policy.data.dataset.empty() ? "no dataset named" : policy.data.dataset,
                 "split " + policy.data.split, fmt::format("seed {}", policy.optimizer.seed)});
}

std::string Checkpoint(const policy::Checkpoint& checkpoint) {
  std::string saves = "nothing saved";
  if (!checkpoint.save.empty()) {
    const std::string when = checkpoint.save_interval == 0
                                 ? "at the end"
                                 : fmt::format("every {} steps", checkpoint.save_interval);
    saves = fmt::format("saves {} {} ({}{})", checkpoint.save, when, checkpoint.format,
                        checkpoint.async_save ? ", asynchronous" : "");
  }
  return Joined({checkpoint.load.empty() ? "fresh weights" : "loads " + checkpoint.load, saves});
}

}  // namespace

std::vector<std::pair<std::string, std::string>> DecisionsText(const recipe::Recipe& recipe,
                                                               const policy::Policy& policy,
                                                               const plan::Plan& plan) {
  std::vector<std::pair<std::string, std::string>> decisions;
  const auto add = [&](const char* about, std::string text) {
    decisions.emplace_back(about, std::move(text));
  };
  add("MTP", Mtp(recipe, policy, plan));
  add("sparse mode", plan.dsa_a_ranks.empty() ? "no DSA layer" : SparseMode(recipe, policy));
  add("graphs", Graphs(policy.graphs));
  add("precision", Precision(recipe, policy, plan));
  add("recompute", Recompute(policy.recompute));
  add("optimizer", Optimizer(policy));
  add("schedule", Schedule(policy.schedule));
  if (Uses(recipe, plan, plan::Family::kE))
    add("dispatcher", Dispatcher(recipe, policy.dispatcher));
  add("overlap", Overlap(policy));
  add("kernels", Kernels(policy));
  add("data", Data(policy));
  add("checkpoint", Checkpoint(policy.checkpoint));
  return decisions;
}

}  // namespace nam56r::report
