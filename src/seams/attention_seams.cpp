#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/seams/groups.h"
#include "src/seams/index_reuse.h"
#include "src/seams/needs.h"

namespace nam56r::seams::internal {
namespace {

constexpr std::string_view kDsa = "megatron.core.transformer.experimental_attention_variant.dsa";
constexpr std::string_view kMambaSpecs = "megatron.core.models.mamba.mamba_layer_specs";
constexpr std::string_view kHybridSpecs = "megatron.core.models.hybrid.hybrid_layer_specs";

bool AllTrunkAttentionIsSparse(const Context& c) {
  return static_cast<std::int64_t>(c.plan.dsa_a_ranks.size()) == c.plan.CountOf(Family::kA);
}

// 0.18 has the symbol D for sparse layers, but not beside '*'.
bool SymbolsTellThemApart(const Context& c) {
  const int minor = MegatronMinor(c.dialect);
  if (minor >= 19) return true;
  return minor == 18 && AllTrunkAttentionIsSparse(c) && MtpBlocksWith(c, Family::kA) == 0;
}

Need RankRouting(const Context& c) {
  if (!HasDsa(c) || SymbolsTellThemApart(c)) return {};
  return ForLayers(Level::kRequired,
                   fmt::format("recipe.dsa.ranks lists {} A-ranks", c.plan.dsa_a_ranks.size()),
                   {"recipe.dsa.ranks"}, DsaLayers(c));
}

Need SharedMla(const Context& c) {
  if (!Uses(c, Family::kA) || c.recipe.value.model.attention != "mla" || SymbolsTellThemApart(c)) {
    return {};
  }
  Need need =
      ForLayers(Level::kRequired, "the recipe's A layers are MLA",
                {"recipe.model.pattern", "recipe.model.attention"}, LayersOf(c.plan, Family::kA));
  if (const std::int64_t blocks = MtpBlocksWith(c, Family::kA); blocks > 0) {
    need.fields.insert(need.fields.end(), {"recipe.mtp.pattern", "policy.mtp.depth"});
    need.layers.push_back(fmt::format("MTP depths 1 to {}", blocks));
  }
  return need;
}

Need SparseMla(const Context& c) {
  const std::string& mode = c.policy.value.attention.sparse_mode;
  if (!HasDsa(c) || mode == "dense") return {};
  // 0.19 has a TileLang backend of its own; nobody has gather_scatter, and nobody else TileLang.
  const bool own = mode == "tilelang" && MegatronMinor(c.dialect) >= 19;
  Need need =
      Field(own ? Level::kOptional : Level::kRequired, "policy.attention.sparse_mode", mode);
  need.layers = DsaLayers(c);
  return need;
}

// What is kept without it grows with the indexer's heads. 0.19's TileLang backend streams its
// scores and does not call the function.
Need FusedIndexer(const Context& c) {
  if (!HasDsa(c)) return {};
  const bool streams =
      c.policy.value.attention.sparse_mode == "tilelang" && MegatronMinor(c.dialect) >= 19;
  return ForLayers(streams ? Level::kOptional : Level::kRecommended, "the recipe has DSA layers",
                   {"recipe.dsa.ranks", "policy.attention.sparse_mode"}, DsaLayers(c));
}

Need GraphSafe(const Context& c) {
  const policy::Graphs& graphs = c.policy.value.graphs;
  const bool captured = graphs.implementation == "full_iteration" || graphs.modules.empty() ||
                        Contains(graphs.modules, "attn");
  if (!HasDsa(c) || graphs.implementation == "none" || !captured) return {};
  return ForLayers(
      Level::kRequired,
      fmt::format("policy.graphs.implementation = {} captures DSA layers", graphs.implementation),
      {"policy.graphs.implementation", "policy.graphs.modules"}, DsaLayers(c));
}

// Stages whose first sparse layer takes the indices of a layer on another stage.
std::vector<std::int64_t> StagesWithoutIndices(const Context& c) {
  const std::vector<std::int64_t>& computing = c.policy.value.attention.index_cache_ranks;
  std::vector<std::int64_t> stages;
  std::vector<std::int64_t> seen;
  std::int64_t number = 0;  // among the sparse layers
  for (const plan::Slot& slot : c.plan.slots) {
    const std::vector<std::int64_t>& sparse = c.plan.dsa_a_ranks;
    if (slot.family != Family::kA ||
        std::find(sparse.begin(), sparse.end(), slot.family_rank) == sparse.end()) {
      continue;
    }
    const bool computes = std::find(computing.begin(), computing.end(), number) != computing.end();
    // Chunks of one stage run apart from each other: each needs its own first indices.
    const bool first = std::find(seen.begin(), seen.end(), slot.chunk) == seen.end();
    if (first) seen.push_back(slot.chunk);
    if (first && !computes) stages.push_back(slot.stage);
    ++number;
  }
  return stages;
}

Need IndexCache(const Context& c) {
  const std::vector<std::int64_t>& ranks = c.policy.value.attention.index_cache_ranks;
  if (!HasDsa(c) || ranks.empty()) return {};
  std::vector<std::int64_t> stages = StagesWithoutIndices(c);
  if (!stages.empty()) {
    std::sort(stages.begin(), stages.end());
    stages.erase(std::unique(stages.begin(), stages.end()), stages.end());
    return Contradicted(
        fmt::format("attention.index_cache_ranks = [{}] leaves stage {} without indices: they are "
                    "not sent between stages or chunks, and the first sparse layer there is not "
                    "listed",
                    fmt::join(ranks, ", "), fmt::join(stages, ", ")),
        {"policy.attention.index_cache_ranks", "policy.layout.pipeline_parallel"},
        "list the first sparse layer of every stage and chunk");
  }
  // 0.19 has flags for ranks of one form.
  const bool flags = MegatronMinor(c.dialect) >= 19 && IndexReuseOf(c).has_value();
  Need need =
      Field(flags ? Level::kOptional : Level::kRequired, "policy.attention.index_cache_ranks",
            fmt::format("[{}]", fmt::join(ranks, ", ")));
  need.layers = DsaLayers(c);
  return need;
}

Need WarmupLoss(const Context& c) {
  const policy::Attention& attention = c.policy.value.attention;
  if (!HasDsa(c) || attention.indexer_loss_coeff == 0) return {};
  const recipe::Recipe& r = c.recipe.value;
  if (r.dsa.indexer_num_heads != r.model.num_attention_heads) {
    return Forbidden(
        fmt::format("its kernel takes as many indexer heads as attention heads, and the recipe has "
                    "{} and {}",
                    r.dsa.indexer_num_heads, r.model.num_attention_heads),
        {"recipe.dsa.indexer_num_heads", "recipe.model.num_attention_heads"});
  }
  if (attention.indexer_sparse_loss) {
    return Forbidden(
        "its kernel takes the loss over all keys, and indexer_sparse_loss asks for "
        "the chosen ones",
        {"policy.attention.indexer_sparse_loss"});
  }
  return ForLayers(Level::kRecommended,
                   fmt::format("attention.indexer_loss_coeff = {} trains the indexer",
                               attention.indexer_loss_coeff),
                   {"policy.attention.indexer_loss_coeff"}, DsaLayers(c));
}

Need UnusedLoss(const Context& c) {
  if (!HasDsa(c) || c.policy.value.attention.indexer_loss_coeff != 0) return {};
  if (MegatronMinor(c.dialect) >= 19) return {};
  Need need = Field(Level::kRecommended, "policy.attention.indexer_loss_coeff", "0");
  need.fields.emplace_back("recipe.dsa.ranks");
  need.layers = DsaLayers(c);
  return need;
}

}  // namespace

std::vector<Seam> AttentionSeams() {
  return {
      {.id = "shared-mla-spec",
       .family = "A",
       .asked_by = base::Surface::kPlan,
       .replaces = {{kMambaSpecs, "mamba_stack_spec", 16, 17},
                    {kHybridSpecs, "hybrid_stack_spec", 18, 18}},
       .replaces_what = "its attention, in the trunk and in the MTP block",
       .why =
           "releases before 0.19 have no pattern symbol for MLA: '*' builds multi-head attention",
       .need = SharedMla,
       .proof = {Proof::Scope::kLayers, "self_attention", "class with marker",
                 "after model build, trunk and MTP attention are the same MLA class"},
       .without = "attention is multi-head, with another number of parameters",
       .source = "DatasunriseOU/cppmega cppmega/megatron/mla_shared.py",
       .gate = "recipe.model.attention"},
      {.id = "dsa-rank-routing",
       .family = "A",
       .asked_by = base::Surface::kPlan,
       .replaces = {{kMambaSpecs, "mamba_stack_spec", 16, 17},
                    {kHybridSpecs, "hybrid_stack_spec", 18, 18}},
       .replaces_what = "the choice between MLA and DSA, by the rank of an attention layer",
       .why =
           "releases before 0.19 have one symbol for attention and cannot mix MLA and DSA layers",
       .need = RankRouting,
       .proof = {Proof::Scope::kLayers, "self_attention.core_attention", "class with marker",
                 "after model build, the attention class of every A layer is the one of its rank"},
       .without = "every A layer is the same attention",
       .source = "DatasunriseOU/cppmega cppmega/megatron/nam56r_full_spec.py",
       .gate = "recipe.dsa.ranks",
       .upstream_gate = "CPPMEGA_DSA_A_LAYER_RANKS",
       .after = {"shared-mla-spec"},
       .settings = {"recipe.dsa.ranks"}},
      {.id = "dsa-indexer-rotation",
       .family = "A",
       .asked_by = base::Surface::kPlan,
       .replaces = {{kDsa, "rotate_activation", 16, 18}},
       .why = "releases before 0.19 rotate indexer queries and keys always",
       .need = [](const Context& c) -> Need {
         const bool flag = MegatronMinor(c.dialect) >= 19;
         if (!HasDsa(c) || flag || c.recipe.value.dsa.indexer_rotate_activation) return {};
         Need need = Field(Level::kRequired, "recipe.dsa.indexer_rotate_activation", "false");
         need.layers = DsaLayers(c);
         return need;
       },
       .proof = {.text = "the replaced function carries the marker after import"},
       .without = "the indexer rotates its queries and keys",
       .source = "NVIDIA/Megatron-LM core_v0.19.0 dsa_indexer_rotate_activation",
       .gate = "recipe.dsa.indexer_rotate_activation",
       .settings = {"recipe.dsa.indexer_rotate_activation"}},
      {.id = "dsa-indexer-fused",
       .family = "A",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{kDsa, "DSAIndexer._compute_index_scores", 16, 16},
                    {kDsa, "_compute_index_scores", 17, 19}},
       .why = "the release keeps index scores per indexer head in fp32",
       .need = FusedIndexer,
       .proof = {.text = "the replaced function carries the marker after import"},
       .without = "40 GiB more at a micro-batch of 10 on the recorded H200 run",
       .measured =
           "DatasunriseOU/cppmega cppmega/megatron/dsa_indexer_fused_patch.py; recorded run "
           "D2 ran out of memory without it",
       .source = "DatasunriseOU/cppmega cppmega/megatron/dsa_indexer_fused_patch.py"},
      {.id = "dsa-warmup-loss",
       .family = "A",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{kDsa, "FusedDSAIndexerLoss", 17, 19}},
       .why = "the release takes attention and the indexer's loss in separate passes",
       .need = WarmupLoss,
       .proof = {.text = "the replaced class carries the marker after import"},
       .without = "training the indexer takes 28 % of the step with streamed scores, 46 % with "
                  "split-K ones",
       .measured = "recorded runs f13-idx-sparse, f13-idx-splitk",
       .source = "DatasunriseOU/cppmega cppmega/megatron/lemyx_dsa_warmup.py; "
                 "lemyx/tilelang-dsa",
       .gate = "policy.attention.indexer_loss_coeff",
       .upstream_gate = "CPPMEGA_LEMYX_DSA",
       .imports = {"tilelang"},
       .after = {"dsa-indexer-fused"}},
      {.id = "dsa-indexer-loss-skip",
       .family = "A",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{kDsa, "compute_dsa_indexer_loss", 16, 16},
                    {kDsa, "FusedDSAIndexerLoss", 17, 18}},
       .why = "releases before 0.19 compute the indexer's loss in training even when its "
              "coefficient is 0",
       .need = UnusedLoss,
       .proof = {.text = "the replaced symbol carries the marker after import"},
       .without = "7 GiB of scores a DSA layer for a loss that is multiplied by 0",
       .measured = "recorded run s12-mem-skiploss",
       .source = "DatasunriseOU/cppmega scripts/remote_smoke_h200_dsa_9_4_m.sh",
       .gate = "policy.attention.indexer_loss_coeff",
       .upstream_gate = "CPPMEGA_DSA_INDEXER_LOSS_COEFF; CPPMEGA_DSA_SKIP_INDEXER_LOSS, which is "
                        "still exported, is read by nobody",
       .after = {"dsa-indexer-fused"}},
      {.id = "index-cache",
       .family = "A",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{kDsa, "DSAttention.__init__"}, {kDsa, "DSAttention.forward"}},
       .why = "every DSA layer computes its own indices; where 0.19 shares them, the layers that "
              "share have no indexer, which is another model",
       .need = IndexCache,
       .proof = {Proof::Scope::kLayers, "self_attention.core_attention", "class with marker",
                 "after model build, each DSA layer says whether it computes or takes indices"},
       .without = "every layer computes: training the indexer took 28 % of the step, with three of "
                  "nine layers computing 0.4 %",
       .measured = "recorded runs f13-idx-sparse, f13-idxcache-proper",
       .source = "arXiv:2603.12201; DatasunriseOU/cppmega cppmega/megatron/index_cache_patch.py",
       .gate = "policy.attention.index_cache_ranks",
       .upstream_gate = "CPPMEGA_INDEX_CACHE, CPPMEGA_INDEX_CACHE_FULL_LAYERS",
       .after = {"dsa-indexer-fused", "dsa-warmup-loss", "dsa-indexer-loss-skip",
                 "dsa-rank-routing"},
       .settings = {"policy.attention.index_cache_ranks"}},
      {.id = "sparse-mla",
       .family = "A",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{kDsa, "unfused_dsa_fn"}},
       .why = "the release attends densely under a mask, or through its own fused kernels",
       .need = SparseMla,
       .proof = {.text = "the replaced function carries the marker after import"},
       .without =
           "scores of 7 GiB a DSA layer at the recorded H200 geometry, and 224 GiB asked for "
           "in the backward pass",
       .measured = "recorded runs s12-mem-sparse, eu-v8",
       .source = "DatasunriseOU/cppmega cppmega/megatron/sparse_mla_ops, dsa_sparse_attention.py",
       .gate = "policy.attention.sparse_mode",
       .upstream_gate = "CPPMEGA_DSA_SPARSE_MODE",
       .after = {"dsa-indexer-fused", "index-cache", "nvrtc-preload"},
       .settings = {"policy.attention.sparse_mode"}},
      {.id = "graph-safe-dsa",
       .family = "A",
       .asked_by = base::Surface::kPolicy,
       .replaces = {{kDsa, "DSAttention.forward"}, {kDsa, "DSAIndexer.forward"}},
       .replaces_what = "masks and index tensors",
       .why = "DSA builds tensors on the host while it runs, which a graph cannot capture",
       .need = GraphSafe,
       .proof = {.text = "capture succeeds, and each patched function carries its marker"},
       .without = "graph capture fails at the first DSA layer",
       .measured = "recorded run f13-cg-crashes: seven launches that failed so",
       .source = "DatasunriseOU/cppmega cppmega/megatron/upstream_patches/apply_dsa_cg_patches.py, "
                 "which edits the installed files and must be run again after every change of them",
       .gate = "policy.graphs.implementation",
       .after = {"dsa-indexer-fused", "dsa-warmup-loss", "index-cache", "sparse-mla"}},
      {.id = "engram",
       .family = "A",
       .asked_by = base::Surface::kPlan,
       .replaces = {{"megatron.core.transformer.transformer_layer", "TransformerLayer.forward"}},
       .replaces_what = "on the listed A layers",
       .why = "no release has an n-gram branch beside attention",
       .need = [](const Context& c) -> Need {
         const std::vector<std::int64_t>& ranks = c.recipe.value.engram.ranks;
         if (ranks.empty()) return {};
         return ForLayers(Level::kRequired,
                          fmt::format("recipe.engram.ranks lists {} A-ranks", ranks.size()),
                          {"recipe.engram.ranks"}, LayersAt(c.plan, Family::kA, ranks));
       },
       .proof = {Proof::Scope::kLayers, "engram", "class with marker",
                 "after model build, every listed A layer holds its n-gram branch"},
       .without = "the model lacks its n-gram branches",
       .source = "arXiv:2601.07372; DatasunriseOU/cppmega cppmega/features/engram",
       .gate = "recipe.engram.ranks",
       .after = {"shared-mla-spec", "dsa-rank-routing"},
       .settings = {"recipe.engram.ranks", "recipe.engram.orders", "recipe.engram.bottleneck_dim",
                    "recipe.engram.gated", "recipe.engram.conv_kernel"}},
      {.id = "hyper-connections",
       .family = "A",
       .asked_by = base::Surface::kPlan,
       .replaces = {{"megatron.core.transformer.transformer_layer", "TransformerLayer.forward"}},
       .replaces_what = "the residual connection of the listed A layers",
       .why = "no release has more than one residual stream in a hybrid model",
       .need = [](const Context& c) -> Need {
         const std::vector<std::int64_t>& ranks = c.recipe.value.mhc.ranks;
         if (ranks.empty()) return {};
         return ForLayers(Level::kRequired,
                          fmt::format("recipe.mhc.ranks lists {} A-ranks", ranks.size()),
                          {"recipe.mhc.ranks"}, LayersAt(c.plan, Family::kA, ranks));
       },
       .proof = {Proof::Scope::kLayers, "hyper_connection", "class with marker",
                 "after model build, every listed A layer holds its mixing weights"},
       .without = "the model has one residual stream",
       .source = "arXiv:2512.24880; DatasunriseOU/cppmega cppmega/features/mhc",
       .gate = "recipe.mhc.ranks",
       .after = {"shared-mla-spec", "dsa-rank-routing", "engram"},
       .settings = {"recipe.mhc.ranks", "recipe.mhc.streams", "recipe.mhc.sinkhorn_iterations",
                    "recipe.mhc.dynamic"}},
  };
}

}  // namespace nam56r::seams::internal
