#pragma once

#include "src/policy/environment_table.h"

/// PyTorch, Transformer Engine, Triton, TileLang and Megatron itself.
namespace nam56r::policy::internal {

inline constexpr Reader kTorch{"PyTorch", ReadTime::kImport,
                               "PyTorch documentation, environment variables"};
inline constexpr Reader kTorchNccl{"PyTorch's NCCL process group", ReadTime::kImport,
                                   "pytorch torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp"};
inline constexpr Reader kAllocator{"PyTorch's allocator", ReadTime::kBeforePython,
                                   "PyTorch documentation, CUDA semantics"};
inline constexpr Reader kTe{"Transformer Engine", ReadTime::kImport,
                            "Transformer Engine user guide, environment variables"};
inline constexpr Reader kTriton{"Triton", ReadTime::kImport, "triton-lang/triton README"};
inline constexpr Reader kInductor{"Inductor", ReadTime::kImport,
                                  "pytorch torch/_inductor/config.py"};
inline constexpr Reader kTileLang{"TileLang", ReadTime::kImport,
                                  "tile-ai/tilelang tilelang/env.py"};
inline constexpr Reader kMegatron{"Megatron", ReadTime::kImport,
                                  "Megatron-LM core_v0.16.1 to core_v0.19.0"};

inline constexpr EnvironmentVariable kTorchVariables[] = {
    // The allocator.
    SameAs(Against(kAllocator.Text("PYTORCH_CUDA_ALLOC_CONF", "",
                                   "PyTorch's GPU allocator; without expandable_segments:True a "
                                   "large model runs out of memory by fragmentation."),
                   "expandable_segments:True beside backend:cudaMallocAsync; see "
                   "NCCL_GRAPH_REGISTER"),
           "PYTORCH_ALLOC_CONF"),
    SameAs(kAllocator.Text("PYTORCH_ALLOC_CONF", "",
                           "The same under its name of PyTorch 2.9 and later; Megatron looks at "
                           "the older name only."),
           "PYTORCH_CUDA_ALLOC_CONF"),
    kAllocator.Bool("PYTORCH_NO_CUDA_MEMORY_CACHING", "0",
                    "1 gives every tensor back to the driver, for finding misuse of memory."),

    // NCCL process groups.
    SameAs(kTorchNccl.Choice("NCCL_ASYNC_ERROR_HANDLING", "0|1|2|3", "3",
                             "The old name of TORCH_NCCL_ASYNC_ERROR_HANDLING."),
           "TORCH_NCCL_ASYNC_ERROR_HANDLING"),
    SameAs(kTorchNccl.Bool("NCCL_BLOCKING_WAIT", "0", "The old name of TORCH_NCCL_BLOCKING_WAIT."),
           "TORCH_NCCL_BLOCKING_WAIT"),
    SameAs(kTorchNccl.Choice("TORCH_NCCL_ASYNC_ERROR_HANDLING", "0|1|2|3", "3",
                             "What PyTorch does when a collective fails."),
           "NCCL_ASYNC_ERROR_HANDLING"),
    SameAs(kTorchNccl.Bool("TORCH_NCCL_AVOID_RECORD_STREAMS", "0",
                           "1 frees tensors of a collective without recording its stream."),
           "NCCL_AVOID_RECORD_STREAMS"),
    SameAs(
        kTorchNccl.Bool("TORCH_NCCL_BLOCKING_WAIT", "0", "1 makes the host wait for collectives."),
        "NCCL_BLOCKING_WAIT"),
    kTorchNccl.Bool("TORCH_NCCL_CUDA_EVENT_CACHE", "1", "Whether events are used again."),
    SameAs(kTorchNccl.Path("TORCH_NCCL_DEBUG_INFO_TEMP_FILE",
                           "Prefix of the flight recorder's files; the old name."),
           "TORCH_FR_DUMP_TEMP_FILE"),
    SameAs(kTorchNccl.Path("TORCH_FR_DUMP_TEMP_FILE", "Prefix of the flight recorder's files."),
           "TORCH_NCCL_DEBUG_INFO_TEMP_FILE"),
    kTorchNccl.Bool("TORCH_NCCL_DESYNC_DEBUG", "0", "1 names the rank that left the others."),
    Against(kTorchNccl.Bool("TORCH_NCCL_DUMP_ON_TIMEOUT", "1",
                            "1 writes the flight recorder when a collective takes too long."),
            "TORCH_NCCL_TRACE_BUFFER_SIZE = 0 leaves it without effect"),
    kTorchNccl.Bool("TORCH_NCCL_ENABLE_MONITORING", "1",
                    "Whether a thread ends a process whose watchdog is stuck."),
    kTorchNccl.Bool("TORCH_NCCL_ENABLE_TIMING", "0", "1 times every collective."),
    Against(kTorchNccl.Int("TORCH_NCCL_HEARTBEAT_TIMEOUT_SEC", "480",
                           "Seconds before PyTorch calls NCCL stuck."),
            "TORCH_NCCL_ENABLE_MONITORING = 0 leaves it without effect"),
    kTorchNccl.Bool("TORCH_NCCL_HIGH_PRIORITY", "0",
                    "1 gives collectives a stream of high "
                    "priority."),
    kTorchNccl.Bool("TORCH_NCCL_NAN_CHECK", "0", "1 looks for NaN in what is sent."),
    kTorchNccl.Bool("TORCH_NCCL_SHOW_EAGER_INIT_P2P_SERIALIZATION_WARNING", "0",
                    "1 warns of sends that wait for each other."),
    SameAs(kTorchNccl.Int("TORCH_NCCL_TRACE_BUFFER_SIZE", "2000",
                          "Collectives that the flight recorder keeps; the old name."),
           "TORCH_FR_BUFFER_SIZE"),
    SameAs(kTorchNccl.Int("TORCH_FR_BUFFER_SIZE", "2000",
                          "Collectives that the flight recorder keeps."),
           "TORCH_NCCL_TRACE_BUFFER_SIZE"),
    Owned(kTorchNccl.Bool("TORCH_NCCL_USE_TENSOR_REGISTER_ALLOCATOR_HOOK", "0",
                          "Whether allocations are registered with NCCL; Megatron sets it for its "
                          "own allocator."),
          "Megatron"),
    kTorchNccl.Int("TORCH_NCCL_WAIT_TIMEOUT_DUMP_MILSEC", "15000",
                   "Milliseconds that the others get to write their flight recorder."),
    Owned(kMegatron.From("megatron/core/parallel_state.py")
              .Bool("TORCH_UCC_BLOCKING_WAIT", "none", "How UCC groups wait; Megatron sets it."),
          "Megatron"),

    // PyTorch.
    kTorch.Choice("TORCH_CPP_LOG_LEVEL", "INFO|WARNING|ERROR|FATAL", "WARNING",
                  "How much PyTorch's C++ code logs."),
    kTorch.Text("TORCH_CUDA_ARCH_LIST", "", "Architectures that extensions are built for."),
    kTorch.Choice("TORCH_DISTRIBUTED_DEBUG", "OFF|INFO|DETAIL", "OFF",
                  "How much torch.distributed checks and logs."),
    Owned(kTorch.Path("TORCH_EXTENSIONS_DIR", "Directory of PyTorch's built extensions."),
          "caches.extensions"),
    kTorch.Text("TORCH_LOGS", "", "Which parts of the compiler log."),
    kTorch.Bool("TORCH_SHOW_CPP_STACKTRACES", "0", "1 adds C++ stacks to errors."),
    kTorch.Bool("TORCH_ALLOW_TF32_CUBLAS_OVERRIDE", "0", "1 lets fp32 products use TF32."),
    SameAs(kTorch.Bool("TORCH_COMPILE_DISABLE", "0", "1 compiles nothing."), "TORCHDYNAMO_DISABLE"),
    SameAs(kTorch.Bool("TORCHDYNAMO_DISABLE", "0", "1 compiles nothing; the older name."),
           "TORCH_COMPILE_DISABLE"),
    kTorch.Int("MAX_JOBS", "", "Compilers that a build of extensions runs at once."),

    // Inductor, Triton, TileLang.
    Owned(kInductor.Path("TORCHINDUCTOR_CACHE_DIR", "Directory of Inductor's compiled kernels."),
          "caches.inductor"),
    kInductor.Int("TORCHINDUCTOR_COMPILE_THREADS", "", "Processes that compile kernels."),
    kInductor.Bool("TORCHINDUCTOR_FORCE_DISABLE_CACHES", "0", "1 uses no cached kernels."),
    kInductor.Bool("TORCHINDUCTOR_FX_GRAPH_CACHE", "1", "Whether compiled graphs are cached."),
    kInductor.Bool("TORCHINDUCTOR_MAX_AUTOTUNE", "0", "1 times variants of every kernel."),
    kInductor.Choice("TORCHINDUCTOR_WORKER_START", "subprocess|fork|spawn", "subprocess",
                     "How processes that compile are started."),
    Owned(kTriton.Path("TRITON_CACHE_DIR", "Directory of Triton's compiled kernels."),
          "caches.triton"),
    kTriton.Bool("TRITON_ALWAYS_COMPILE", "0", "1 uses no cached kernels."),
    kTriton.From("mamba_ssm/utils/determinism.py")
        .Bool("TRITON_CACHE_AUTOTUNING", "0", "1 keeps the choices of autotuning."),
    kTriton.Bool("TRITON_PRINT_AUTOTUNING", "0", "1 prints what autotuning chose."),
    kTriton.Path("TRITON_PTXAS_PATH", "Assembler that Triton uses."),
    Owned(kTileLang.Path("TILELANG_CACHE_DIR", "Directory of TileLang's compiled kernels."),
          "caches.tilelang"),
    kTileLang.Choice("TILELANG_EXECUTION_BACKEND", "auto|cython|ctypes|dlpack|nvrtc|torch|tvm_ffi",
                     "auto",
                     "How TileLang calls its kernels; nvrtc clashes with the headers of CUDA "
                     "13.2."),
    kTileLang.Text("TILELANG_TARGET", "auto", "What TileLang compiles for."),
    kTileLang.Bool("TILELANG_VERBOSE", "0", "1 shows what TileLang compiles."),
    kTileLang.Bool("TILELANG_DISABLE_CACHE", "0", "1 uses no cached kernels."),
    kTileLang.Bool("TILELANG_PRINT_ON_COMPILATION", "1",
                   "Whether TileLang names what it compiles."),
    Reader{"TVM", ReadTime::kImport, "apache/tvm src/runtime/logging.cc"}.Text(
        "TVM_LOG_DEBUG", "", "Parts of TVM that log."),

    // Transformer Engine.
    kTe.At(ReadTime::kEveryStep)
        .Bool("NVTE_ALLOW_NONDETERMINISTIC_ALGO", "1",
              "0 keeps Transformer Engine to deterministic kernels."),
    kTe.At(ReadTime::kModelBuild)
        .From("megatron/core/extensions/transformer_engine.py")
        .Bool("NVTE_APPLY_QK_LAYER_SCALING", "0", "Whether attention scales by the layer number."),
    kTe.From("DatasunriseOU/cppmega scripts/cppmega_fp8_shim.py")
        .Choice("NVTE_BACKWARD_OVERRIDE", "none|dequantized|high_precision", "none",
                "Type of the products in backward; read while recipe classes are defined."),
    kTe.Int("NVTE_BWD_LAYERNORM_SM_MARGIN", "0", "Multiprocessors that norm backward leaves free."),
    kTe.Bool("NVTE_BATCH_MHA_P2P_COMM", "0", "1 sends keys and values of CP in one batch."),
    kTe.Bool("NVTE_BIAS_GELU_NVFUSION", "1", "Whether bias and GELU are one kernel."),
    kTe.From("megatron/training/arguments.py")
        .Bool("NVTE_CPU_OFFLOAD_V1", "0", "1 uses the older offloading of activations."),
    kTe.From("megatron/core/extensions/transformer_engine.py")
        .Bool("NVTE_CUTEDSL_FUSED_GROUPED_MLP", "0",
              "1 runs a rank's experts as one fused kernel."),
    kTe.Bool("NVTE_DEBUG", "0", "1 makes Transformer Engine log which attention it chose."),
    kTe.Choice("NVTE_DEBUG_LEVEL", "0|1|2", "0", "How much NVTE_DEBUG logs."),
    kTe.Int("NVTE_EXT_MARGIN_SM", "0", "Multiprocessors that matrix products leave free."),
    Owned(kTe.Bool("NVTE_FLASH_ATTN", "1", "Whether Transformer Engine may use flash attention."),
          "attention.backend"),
    kTe.Bool("NVTE_FP8_DPA_BWD", "1", "Whether FP8 attention has an FP8 backward."),
    Owned(kTe.Bool("NVTE_FUSED_ATTN", "1", "Whether Transformer Engine may use cuDNN attention."),
          "attention.backend"),
    kTe.Bool("NVTE_ALLOW_UNSAFE_PICKLE_EXTRA_STATE", "0",
             "1 reads the extra state of older checkpoints, which may run code."),
    kTe.Choice("NVTE_FUSED_ATTN_BACKEND", "0|1|2", "", "Which cuDNN attention."),
    Gated(kTe.Bool("NVTE_FUSED_ATTN_USE_FAv2_BWD", "0",
                   "1 uses flash attention's backward with cuDNN's forward."),
          "sm_90"),
    kTe.Int("NVTE_FWD_LAYERNORM_SM_MARGIN", "0", "Multiprocessors that norm forward leaves free."),
    kTe.Bool("NVTE_NORM_BWD_USE_CUDNN", "0", "1 runs norm backward in cuDNN."),
    kTe.Bool("NVTE_NORM_FWD_USE_CUDNN", "0", "1 runs norm forward in cuDNN."),
    kTe.Bool("NVTE_TORCH_COMPILE", "1", "Whether Transformer Engine compiles its fusions."),
    Owned(
        kTe.Bool("NVTE_UNFUSED_ATTN", "1", "Whether Transformer Engine may use unfused attention."),
        "attention.backend"),
    kTe.From("megatron/core/extensions/transformer_engine.py")
        .Choice("FP4_RECIPE", "nvfp4", "", "FP4 recipe of the fused experts, core_v0.18 on."),

    // Megatron.
    kMegatron.From("Megatron-LM main megatron/core/transformer, local patch")
        .Choice("MEGATRON_BIAS_GELU_IMPL", "te|native", "native",
                "Who computes bias and GELU; a patched Megatron alone reads it."),
    Against(kMegatron.From("megatron/core/transformer/cuda_graphs.py")
                .Bool("CUDA_GRAPH_CAPTURE_FREEZE_GC", "1",
                      "Whether Python's garbage collector rests during capture."),
            "graphs.implementation = none leaves it without effect"),
    kMegatron.From("megatron/training/ft_integration.py")
        .Text("FT_SIM_FAULT_DESC", "", "A fault to play, for tests of fault tolerance."),
    kMegatron.From("megatron/core/ssm/ops/determinism.py; mamba_ssm/utils/determinism.py")
        .At(ReadTime::kEveryStep)
        .Bool("MAMBA_DETERMINISTIC", "0", "1 keeps the Mamba kernels deterministic."),
    kMegatron.From("megatron/training/initialize.py")
        .Int("MEGATRON_LOGGING_LEVEL", "",
             "Level of Python's logging: 10 debug, 20 info, 30 "
             "warning."),
    kMegatron.From("megatron/core/resharding/nvshmem_copy_service")
        .Bool("MEGATRON_NVSHMEM_ALLOW_UNSUPPORTED_VERSION", "0",
              "1 accepts an NVSHMEM version that was not tested."),
    kMegatron.From("megatron/core/package_info.py")
        .Bool("NO_VCS_VERSION", "0", "1 leaves the commit out of Megatron's version."),
    Owned(kMegatron.From("megatron/core/parallel_state.py")
              .Bool("NSYS_UCP_COMM_PARAMS", "1", "What Nsight shows of UCX; Megatron sets it."),
          "Megatron"),
    Reader{"Hugging Face datasets and hub", ReadTime::kImport, "huggingface_hub documentation"}
        .Path("HF_HOME", "Directory of downloaded tokenizers."),

    // TileLang's kernels of the sparse attention.
    Reader{"cppmega's sparse MLA", ReadTime::kModelBuild,
           "DatasunriseOU/cppmega megatron/sparse_mla_ops/tilelang_sparse_mla_fwd.py"}
        .Int("MCORE_DSA_TILELANG_KERNEL_CACHE_MAX", "512", "Kernels that a process keeps."),
    Reader{"cppmega's sparse MLA", ReadTime::kEveryStep,
           "DatasunriseOU/cppmega megatron/sparse_mla_ops/tilelang_sparse_mla_fwd.py"}
        .Int("MCORE_DSA_TILELANG_SEQ_BUCKET", "256",
             "Multiple that sequence lengths are rounded "
             "to, so that kernels are shared."),
    Reader{"cppmega's sparse MLA", ReadTime::kEveryStep,
           "DatasunriseOU/cppmega megatron/sparse_mla_ops/tilelang_sparse_mla_fwd.py"}
        .Int("MCORE_DSA_TILELANG_TOPK_BUCKET", "64", "Multiple that key counts are rounded to."),
};

}  // namespace nam56r::policy::internal
