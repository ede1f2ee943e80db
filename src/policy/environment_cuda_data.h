#pragma once

#include "src/policy/environment_table.h"

/// CUDA, the loader, Python, and what launch gives every rank.
namespace nam56r::policy::internal {

inline constexpr Reader kCuda{"CUDA driver", ReadTime::kBeforePython,
                              "CUDA C++ Programming Guide, environment variables"};
inline constexpr Reader kCublas{"cuBLAS", ReadTime::kBeforePython,
                                "cuBLAS documentation, reproducibility"};
inline constexpr Reader kPython{"Python", ReadTime::kBeforePython,
                                "Python documentation, command line and environment"};
inline constexpr Reader kLoader{"dynamic loader", ReadTime::kBeforePython, "ld.so(8)"};
inline constexpr Reader kRank{"torch.distributed and Megatron", ReadTime::kImport,
                              "PyTorch documentation, torchrun; megatron/training/arguments.py"};

inline constexpr Reader kSlurm{"Megatron", ReadTime::kImport, "megatron/training/training.py"};

inline constexpr EnvironmentVariable kCudaVariables[] = {
    // CUDA.
    Owned(kCuda.Path("CUDA_CACHE_PATH", "Directory of the driver's compiled kernels."),
          "caches.cuda"),
    kCuda.Bool("CUDA_CACHE_DISABLE", "0", "1 keeps no compiled kernels."),
    kCuda.Int("CUDA_CACHE_MAXSIZE", "1073741824", "Bytes that the driver's cache may take."),
    Against(kCuda.Int("CUDA_DEVICE_MAX_CONNECTIONS", "8",
                      "Hardware queues from host to GPU: 1 keeps communication before the "
                      "computation it overlaps, 32 lets the expert exchange overlap."),
            "1 with overlap.moe_expert_parallel_comm; before Blackwell anything but 1 with TP or "
            "CP above 1"),
    kCuda.Choice("CUDA_DEVICE_ORDER", "FASTEST_FIRST|PCI_BUS_ID", "FASTEST_FIRST",
                 "Order in which GPUs are numbered."),
    kCuda.Bool("CUDA_DISABLE_PTX_JIT", "0", "1 forbids compiling kernels from PTX."),
    kCuda.Bool("CUDA_FORCE_PTX_JIT", "0", "1 compiles every kernel from PTX."),
    Against(kCuda.Bool("CUDA_GRAPHS_USE_NODE_PRIORITY", "0",
                       "1 gives nodes of a graph the priority of their stream."),
            "graphs.implementation = none leaves it without effect"),
    kCuda.From("CUDA Toolkit installation guide")
        .At(ReadTime::kImport)
        .Path("CUDA_HOME", "CUDA toolkit that extensions are built with."),
    kCuda.Bool("CUDA_LAUNCH_BLOCKING", "0",
               "1 makes every kernel launch wait, for finding the one that fails."),
    kCuda.Choice("CUDA_MODULE_LOADING", "LAZY|EAGER|DEFAULT", "LAZY", "When kernels are loaded."),
    Owned(kCuda.Text("CUDA_VISIBLE_DEVICES", "", "GPUs that a process may use."), "machine"),
    kCublas.Text("CUBLAS_WORKSPACE_CONFIG", "",
                 "Size and count of cuBLAS workspaces; \":4096:8\" is deterministic."),
    kCublas.From("cuBLAS documentation, logging")
        .Int("CUBLASLT_LOG_LEVEL", "0", "How much cuBLASLt logs, 0 to 5."),
    Reader{"cuDNN", ReadTime::kBeforePython, "cuDNN documentation, logging"}.Int(
        "CUDNN_LOGLEVEL_DBG", "0", "How much cuDNN logs, 0 to 3."),
    Reader{"nvcc", ReadTime::kImport, "NVIDIA CUDA compiler documentation"}.Text(
        "NVCC_APPEND_FLAGS", "", "Words that every nvcc command gets at its end."),
    Reader{"CuTe DSL", ReadTime::kImport,
           "DatasunriseOU/cppmega megatron/cute_dsl_mimo/fa4_bwd_adapter.py"}
        .Choice("CUTE_DSL_ARCH", "sm_90a|sm_100a|sm_103a|sm_120a|sm_121a", "",
                "Architecture that CuTe DSL compiles for."),

    // The loader and Python.
    Owned(kLoader.Path("LD_LIBRARY_PATH", "Directories of shared libraries."), "machine"),
    kLoader.Path("LD_PRELOAD", "Shared libraries that are loaded first."),
    Owned(kLoader.From("environ(7)").Path("PATH", "Directories of programs."), "launch"),
    Owned(kLoader.From("locale(7)").Text("LANG", "C.UTF-8", "Language and encoding."), "launch"),
    Owned(kPython.Path("PYTHONPATH", "Directories of Python modules."), "machine"),
    kPython.Bool("PYTHONFAULTHANDLER", "0", "1 prints the stacks of a process that crashes."),
    kPython.Text("PYTHONHASHSEED", "random", "Seed of Python's string hashes."),
    kPython.Bool("PYTHONNOUSERSITE", "0", "1 keeps the user's own packages out."),
    kPython.Bool("PYTHONUNBUFFERED", "0", "1 writes Python's output at once."),
    kPython.Text("PYTHONWARNINGS", "", "Which warnings Python shows."),
    kPython.Bool("PYTHONDONTWRITEBYTECODE", "0", "1 writes no compiled modules."),

    // Threads.
    Owned(Reader{"OpenMP", ReadTime::kBeforePython, "OpenMP specification, OMP_NUM_THREADS"}.Int(
              "OMP_NUM_THREADS", "", "Threads of one process."),
          "launch"),
    Reader{"MKL", ReadTime::kBeforePython, "oneMKL developer guide"}.Int(
        "MKL_NUM_THREADS", "", "Threads of one process in MKL."),
    Owned(Reader{"OpenBLAS", ReadTime::kBeforePython, "OpenBLAS README"}.Int(
              "OPENBLAS_NUM_THREADS", "", "Threads of one process in OpenBLAS."),
          "launch"),
    Reader{"Hugging Face tokenizers", ReadTime::kEveryStep, "huggingface/tokenizers README"}.Choice(
        "TOKENIZERS_PARALLELISM", "true|false|True|False|1|0", "true",
        "Whether tokenizers start threads."),
    Reader{"Hugging Face hub", ReadTime::kImport, "huggingface_hub documentation"}.Bool(
        "HF_HUB_OFFLINE", "0", "1 asks no server for tokenizers."),
    Reader{"Hugging Face transformers", ReadTime::kImport, "transformers documentation"}.Bool(
        "TRANSFORMERS_OFFLINE", "0", "1 asks no server for tokenizers."),

    // Ranks.
    Owned(kRank.Text("MASTER_ADDR", "", "Address of the rendezvous."), "launch"),
    Owned(kRank.Int("MASTER_PORT", "", "Port of the rendezvous."), "launch"),
    Owned(kRank.Int("RANK", "0", "Rank in the world."), "launch"),
    Owned(kRank.Int("LOCAL_RANK", "0", "Rank within the node."), "launch"),
    Owned(kRank.Int("WORLD_SIZE", "1", "Ranks of the run."), "launch"),
    Owned(kRank.Int("LOCAL_WORLD_SIZE", "", "Ranks of the node."), "launch"),
    Owned(kRank.Int("GROUP_RANK", "", "Number of the node."), "launch"),
    Owned(kRank.Text("TORCHELASTIC_RUN_ID", "", "Name of the rendezvous."), "launch"),
    Owned(Reader{"Gloo", ReadTime::kImport, "PyTorch documentation, torch.distributed"}.Text(
              "GLOO_SOCKET_IFNAME", "", "Network interface of Gloo."),
          "launch"),
    Owned(kSlurm.Int("SLURM_JOB_ID", "", "Number of the Slurm job, for logs."), "Slurm"),
    Owned(kSlurm.Int("SLURM_JOBID", "", "The same, older name."), "Slurm"),
    Owned(kSlurm.Text("SLURM_JOB_NAME", "", "Name of the Slurm job, for logs."), "Slurm"),
    Owned(kSlurm.Int("SLURM_LOCALID", "", "Rank within the node, as Slurm counts."), "Slurm"),
    Owned(kSlurm.Int("SLURM_NTASKS", "", "Ranks of the run, as Slurm counts."), "Slurm"),
    Owned(kSlurm.Int("SLURM_PROCID", "", "Rank in the world, as Slurm counts."), "Slurm"),
};

}  // namespace nam56r::policy::internal
