#include "src/policy/native_limits.h"

#include <stdexcept>

namespace nam56r::policy {
namespace {

using Int = std::int64_t;
using Text = std::string;
using Texts = std::vector<std::string>;
using Ints = std::vector<std::int64_t>;
using Table = std::map<std::string, std::string>;

constexpr std::string_view kNoPython = "starts no Python and fills no such cache";
constexpr std::string_view kFp32 = "computes in fp32";

bool UsesCheckpoints(const Policy& policy) {
  return !policy.checkpoint.load.empty() || !policy.checkpoint.save.empty();
}

std::vector<NativeLimit> MakeLimits() {
  return {
      {"run.recipe_mode", Text("author"),
       "computes the author's Mamba-3 and replaces no layer by another"},

      {"layout.tensor_parallel", Int{1}, "does not split layers over ranks"},
      {"layout.sequence_parallel", false, "does not split sequences over tensor-parallel ranks"},
      {"layout.virtual_pipeline_parallel", Int{1}, "holds one model chunk a stage"},
      {"layout.context_parallel", Int{1}, "does not split sequences over ranks"},
      {"layout.expert_tensor_parallel", Int{1}, "does not split an expert over ranks"},
      {"schedule.kind", Text("1f1b"), "runs no other schedule"},

      {"mtp.cross_entropy", Text("native"), "has its own loss only"},
      {"graphs.implementation", Text("none"), "captures no CUDA graphs"},
      {"graphs.modules", Texts{}, "captures no CUDA graphs"},
      {"graphs.optimizer", false, "captures no CUDA graphs"},
      {"attention.sparse_mode", Text("dense"), "has no sparse attention"},
      {"attention.backend", Text("auto"), "has one attention kernel"},
      {"attention.indexer_loss_coeff", 0.0, "has no indexer to train"},
      {"attention.indexer_sparse_loss", false, "has no indexer to train"},
      {"attention.index_cache_ranks", Ints{}, "has no indexer whose choice it could keep"},

      {"precision.compute", Text("fp32"), kFp32},
      {"precision.fp8_param_gather", false, kFp32},
      {"precision.fp8_families", Policy{}.precision.fp8_families, kFp32},
      {"precision.bf16_layers_at_start", Int{0}, kFp32},
      {"precision.bf16_layers_at_end", Int{0}, kFp32},
      {"precision.grad_reduce_in_bf16", false, "reduces gradients in fp32"},
      {"recompute.granularity", Text("none"), "keeps every activation"},
      {"recompute.modules", Texts{}, "keeps every activation"},

      {"optimizer.kind", Text("adam"), "has AdamW only"},
      {"optimizer.lr_decay_iters", Int{0}, "lets the learning rate decay over the whole run"},
      {"optimizer.distributed", false,
       "keeps the whole optimizer state on every rank of its stage"},
      {"optimizer.precision_aware", false, "keeps the optimizer state in fp32"},
      {"optimizer.cpu_offload_fraction", 0.0, "keeps the optimizer state beside the weights"},

      {"overlap.grad_reduce", false, "reduces gradients after the backward pass"},
      {"overlap.param_gather", false, "gathers no parameters"},
      {"overlap.moe_expert_parallel_comm", false, "exchanges tokens in the step that needs them"},
      {"overlap.delay_wgrad_compute", false, "computes weight gradients in the backward pass"},
      {"overlap.moe_shared_expert", false, "computes the shared expert after the dispatch"},
      {"overlap.tp_comm", false, "does not split layers over ranks"},

      {"kernels.cross_entropy", Text("native"), "has its own loss only"},
      {"kernels.moe_permute_fusion", false, "orders tokens in a step of its own"},
      {"kernels.moe_router_fusion", false, "routes in steps of its own"},
      {"kernels.mla_down_proj_fusion", false, "has no fused down-projection"},
      {"dispatcher.kind", Text("alltoall"), "exchanges tokens all to all"},
      {"dispatcher.router_dtype", Text("fp32"), "routes in fp32"},
      {"dispatcher.pad_to_capacity", false, "pads no expert"},
      {"regional_compile.mamba", false, "compiles nothing at run time"},

      {"caches.triton", Text(), kNoPython},
      {"caches.inductor", Text(), kNoPython},
      {"caches.tilelang", Text(), kNoPython},
      {"caches.extensions", Text(), kNoPython},
      {"caches.cuda", Text(), "runs on processors and fills no such cache"},
      {"caches.key", Policy{}.caches.key, "fills no such cache"},

      {"data.num_workers", Policy{}.data.num_workers, "reads its batches without loader processes"},
      {"checkpoint.format", Text("native"), "has a format of its own", UsesCheckpoints},
      {"checkpoint.async_save", false, "waits until a checkpoint is written"},
      {"seams.required", Texts{}, "computes every family itself and has no seams"},
      {"bootstrap_environment", Table{}, "starts no interpreter that could set it"},
  };
}

}  // namespace

const std::vector<NativeLimit>& NativeLimits() {
  static const std::vector<NativeLimit> limits = MakeLimits();
  return limits;
}

std::vector<BrokenLimit> BrokenNativeLimits(const Policy& policy) {
  std::map<std::string_view, base::FieldValue> values;
  for (const auto& field : Schema()) {
    values.emplace(field.spec.key, base::internal::GetField(field, policy));
  }
  std::vector<BrokenLimit> broken;
  for (const NativeLimit& limit : NativeLimits()) {
    const auto it = values.find(limit.key);
    if (it == values.end()) throw std::logic_error("no policy has " + std::string(limit.key));
    if (limit.applies != nullptr && !limit.applies(policy)) continue;
    if (it->second != limit.only) broken.push_back({&limit, it->second});
  }
  return broken;
}

}  // namespace nam56r::policy
