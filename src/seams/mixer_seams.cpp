#include <fmt/format.h>

#include "src/seams/groups.h"
#include "src/seams/needs.h"

namespace nam56r::seams::internal {
namespace {

constexpr std::string_view kMixerModule = "megatron.core.ssm.mamba_mixer";

// The seven parameters that the author's kernels take in fp32 are cast with everything else. Saving
// them beside bf16 ones crashed the distributed optimizer's checkpoint (recorded run o13-ckpt).
Need Fp32Parameters(const Context& c) {
  const policy::Policy& p = c.policy.value;
  if (!HasMamba3(c) || p.precision.compute == "fp32") return {};
  if (p.optimizer.distributed && !p.checkpoint.save.empty()) {
    return Forbidden(
        "checkpoint.save with the distributed optimizer: fp32 parameters among bf16 ones crash its "
        "checkpoint",
        {"policy.checkpoint.save", "policy.optimizer.distributed"});
  }
  return ForLayers(Level::kOptional, "the recipe has Mamba-3 layers in reduced precision",
                   {"recipe.model.pattern", "policy.precision.compute"},
                   LayersOf(c.plan, Family::kM));
}

Need Recompute(const Context& c) {
  const std::string& granularity = c.policy.value.recompute.granularity;
  if (!Uses(c, Family::kM) && !Uses(c, Family::kR)) return {};
  // From 0.17 on, full recompute covers every layer of the stack; 0.16 has none in it.
  const bool full_misses_them = granularity == "full" && MegatronMinor(c.dialect) == 16;
  if (granularity != "selective" && !full_misses_them) return {};
  // Measured with the mixers of this family; the backend's own Mamba-2 keeps less.
  const bool foreign = HasForeignMamba(c) || (Uses(c, Family::kR) && !RewritesRecurrence(c));
  return ForLayers(foreign ? Level::kRecommended : Level::kOptional,
                   fmt::format("recompute is {} and the recipe has recurrent layers", granularity),
                   {"policy.recompute.granularity", "recipe.model.pattern"}, RecurrentLayers(c));
}

}  // namespace

std::vector<Seam> MixerSeams() {
  return {
      {.id = "m2rnn-mixer",
       .family = "R",
       .asked_by = base::Surface::kPlan,
       .replaces = {{kMixerModule, "MambaMixer"}},
       .replaces_what = "on the R layers",
       .why = "no release has a matrix-to-matrix recurrence or a pattern symbol for it",
       .need = [](const Context& c) { return ForFamily(c, Family::kR, "M2RNN"); },
       .proof = {Proof::Scope::kLayers, "mixer", "class with marker",
                 "after model build, the mixer class of every R layer is the M2RNN mixer"},
       .without = "the R layers train as Mamba-2",
       .source = "DatasunriseOU/cppmega cppmega/megatron/m2rnn_spec.py",
       .gate = "recipe.model.pattern",
       .upstream_gate = "CPPMEGA_R_LAYER_INDICES",
       .imports = {"triton"},
       // R is written as M: the pattern is what tells the two apart.
       .settings = {"recipe.model.pattern", "recipe.model.depth", "recipe.m2rnn.key_head_dim",
                    "recipe.m2rnn.value_head_dim", "recipe.m2rnn.conv_kernel",
                    "recipe.m2rnn.pre_norm"}},
      {.id = "mamba3-mixer",
       .family = "M",
       .asked_by = base::Surface::kPlan,
       .replaces = {{kMixerModule, "MambaMixer"}},
       .replaces_what = "on the M layers",
       .why =
           "the release's mixer is Mamba-2: it has no MIMO rank, no rotation of the state and no "
           "trapezoidal rule",
       .need = [](const Context& c) -> Need {
         if (c.recipe.value.mamba.kind != "mamba3") return {};
         return ForFamily(c, Family::kM, "Mamba-3");
       },
       .proof = {Proof::Scope::kLayers, "mixer", "class with marker",
                 "after model build, the mixer class of every M layer is the Mamba-3 mixer, with "
                 "this MIMO rank and chunk size"},
       .without = "the M layers train as Mamba-2",
       .source = "state-spaces/mamba mamba_ssm/modules/mamba3.py",
       .gate = "recipe.mamba.kind",
       .upstream_gate = "CPPMEGA_MAMBA3_MIMO",
       .imports = {"mamba_ssm.modules.mamba3"},
       .settings = {"recipe.mamba.expand", "recipe.mamba.mimo_rank", "recipe.mamba.chunk_size",
                    "recipe.mamba.rope_fraction", "recipe.mamba.a_floor",
                    "recipe.mamba.a_activation"}},
      {.id = "noconv-mixer",
       .family = "M",
       .asked_by = base::Surface::kPlan,
       .replaces = {{kMixerModule, "MambaMixer"}},
       .replaces_what = "on the M layers",
       .why = "the release's Mamba-2 always convolves, and norms neither B nor C",
       .need = [](const Context& c) -> Need {
         if (c.recipe.value.mamba.kind != "noconv") return {};
         return ForFamily(c, Family::kM, "Mamba-2 without convolution");
       },
       .proof = {Proof::Scope::kLayers, "mixer", "class with marker",
                 "after model build, the mixer of every M layer has no convolution and norms B and "
                 "C"},
       .without = "the M layers train as Mamba-2 with a convolution",
       .source = "DatasunriseOU/cppmega cppmega/megatron/noconv_mamba_mixer.py "
                 "NoConvMamba3BCMixer",
       .gate = "recipe.mamba.kind",
       .upstream_gate = "the spec nam56r_noconv_spec",
       .imports = {"mamba_ssm.ops.triton.ssd_combined"},
       .settings = {"recipe.mamba.expand", "recipe.mamba.chunk_size",
                    "recipe.mamba.in_proj_alignment"}},
      {.id = "mamba-tp-mixer",
       .family = "M",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{kMixerModule, "MambaMixer"}},
       .replaces_what = "on the M layers, split over tensor-parallel ranks",
       .why = "the author's Mamba-3 kernels know no tensor parallelism",
       .need = [](const Context& c) -> Need {
         const std::int64_t tp = c.policy.value.layout.tensor_parallel;
         if (!HasMamba3(c) || tp == 1) return {};
         Need need =
             Field(Level::kRequired, "policy.layout.tensor_parallel", fmt::format("{}", tp));
         need.fields.emplace_back("recipe.mamba.kind");
         need.layers = LayersOf(c.plan, Family::kM);
         return need;
       },
       .proof = {Proof::Scope::kLayers, "mixer", "class with marker",
                 "after model build, the mixer of every M layer holds its share of the heads and a "
                 "whole angle projection"},
       .without =
           "the author's mixer raises at model build; with it the recorded run was 3.2 times "
           "slower than at a tensor parallelism of 1 (34,672 against 112,000 tokens a "
           "second)",
       .measured = "recorded run TP2-v1; DatasunriseOU/cppmega docs/changelog.md",
       .source = "DatasunriseOU/cppmega cppmega/megatron/cppmega_mamba3_tp_mixer.py",
       .gate = "policy.layout.tensor_parallel",
       .upstream_gate = "CPPMEGA_MAMBA3_TP_MIXER",
       .after = {"mamba3-mixer"}},
      {.id = "mamba-recompute",
       .family = "M",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{"megatron.core.ssm.mamba_block", "MambaStack.__init__", 16, 17},
                    {"megatron.core.models.hybrid.hybrid_block", "HybridStack.__init__", 18, 19}},
       .replaces_what = "so that each M and R layer is checkpointed",
       .why = "the release's selective recompute knows no Mamba layer",
       .need = Recompute,
       .proof = {Proof::Scope::kLayers, "forward", "marker",
                 "after model build, the forward of every M and R layer carries the marker"},
       .without = "the recurrent layers keep their activations: 135.75 GiB and out of memory where "
                  "it took 129 GiB with them recomputed, at a micro-batch of 4 on H200; about 28 "
                  "GiB at the later geometry",
       .measured = "recorded run s12-mem-mambarc; DatasunriseOU/cppmega "
                   "docs/dsa_ep2_tilelang_sweep_2026_04_12.md",
       .source = "DatasunriseOU/cppmega cppmega/megatron/mamba_recompute_patch.py, which does "
                 "nothing without --recompute-granularity and says that it was applied",
       .gate = "policy.recompute.granularity",
       .upstream_gate = "CPPMEGA_MAMBA_RECOMPUTE",
       .after = {"m2rnn-mixer", "mamba3-mixer", "noconv-mixer", "mamba-tp-mixer"}},
      {.id = "mamba3-fp32-parameters",
       .family = "M",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{"megatron.core.transformer.module", "Float16Module.__init__"}},
       .why = "the Mamba-3 kernels take dt_bias, D, B_bias, C_bias, mimo_x, mimo_z and mimo_o in "
              "fp32, and the wrapper casts all parameters to bf16",
       .need = Fp32Parameters,
       .proof = {Proof::Scope::kLayers, "mixer", "dtype torch.float32",
                 "after model build, the seven parameters of every M layer are fp32"},
       .without = "the mixer casts them on every call, and dt has lost range before; casting all "
                  "of them in a hook before every forward cost 305 of 1,186 ms a step",
       .measured = "recorded run mimo7-nsys",
       .source = "DatasunriseOU/cppmega scripts/cppmega_fp8_shim.py, part 4",
       .after = {"mamba3-mixer", "mamba-tp-mixer"}},
      {.id = "mamba-regional-compile",
       .family = "M",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{"mamba_ssm.modules.mamba3", "Mamba3.forward"}},
       .replaces_what = "its elementwise regions",
       .why = "the release compiles no region of a Mamba layer",
       .need = [](const Context& c) -> Need {
         if (!c.policy.value.regional_compile.mamba || !Uses(c, Family::kM)) return {};
         if (!HasForeignMamba(c) || c.recipe.value.mamba.kind != "mamba3") {
           return Contradicted("the M layers are not Mamba-3, whose regions it compiles",
                               {"policy.regional_compile.mamba", "recipe.mamba.kind"},
                               "write regional_compile.mamba = false");
         }
         Need need = Field(Level::kRequired, "policy.regional_compile.mamba", "true");
         need.layers = LayersOf(c.plan, Family::kM);
         return need;
       },
       .proof = {Proof::Scope::kRun, "regional_compile", "event",
                 "the mixer's regions report themselves compiled at the first step", true},
       .without = "the regions run eagerly: up to 5.9 times slower each, about 6 % of a step",
       .measured = "DatasunriseOU/cppmega cppmega/megatron/mamba3_compile_patch.py",
       .source = "DatasunriseOU/cppmega cppmega/megatron/mamba3_compile_patch.py",
       .gate = "policy.regional_compile.mamba",
       .after = {"mamba3-mixer", "noconv-mixer", "mamba-tp-mixer"},
       .settings = {"policy.regional_compile.mamba"}},
  };
}

}  // namespace nam56r::seams::internal
