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
  std::string recipe_mode = "author";  ///< author (TP=1, author's Mamba kernels) | nemo
  std::string backend = "megatron";    ///< megatron | native
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
  std::string kind = "1f1b";  ///< 1f1b | interleaved | dualpipev
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
  std::string implementation = "none";  ///< none | local | transformer_engine
  std::vector<std::string> modules;
  std::int64_t warmup_steps = 3;
};

struct Attention {
  std::string sparse_mode = "dense";  ///< tilelang | gather_scatter | dense
  std::string backend = "auto";       ///< auto | flash | fused | unfused | local
  double indexer_loss_coeff = 0.0;
};

struct Precision {
  std::string compute = "bf16";               ///< fp32 | bf16 | fp8
  std::string fp8_format = "hybrid";          ///< e4m3 | hybrid; read with compute = fp8
  std::string fp8_recipe = "tensorwise";      ///< tensorwise | delayed | blockwise | mxfp8
  std::int64_t fp8_amax_history_len = 1024;   ///< steps
  std::string fp8_amax_compute_algo = "max";  ///< max | most_recent
  bool fp8_param_gather = false;
  bool grad_reduce_in_bf16 = false;
};

struct Recompute {
  std::string granularity = "none";  ///< none | selective | full
  std::vector<std::string> modules;
  std::string method = "uniform";  ///< with full: uniform | block
  std::int64_t num_layers = 1;     ///< with full
};

struct Optimizer {
  std::string kind = "adam";  ///< AdamW
  double lr = 1e-4;
  double min_lr = 1e-5;
  std::string lr_decay_style = "constant";  ///< constant | linear | cosine
  std::int64_t lr_warmup_iters = 0;
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
  bool check_for_nan = true;
  std::int64_t seed = 1234;
};

struct Overlap {
  bool grad_reduce = false;
  bool param_gather = false;
  bool moe_expert_parallel_comm = false;
  bool delay_wgrad_compute =
      false;  ///< weight gradients after the expert exchange of the next batch
  bool moe_shared_expert = false;
};

struct Kernels {
  std::string cross_entropy = "native";  ///< native | te | linear
  bool rope_fusion = true;
  bool masked_softmax_fusion = true;
  bool gradient_accumulation_fusion = true;
  bool persist_layer_norm = true;
  bool moe_grouped_gemm = true;
  bool mla_down_proj_fusion = false;
};

struct Dispatcher {
  std::string kind = "alltoall";   ///< allgather | alltoall | flex
  std::string backend = "deepep";  ///< with flex: deepep | hybridep
  std::string router_dtype = "fp32";
  double capacity_factor = 0.0;  ///< 0: dropless
  bool pad_to_capacity = false;
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
};

struct Data {
  std::string dataset;  ///< a name that the host binds to a path
  std::string split = "98,1,1";
  std::int64_t eval_interval = 0;  ///< steps; 0: only at the end
  std::int64_t eval_iters = 0;     ///< global batches
  std::int64_t log_interval = 1;
  bool log_throughput = true;
};

/// Where weights come from and go: names that the host binds to directories, never paths. Loading
/// and saving are separate, so that nothing is resumed because it happens to lie there.
struct Checkpoint {
  std::string load;                   ///< empty: start from fresh weights
  std::string save;                   ///< empty: nothing is saved
  std::int64_t save_interval = 0;     ///< steps; 0: only at the end
  std::string format = "torch_dist";  ///< torch_dist | torch
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
  Overlap overlap;
  Kernels kernels;
  Dispatcher dispatcher;
  RegionalCompile regional_compile;
  Caches caches;
  Data data;
  Checkpoint checkpoint;
  Seams seams;
  std::map<std::string, std::string> environment;  ///< CUDA, NCCL, allocator; name to value
};

const base::Schema<Policy>& Schema();

/// Errors: those of base::ReadToml and base::Load with surface policy; SCHEMA0001 also for a name
/// in [environment] that nobody reads, POLICY0101 for one that another field or launch sets.
base::Expected<base::Loaded<Policy>> Load(const std::filesystem::path& path);
/// The same of a document that is already parsed.
base::Expected<base::Loaded<Policy>> FromToml(const base::TomlDocument& document);

}  // namespace nam56r::policy
