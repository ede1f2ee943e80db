#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "src/base/schema.h"

/// How a run executes: chosen, explicit, never implied by the pattern. Each struct is one TOML
/// table. The meaning and range of every field stand in Schema() (policy.cpp).
namespace nam56r::policy {

struct Run {
  std::string name;
  /// author: TP of 1 and the author's Mamba kernels | nemo: TP of 2, the backend's own Mamba-2 for
  /// M and for R, the recurrent seam still recorded; compiled for the dialect nemo alone
  std::string recipe_mode = "author";
  std::string backend = "megatron";  ///< megatron | native
  /// Names in [environment] beyond KnownEnvironment() (environment.h) that the operator vouches
  /// for.
  std::vector<std::string> unlisted_environment;
};

/// Data parallelism is derived: dp = world / (tp * pp * cp); expert dp = world / (etp * ep * pp).
struct Layout {
  std::int64_t world_size = 1;  ///< ranks
  std::int64_t tensor_parallel = 1;
  bool sequence_parallel = false;
  std::int64_t pipeline_parallel = 1;
  std::int64_t virtual_pipeline_parallel = 1;  ///< model chunks a stage
  /// Layers of each chunk, in model order; empty: as the pattern's '|' say, or all equal.
  std::vector<std::int64_t> layers_per_chunk;
  std::int64_t expert_parallel = 1;
  std::int64_t expert_tensor_parallel = 1;
  std::int64_t context_parallel = 1;
};

struct Schedule {
  std::string kind = "1f1b";          ///< 1f1b | interleaved | dualpipev
  std::int64_t dualpipev_chunks = 4;  ///< micro-batches in flight; read with dualpipev
};

struct Batch {
  std::int64_t micro_batch_size = 1;   ///< sequences
  std::int64_t global_batch_size = 1;  ///< sequences a step, over all data-parallel ranks
  std::int64_t train_iters = 1;        ///< optimizer steps
};

struct MtpPolicy {
  std::int64_t depth = 0;  ///< blocks that execute; 0: none
  double loss_scaling_factor = 0.1;
  std::string cross_entropy = "native";  ///< native | liger | cce | native_hopper
};

struct Graphs {
  std::string implementation = "none";  ///< none | local | transformer_engine | full_iteration
  std::vector<std::string> modules;
  std::int64_t warmup_steps = 3;
  bool optimizer = false;  ///< whether the optimizer's step is captured too
};

struct Attention {
  std::string sparse_mode = "dense";  ///< tilelang | gather_scatter | dense
  std::string backend = "auto";       ///< auto | flash | fused | unfused | local
  double indexer_loss_coeff = 0.0;
  bool indexer_sparse_loss = false;  ///< its loss over the chosen keys only
  /// DSA layers, numbered among themselves, that compute indices; the others take those of the
  /// nearest before them. Empty: all do.
  std::vector<std::int64_t> index_cache_ranks;
};

struct Precision {
  std::string compute = "bf16";               ///< fp32 | bf16 | fp8
  std::string fp8_format = "hybrid";          ///< e4m3 | hybrid; read with compute = fp8
  std::string fp8_recipe = "tensorwise";      ///< tensorwise | delayed | blockwise | mxfp8
  std::int64_t fp8_amax_history_len = 1024;   ///< steps
  std::string fp8_amax_compute_algo = "max";  ///< max | most_recent
  bool fp8_param_gather = false;
  /// Families whose matrix products are FP8; the others stay BF16.
  std::vector<std::string> fp8_families = {"A", "E", "M", "R", "F"};
  std::int64_t bf16_layers_at_start = 0;  ///< trunk layers that stay BF16 under FP8
  std::int64_t bf16_layers_at_end = 0;
  bool grad_reduce_in_bf16 = false;
};

struct Recompute {
  std::string granularity = "none";  ///< none | selective | full
  std::vector<std::string> modules;
  std::string method = "uniform";  ///< with full: uniform | block
  std::int64_t num_layers = 1;     ///< with full
};

struct Optimizer {
  std::string kind = "adam";  ///< adam (AdamW) | muon (arXiv:2502.16982)
  double lr = 1e-4;
  double min_lr = 1e-5;
  std::string lr_decay_style = "constant";  ///< constant | linear | cosine
  std::int64_t lr_warmup_iters = 0;
  std::int64_t lr_decay_iters = 0;  ///< steps; 0: train_iters
  double weight_decay = 0.01;
  double beta1 = 0.9;
  double beta2 = 0.95;
  double epsilon = 1e-8;
  double clip_grad = 1.0;  ///< global L2 norm; 0: off
  bool distributed = false;
  bool precision_aware = false;
  std::string main_grads_dtype = "fp32";   ///< these four are read with precision_aware
  std::string main_params_dtype = "fp32";  ///< fp32 | fp16
  std::string exp_avg_dtype = "fp32";      ///< fp32 | fp16 | bf16 | fp8
  std::string exp_avg_sq_dtype = "fp32";
  double cpu_offload_fraction = 0;  ///< share of the state that lives in host memory
  bool check_for_nan = true;
  std::int64_t seed = 1234;
};

/// Read with optimizer.kind = "muon"; what it does not update follows [optimizer].
struct Muon {
  double momentum = 0.95;
  bool nesterov = true;
  std::int64_t newton_schulz_steps = 5;
  std::string scale_mode = "spectral";  ///< spectral | unit_rms_norm | shape_scaling
  double extra_scale_factor = 1.0;
  std::string tensor_parallel_mode = "blockwise";  ///< blockwise | duplicated | distributed
  std::string momentum_dtype = "fp32";  ///< fp32 | bf16 | int8; only a seam has less than fp32
};

struct Overlap {
  bool grad_reduce = false;
  bool param_gather = false;
  bool moe_expert_parallel_comm = false;
  bool delay_wgrad_compute =
      false;  ///< weight gradients after the expert exchange of the next batch
  bool moe_shared_expert = false;
  bool p2p_comm = true;  ///< sends between stages; the interleaved schedule only
  bool tp_comm = false;  ///< TP's exchanges behind matrix products (Transformer Engine userbuffers)
};

struct Kernels {
  std::string cross_entropy = "native";  ///< native | te | linear
  bool rope_fusion = true;
  bool masked_softmax_fusion = true;
  bool gradient_accumulation_fusion = true;
  bool persist_layer_norm = true;
  bool moe_grouped_gemm = true;
  bool moe_permute_fusion = false;
  bool moe_router_fusion = false;
  bool mla_down_proj_fusion = false;
};

struct Dispatcher {
  std::string kind = "alltoall";   ///< allgather | alltoall | flex
  std::string backend = "deepep";  ///< with flex: deepep | hybridep
  std::string router_dtype = "fp32";
  bool pad_to_capacity = false;  ///< with recipe moe.capacity_factor
};

struct RegionalCompile {
  bool mamba = false;
};

/// Cache directories, set before Python starts. Values are lifetimes, never paths: "run",
/// "contract", "host"; launch binds them below the host's cache root. Empty: not set.
struct Caches {
  std::string triton;
  std::string inductor;
  std::string tilelang;
  std::string extensions;
  std::string cuda;
  /// What a directory of lifetime "host" is named after, so that kernels of one configuration are
  /// never another's: dialect, attention_heads, mamba_heads, gpu_architecture, libraries.
  std::vector<std::string> key = {"dialect", "attention_heads", "mamba_heads", "gpu_architecture",
                                  "libraries"};
};

struct Data {
  std::string dataset;  ///< a name that the host binds to a path
  std::string split = "98,1,1";
  std::int64_t eval_interval = 0;  ///< steps; 0: only at the end
  std::int64_t eval_iters = 0;     ///< global batches
  std::int64_t log_interval = 1;
  bool log_throughput = true;
  std::int64_t num_workers = 2;  ///< loader processes of each rank
};

/// Where weights come from and go: names that the host binds to directories, never paths. Loading
/// and saving are separate, so that nothing is resumed because it happens to lie there.
struct Checkpoint {
  std::string load;                   ///< empty: start from fresh weights
  std::string save;                   ///< empty: nothing is saved
  std::int64_t save_interval = 0;     ///< steps; 0: only at the end
  std::string format = "torch_dist";  ///< torch_dist | torch | native
  bool async_save = false;
};

struct Seams {
  std::vector<std::string> required;  ///< ids; see `nam56r seams`
};

struct Policy {
  Run run;
  Layout layout;
  Schedule schedule;
  Batch batch;
  MtpPolicy mtp;
  Graphs graphs;
  Attention attention;
  Precision precision;
  Recompute recompute;
  Optimizer optimizer;
  Muon muon;
  Overlap overlap;
  Kernels kernels;
  Dispatcher dispatcher;
  RegionalCompile regional_compile;
  Caches caches;
  Data data;
  Checkpoint checkpoint;
  Seams seams;
  /// Set before the interpreter starts: CUDA, NCCL, allocator; name to value.
  std::map<std::string, std::string> environment;
  /// Set by the bootstrap inside the interpreter, before the seams: what is read at their import or
  /// later, and must not reach other processes.
  std::map<std::string, std::string> bootstrap_environment;
  /// Findings of a check that the operator answers for: code to "until YYYY-MM-DD: reason"
  /// (contract/waivers.h).
  std::map<std::string, std::string> waivers;
};

const base::Schema<Policy>& Schema();

/// Errors: those of base::ReadToml and base::Load with surface policy, and those of
/// CheckEnvironment (environment.h).
base::Expected<base::Loaded<Policy>> Load(const std::filesystem::path& path);
/// The same of a document that is already parsed.
base::Expected<base::Loaded<Policy>> FromToml(const base::TomlDocument& document);

}  // namespace nam56r::policy
