#include <fmt/format.h>

#include "src/seams/groups.h"
#include "src/seams/needs.h"

namespace nam56r::seams::internal {
namespace {

Need SchedulePlan(const Context& c) {
  const policy::Policy& p = c.policy.value;
  if (!p.overlap.moe_expert_parallel_comm) return {};
  if (p.layout.pipeline_parallel > 1 && p.recompute.granularity == "full") {
    return Contradicted("a schedule plan over stages cannot recompute whole layers",
                        {"policy.overlap.moe_expert_parallel_comm",
                         "policy.layout.pipeline_parallel", "policy.recompute.granularity"},
                        "write granularity = \"selective\"");
  }
  return Field(Level::kRequired, "policy.overlap.moe_expert_parallel_comm", "true");
}

// Ranks pair up by themselves, each with the whole model: four equal virtual stages over two ranks.
// The layout's checks refuse what does not fit, listed or not.
Need DualPipeV(const Context& c) {
  const policy::Policy& p = c.policy.value;
  if (p.schedule.kind != "dualpipev") return {};
  // Without the seam the schedule would be refused all the same.
  const auto refuse = [](std::string because, std::vector<std::string> fields,
                         const std::string& way) {
    Need need = Forbidden(std::move(because), std::move(fields));
    need.fix = way + ", or another schedule.kind, without dualpipev in seams.required";
    return need;
  };
  if (p.layout.expert_parallel > 1) {
    return refuse(
        fmt::format("dualpipev with an expert parallelism of {}: ranks of one pair run different "
                    "layers at a time, and their expert exchange waits for ever",
                    p.layout.expert_parallel),
        {"policy.schedule.kind", "policy.layout.expert_parallel"}, "write expert_parallel = 1");
  }
  if (p.layout.pipeline_parallel > 1 || p.layout.virtual_pipeline_parallel > 1) {
    return refuse(
        "dualpipev makes its own stages out of whole models, and the layout cuts the "
        "model already",
        {"policy.schedule.kind", "policy.layout.pipeline_parallel",
         "policy.layout.virtual_pipeline_parallel"},
        "write pipeline_parallel = 1 and virtual_pipeline_parallel = 1");
  }
  if (p.layout.world_size % 2 != 0) {
    return refuse(fmt::format("dualpipev pairs ranks, and there are {}", p.layout.world_size),
                  {"policy.schedule.kind", "policy.layout.world_size"}, "write an even world_size");
  }
  if (c.plan.depth != 52) {
    return refuse(fmt::format("dualpipev cuts 52 layers into four, and there are {}", c.plan.depth),
                  {"policy.schedule.kind", "recipe.model.depth"}, "take a recipe of 52 layers");
  }
  return Field(Level::kRequired, "policy.schedule.kind", "dualpipev");
}

// What 0.16 and 0.17 send with every batch is the length of a list, made on the host.
Need CuSeqlens(const Context& c) {
  const policy::Policy& p = c.policy.value;
  if (p.graphs.implementation != "full_iteration" || p.layout.tensor_parallel > 1) return {};
  const Level level = MegatronMinor(c.dialect) <= 17 ? Level::kRequired : Level::kNone;
  return Field(level, "policy.graphs.implementation", "full_iteration");
}

Need DispatcherSort(const Context& c) {
  const policy::Policy& p = c.policy.value;
  if (!Uses(c, Family::kE) || p.dispatcher.kind != "alltoall") return {};
  if (p.layout.expert_parallel != 1 || p.layout.tensor_parallel != 1) return {};
  return ForLayers(
      Level::kOptional, "policy.layout.expert_parallel = 1: every chunk is in its place already",
      {"policy.layout.expert_parallel", "policy.dispatcher.kind"}, LayersOf(c.plan, Family::kE));
}

}  // namespace

std::vector<Seam> ScheduleSeams() {
  return {
      {.id = "moe-dispatcher",
       .family = "E",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{"megatron.core.transformer.moe.moe_utils", "sort_chunks_by_idxs"},
                    {"megatron.core.transformer.moe.token_dispatcher", "sort_chunks_by_idxs"}},
       .why = "with one expert-parallel rank the sort is the identity and costs launches",
       .need = DispatcherSort,
       .proof = {.text = "the replaced function carries its marker after import"},
       .without = "two kernel launches more an E layer, with equal results",
       .source = "DatasunriseOU/cppmega cppmega/megatron/moe_dispatcher_patch.py",
       .upstream_gate = "CPPMEGA_MOE_SKIP_IDENTITY_CHUNK_SORT"},
      {.id = "cu-seqlens-bypass",
       .family = "",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{"megatron.training.utils", "get_batch_on_this_tp_rank", 16, 17},
                    {"megatron.core.utils", "get_batch_on_this_tp_rank", 18, 19}},
       .replaces_what = "the exchange of sequence lengths, where one rank has nobody to tell",
       .why =
           "it makes a tensor on the host in every step, which a graph cannot capture; from 0.18 "
           "on only packed sequences do",
       .need = CuSeqlens,
       .proof = {.text = "capture succeeds, and the replaced function carries its marker"},
       .without = "the capture of a full iteration fails",
       .measured = "recorded run f13-cg-crashes",
       .source = "DatasunriseOU/cppmega scripts/cppmega_fp8_shim.py, part 5, which looks for a "
                 "module-level function and finds none in any release",
       .gate = "policy.graphs.implementation"},
      {.id = "hybrid-schedule-plan",
       .family = "",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{"megatron.core.models.mamba.mamba_model", "MambaModel", 16, 17},
                    {"megatron.core.models.hybrid.hybrid_model", "HybridModel", 18, 19},
                    {"megatron.core.pipeline_parallel.combined_1f1b",
                     "combined_forward_backward_step"}},
       .replaces_what = "to which it adds build_schedule_plan",
       .why = "hybrid models have no schedule plan, which overlapping expert communication needs",
       .need = SchedulePlan,
       .proof = {Proof::Scope::kModel, "build_schedule_plan", "marker",
                 "after model build, the model has a schedule plan"},
       .without =
           "the first step fails; with it the recorded runs took 16 GiB more on one stage and "
           "40 GiB on two, and one stage was 12.5 % slower",
       .measured = "recorded runs p-c1f1b-pp1, p-ovl-fixed",
       .source = "DatasunriseOU/cppmega cppmega/megatron/hybrid_schedule_plan.py",
       .gate = "policy.overlap.moe_expert_parallel_comm",
       .upstream_gate = "CPPMEGA_HYBRID_SCHEDULE_PLAN, CPPMEGA_EP_OVERLAP",
       .after = {"mtp-cross-entropy", "linear-cross-entropy"}},
      {.id = "dualpipev",
       .family = "",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{"megatron.training.training", "setup_model_and_optimizer"},
                    {"megatron.core.pipeline_parallel.schedules", "get_forward_backward_func"}},
       .why = "no release has the V-shaped bidirectional schedule",
       .need = DualPipeV,
       .proof = {Proof::Scope::kRun, "schedule", "event",
                 "the schedule reports its stage and chunk order before the first step"},
       .without = "the run executes 1F1B on one stage",
       .source = "deepseek-ai/DualPipe; DatasunriseOU/cppmega "
                 "cppmega/megatron/dualpipev_schedule.py, which is written for 52 layers",
       .gate = "policy.schedule.kind",
       .upstream_gate = "CPPMEGA_DUALPIPEV, CPPMEGA_DUALPIPEV_CHUNKS",
       .imports = {"dualpipe"},
       .after = {"hybrid-schedule-plan"},
       .settings = {"policy.schedule.dualpipev_chunks"}},
      {.id = "ddp-no-contiguous-gradients",
       .family = "",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{"megatron.core.distributed.distributed_data_parallel",
                     "DistributedDataParallel.__init__"}},
       .replaces_what = "its contiguous gradient buffer",
       .why = "with one data-parallel rank nothing is reduced, and the buffer is held all the same",
       .need = [](const Context& c) -> Need {
         const policy::Policy& p = c.policy.value;
         if (p.layout.world_size > 1) return {};
         if (p.optimizer.distributed) {
           return Forbidden("the distributed optimizer works on the buffer that it removes",
                            {"policy.optimizer.distributed"});
         }
         return Field(Level::kOptional, "policy.layout.world_size", "1");
       },
       .proof = {Proof::Scope::kModel, "buffers", "marker",
                 "after model build, the model holds no gradient buffer"},
       .without = "29.2 instead of 22.9 GiB on the recorded GB10 run",
       .measured = "recorded runs gbq-base, gbq-nocontig",
       .source = "DatasunriseOU/cppmega docs/gb10_local_memory_perf_2026_04_25.md, its local "
                 "Megatron tree for GB10",
       .upstream_gate = "--local-ddp-disable-contiguous-grad-buffer"},
  };
}

}  // namespace nam56r::seams::internal
