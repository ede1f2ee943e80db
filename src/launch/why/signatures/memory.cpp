// GPU memory. weigh_memory.cpp reads the numbers of the first.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {
        .code = "WHY3501",
        .cls = Class::kPolicy,
        .title = "Out of GPU memory",
        .cause = "The GPU's memory does not hold what the process needs.",
        .all = {R"((?:CUDA|HIP|XPU|NPU) out of memory\. Tried to allocate)"},
        .confidence = 0.8,
        .next = "Lower the micro-batch, recompute activations, or share the model over more ranks.",
        .fields = {"policy.batch.micro_batch_size", "policy.recompute.granularity",
                   "policy.layout.tensor_parallel", "policy.optimizer.distributed"},
        .why = "PyTorch says how much it was asked for, what the GPU has, and who holds it. If "
               "this process holds it, the launch was too tight; if another does, the machine is "
               "not free; if it is reserved and not used, it is fragmented.",
        .matches =
            "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a "
            "total capacity of 79.33 GiB of which 367.81 MiB is free. Including non-PyTorch "
            "memory, this process has 78.96 GiB memory in use. Of the allocated memory 77.73 GiB "
            "is allocated by PyTorch, and 768.35 MiB is reserved by PyTorch but unallocated.",
        .near_miss = "Max memory allocated: 77.7 GiB",
        .source =
            "pytorch/pytorch v2.5 c10/cuda/CUDACachingAllocator.cpp:1390; v1.13 for the older text",
    },
    {
        .code = "WHY3502",
        .cls = Class::kPolicy,
        .title = "Out of GPU memory outside PyTorch's allocator",
        .cause = "A library or the driver finds no more GPU memory.",
        .all =
            {R"((?:CUDA error: out of memory|cudaErrorMemoryAllocation|CUDA_ERROR_OUT_OF_MEMORY|Cuda failure \d* ?.?out of memory|Failed to CUDA (?:c?malloc|calloc).*|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_(?:ALLOC_FAILED|INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED)|cudaMalloc failed: out of memory))"},
        .confidence = 0.62,
        .next = "Leave more of the GPU free: a smaller micro-batch, or a limit on what PyTorch or "
                "the server reserves; see whether another process holds memory.",
        .fields = {"policy.batch.micro_batch_size"},
        .why = "NCCL, cuBLAS and contexts allocate beside PyTorch, which by then may hold nearly "
               "everything.",
        .matches = "RuntimeError: CUDA error: out of memory",
        .near_miss = "out of memory: killed process 3",
        .source = "pytorch/pytorch v2.5 c10/cuda/CUDAException.cpp; NVIDIA/nccl v2.21 "
                  "src/include/alloc.h",
    },
    {
        .code = "WHY3503",
        .cls = Class::kPolicy,
        .title = "No room for the key-value cache",
        .cause = "The weights leave too little GPU memory for the cache of keys and values.",
        .all =
            {R"((?:No available memory for the cache blocks|larger than the (?:maximum number of tokens that can be stored|available KV cache memory)|max seq len .* is larger than|Not enough memory\. Please try to increase --mem-fraction-static|needed to serve at least one request with the models max seq len|KV cache .* (?:not enough|insufficient|too small)))"},
        .confidence = 0.92,
        .next =
            "Raise the memory share of the server, lower its longest sequence, or use more ranks.",
        .fields = {"policy.layout.tensor_parallel", "recipe.model.sequence_length"},
        .why = "A server reserves a share of the GPU; what weights leave of it is the cache.",
        .matches = "ValueError: No available memory for the cache blocks. Try increasing "
                   "`gpu_memory_utilization` when initializing the engine.",
        .near_miss = "KV cache: 4 GiB",
        .source = "vllm-project/vllm v0.8 vllm/v1/core/kv_cache_utils.py; sgl-project/sglang v0.4 "
                  "python/sglang/srt/model_executor/model_runner.py",
    },
    {
        .code = "WHY3504",
        .cls = Class::kHost,
        .title = "GPU memory that is taken before the run starts",
        .cause = "Less GPU memory is free at start than the run is told to use.",
        .all =
            {R"((?:Free memory on device.*on startup is less than desired|The memory capacity is unbalanced|Error in memory profiling\. Initial free memory .* current free memory))"},
        .confidence = 0.72,
        .next = "Find what else runs on those GPUs (nvidia-smi), end it, and start again.",
        .why = "Something else holds memory on the GPU when the run begins.",
        .matches = "ValueError: Free memory on device (22.5/79.1 GiB) on startup is less than "
                   "desired GPU memory utilization (0.9, 71.2 GiB).",
        .near_miss = "Free memory on device: 70 GiB",
        .source = "vllm-project/vllm v0.8 vllm/v1/worker/gpu_worker.py; sgl-project/sglang v0.4 "
                  "model_runner.py",
    },
    {
        .code = "WHY3505",
        .cls = Class::kHost,
        .title = "Out of the machine's memory",
        .cause = "The machine has no {1} bytes of memory left for the process.",
        .all =
            {R"(DefaultCPUAllocator: (?:can't allocate memory|not enough memory): you tried to allocate (\d+) bytes)"},
        .confidence = 0.6,
        .next = "Give the job more memory, or lower what is offloaded to the host and the number "
                "of data workers.",
        .fields = {"policy.optimizer.cpu_offload_fraction", "policy.data.num_workers"},
        .why = "The allocation failed in host memory, not on the GPU.",
        .matches = "RuntimeError: [enforce fail at alloc_cpu.cpp:75] err == 0. "
                   "DefaultCPUAllocator: can't allocate memory: you tried to allocate 8589934592 "
                   "bytes. Error code 12 (Cannot allocate memory)",
        .near_miss = "DefaultCPUAllocator",
        .source = "pytorch/pytorch v2.5 c10/core/impl/alloc_cpu.cpp:113",
    },
    {
        .code = "WHY3506",
        .cls = Class::kPolicy,
        .title = "Out of GPU memory in the attention or the logits",
        .cause = "Memory runs out although the message gives no account.",
        .all =
            {R"((?:torch\.(?:cuda\.)?OutOfMemoryError|OutOfMemoryError): (?:Allocation on device|CUDA out of memory\b)|CUDA out of memory\.?\s*$|RuntimeError: CUDA out of memory)"},
        .none = {"Tried to allocate"},
        .confidence = 0.6,
        .next = "Lower the micro-batch or the sequence length, or recompute.",
        .fields = {"policy.batch.micro_batch_size"},
        .why = "The message was cut, or the allocator writes none.",
        .matches = "torch.OutOfMemoryError: Allocation on device",
        .near_miss = "OutOfMemoryError is caught",
        .source =
            "pytorch/pytorch v2.5 c10/cuda/CUDACachingAllocator.cpp:1390; v1.13 for the older text",
    },
    {
        .code = "WHY3507",
        .cls = Class::kHost,
        .role = Role::kSymptom,
        .title = "A process killed, most likely for memory",
        .cause =
            "A process was killed with SIGKILL (-9): most likely the machine ran out of memory.",
        .all =
            {R"((?:exits with return code = -9\b|exitcode: -9\)|exit(?:ed with)? code:? ?(?:-9|137)\b|is killed by signal: Killed|died with <Signals.SIGKILL: 9>|ray\.exceptions\.OutOfMemoryError|killed due to (?:the node running low on memory|memory pressure)))"},
        .confidence = 0.55,
        .next = "Look in the kernel log (dmesg) for the OOM killer; give the job more memory, "
                "offload less, load weights by one rank.",
        .fields = {"policy.optimizer.cpu_offload_fraction"},
        .why = "Nobody but the kernel, the scheduler or a person sends SIGKILL. The kernel does "
               "when memory is out.",
        .matches = "[launch.py:321:sigkill_handler] [python] exits with return code = -9",
        .near_miss = "exits with return code = 1",
        .source = "torvalds/linux v6.1 mm/oom_kill.c; deepspeedai/DeepSpeed v0.15 "
                  "deepspeed/launcher/launch.py",
    },
};

}  // namespace

std::span<const Signature> MemorySignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
