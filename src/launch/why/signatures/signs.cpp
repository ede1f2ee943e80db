// Signs: what a message suggests where no root is found.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature
    kSignatures[] =
        {
            {
                .code = "WHY4201",
                .cls = Class::kPolicy,
                .role = Role::kSymptom,
                .title = "A choice that is refused",
                .cause = "The program refuses what was chosen: {1}.",
                .all =
                    {R"((?:ValueError|AssertionError|NotImplementedError|RuntimeError|KeyError|TypeError|\w*ConfigError|\w*ArgumentError|\[ERROR\] Assertion failed): (.*(?i:parallel|pipeline|micro.?batch|batch.?size|\bfp16\b|\bbf16\b|\bfp8\b|dtype|recompute|checkpointing|cuda.?graph|offload|expert|sequence|attention.?backend|flash|zero.?(?:stage|\d)|accumulation|max_\w*(?:len|tokens|seqs|batch)\w*|gpu_memory|tp_size|pp_size|ep_size|dispatcher|sharding|fsdp|optimizer|scheduler|tokens_per|world.?size|\bGPUs\b|placement group|--[a-z][\w-]{3,}|(?:8|4)-?bit|quanti[sz]|precision|\bLoRA\b|lora_|adapter|deepspeed|tensor.?core|tf32|backend|distributed|device_map|num_workers|\brank\b|cluster|\bnodes?\b).*))"},
                .none = {"shapes? .*(?:cannot|must|invalid)|size mismatch|has no attribute",
                         "CUDA error|NCCL error|cuDNN error|cuDNN "
                         "Error|c10d|TCPStore|store->get|DataLoader worker"},
                .confidence = 0.5,
                .next = "Follow the message, and change what it names.",
                .why = "Messages of this form come from the validation of configurations.",
                .matches = "ValueError: Cannot use sequence parallelism without tensor parallelism",
                .near_miss = "ValueError: too many values to unpack (expected 2)",
                .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/model_parallel_config.py; "
                          "vllm-project/vllm v0.8 vllm/config.py",
            },
            {
                .code = "WHY4202",
                .cls = Class::kHost,
                .role = Role::kSymptom,
                .title = "A peer that ended or a network that broke",
                .cause = "A rank lost its connection to another: {1}.",
                .all =
                    {R"((ncclRemoteError.*|remote process exited or there was a network error.*|NCCL WARN.*(?:Connection (?:closed|reset|refused|timed out)|timed out).*|store->get\(.*got error.*|DistStoreError: Socket Timeout|Timed out (?:initializing process group|waiting for clients|after \d+ seconds waiting).*|The actor died because its node has died.*|[Tt]he client socket has (?:timed out|failed to connect).*))"},
                .confidence = 0.45,
                .next = "Look for the rank and the node that ended first; if none did, test the "
                        "network between the two nodes.",
                .why = "These messages are of ranks that live. Where no rank says why it ended, a "
                       "node or the network most often is the reason.",
                .matches = "ncclRemoteError: A call failed possibly due to a network error or a "
                           "remote process exiting prematurely.",
                .near_miss = "connected to remote peer",
                .source = "NVIDIA/nccl v2.21 src/misc/socket.cc; pytorch/pytorch v2.5 "
                          "torch/csrc/distributed/c10d/socket.cpp",
            },
            {
                .code = "WHY4203",
                .cls = Class::kHost,
                .role = Role::kSymptom,
                .title = "A system call of NCCL that failed",
                .cause = "NCCL failed in a system call, and does not say in which.",
                .all = {"(?:ncclSystemError|unhandled system error)"},
                .confidence = 0.42,
                .next = "Start it with NCCL_DEBUG=INFO: the warning before the error names "
                        "interface, address or file.",
                .why = "Sockets between nodes, shared memory within them, and limits of the system "
                       "end so.",
                .matches = "ncclSystemError: System call (e.g. socket, malloc) or external library "
                           "call failed or device error.",
                .near_miss = "system call traced",
                .source = "NVIDIA/nccl v2.21 src/init.cc (ncclGetErrorString)",
            },
            {
                .code = "WHY4204",
                .cls = Class::kHost,
                .role = Role::kSymptom,
                .title = "NVSHMEM that does not start",
                .cause = "NVSHMEM or its transport does not start: {1}.",
                .all =
                    {R"((nvshmem\S*/src/\S+: ?(?:non-zero status|NULL value|\S+ failed|init failed|Unable).*|nvshmem initialization failed.*|NVSHMEM API called before NVSHMEM initialization.*|ibv_modify_qp failed|init failed for transport: \w+))"},
                .confidence = 0.55,
                .next = "Run NVSHMEM's own test between the two nodes; see adapters, GDRCopy, "
                        "nvidia_peermem and the permissions of the container.",
                .why = "NVSHMEM opens the adapters itself; drivers, permissions and fabric must "
                       "allow it.",
                .matches = "/opt/nvshmem/src/host/init/init.cu:998: non-zero status: 7 building "
                           "transport map failed",
                .near_miss = "nvshmem initialized",
                .source = "NVIDIA/nvshmem v3.2 src/host/init/init.cu",
            },
            {
                .code = "WHY4205",
                .cls = Class::kHost,
                .role = Role::kSymptom,
                .title = "A network or link that reports an error",
                .cause = "An adapter, a port or a link reports an error: {1}.",
                .all = {"(NET/IB ?: ?Got (?:async event|completion (?:from peer|with)).*|[Ll]ocal "
                        "catastrophic error.*|[Pp]ort error|CUDA_ERROR_CONTAINED.*|NCCL WARN "
                        "NET/OFI .*(?:[Ff]ailed|[Uu]nable|[Ee]rror).*)"},
                .confidence = 0.6,
                .next = "Test link and fabric of that adapter (ibstat, perfquery, ibqueryerrors).",
                .why = "The adapter's driver tells NCCL of it.",
                .matches = "NET/IB : Got completion from peer with error 5, opcode 0, len 5384, "
                           "vendor err 249 (Send)",
                .near_miss = "NET/IB : Using [0]mlx5_0:1/IB",
                .source = "NVIDIA/nccl v2.21 src/transport/net_ib.cc",
            },
            {
                .code = "WHY4206",
                .cls = Class::kStack,
                .role = Role::kSymptom,
                .title = "A kernel library without the operation",
                .cause = "A library has no kernel for the operation on this machine: {1}.",
                .all =
                    {R"(((?:NotImplementedError|RuntimeError|ValueError): (?:No operator found for .*|cutlass cannot implement.*|Cutlass .*|Unknown CUDA arch.*|fp8e4nv data type is not supported.*|No available kernel.*|could not (?:find|create) .*(?:engine|primitive).*)|invalid device function|nvlink error .*|undefined reference to .*|Undefined reference to .*|TllmException.*Assertion failed: d == a \+ length.*|Assertion failed: d == a \+ length.*|_Map_base::at|DLL load failed while importing.*|incompatible function arguments.*|Failed to import transformers\.\S+ because of the following error.*|CUDA driver version is insufficient.*))"},
                .confidence = 0.55,
                .next = "Take builds for this GPU, and versions that were made for each other.",
                .fields = {"host.versions"},
                .why = "The library was built for other GPUs, or together with other versions.",
                .matches = "NotImplementedError: No operator found for "
                           "`memory_efficient_attention_forward` with inputs:",
                .near_miss = "operator found",
                .source = "facebookresearch/xformers v0.0.28 xformers/ops/fmha/dispatch.py; "
                          "NVIDIA/TensorRT-LLM v0.8",
            },
            {
                .code = "WHY4207",
                .cls = Class::kPolicy,
                .role = Role::kSymptom,
                .title = "A limit of the engine that the launch exceeds",
                .cause = "A limit that was set at build or start is exceeded: {1}.",
                .all =
                    {R"((Assertion failed: .*(?:max|Max|num_|size|Size|len|Len|multiple|<=|==).*|Assertion error \S+ '.*(?:num_|max|size|chunk|topk|hidden).*'))"},
                .none = {R"(d == a \+ length|TritonGPU|mlir)"},
                .confidence = 0.5,
                .next = "Raise the limit, or ask for less.",
                .why = "Engines and kernels assert what they were configured for.",
                .matches = "[TensorRT-LLM][ERROR] Assertion failed: max_context_len <= "
                           "mMaxContextLength (/src/x.cpp:120)",
                .near_miss = "assertion passed",
                .source = "NVIDIA/TensorRT-LLM v0.12 cpp; deepseek-ai/DeepEP v1.1 csrc/kernels",
            },
            {
                .code = "WHY4208",
                .cls = Class::kPolicy,
                .role = Role::kSymptom,
                .title = "Memory that something does not get",
                .cause = "Something finds too little GPU memory: {1}.",
                .all =
                    {R"(((?:Requested amount of GPU memory|Unable to allocate cuda memory|insufficient GPU memory|OutOfMemory\b|out of GPU memory|hipErrorOutOfMemory|OOM when allocating tensor|Not enough (?:GPU )?memory|RESOURCE_EXHAUSTED: Out of memory).*))"},
                .confidence = 0.55,
                .next = "Lower the micro-batch or the sequence, recompute, or use more ranks.",
                .fields = {"policy.batch.micro_batch_size"},
                .why = "Libraries beside PyTorch say it in their own words.",
                .matches =
                    "[TRT] Requested amount of GPU memory (1024 bytes) could not be allocated.",
                .near_miss = "OutOfMemoryError handler installed",
                .source = "NVIDIA/TensorRT-LLM v0.12; tensorflow/tensorflow v2.15",
            },
            {
                .code = "WHY4209",
                .cls = Class::kPolicy,
                .role = Role::kSymptom,
                .title = "Access that the launch does not have",
                .cause = "The hub or the file system refuses access: {1}.",
                .all =
                    {R"(((?:\S*GatedRepoError.*|.*Cannot access gated repo.*|\S*RepositoryNotFoundError.*|.*401 Client Error.*|.*403 (?:Client Error|Forbidden).*)))"},
                .confidence = 0.6,
                .next = "Log in (HF_TOKEN), ask for access, or give a local directory.",
                .why = "The launch names something that this user may not read.",
                .matches = "huggingface_hub.errors.GatedRepoError: 401 Client Error. Cannot access "
                           "gated repo for url",
                .near_miss = "401 samples",
                .source = "huggingface/huggingface_hub v0.26 src/huggingface_hub/errors.py",
            },
            {
                .code = "WHY4210",
                .cls = Class::kHost,
                .role = Role::kSymptom,
                .title = "A data worker that ended",
                .cause = "A process that loads data ended without a word.",
                .all =
                    {R"(DataLoader worker \(pid\(?s?\)? [\d, ]+\) exited unexpectedly|received 0 items of ancdata)"},
                .confidence = 0.5,
                .next = "Run with num_workers=0 to see its own error; see memory, shared memory "
                        "and open files of the node.",
                .fields = {"policy.data.num_workers"},
                .why = "Workers hand tensors over through shared memory and file descriptors; "
                       "limits of the node end them.",
                .matches = "RuntimeError: DataLoader worker (pid(s) 123) exited unexpectedly",
                .near_miss = "DataLoader worker started",
                .source = "pytorch/pytorch v2.5 torch/utils/data/dataloader.py",
            },
            {
                .code = "WHY4211",
                .cls = Class::kPolicy,
                .role = Role::kSymptom,
                .title = "An option that leads where the release has a hole",
                .cause = "Code of Megatron-LM asks an object for {1}, which the options chosen do "
                         "not give it.",
                .all =
                    {R"(AttributeError: '\w+' object has no attribute '(\w+)')",
                     R"(File "\S*(?:megatron/(?:core|training|bridge|legacy)|transformer_engine/pytorch)/)"},
                .none = {"'NoneType' object|AsyncCollectiveTensor"},
                .confidence = 0.5,
                .next = "Change the option that leads there: graphs, MTP, overlap and recompute "
                        "reach attributes that other options make.",
                .window = 6,
                .why = "The release works for the combinations that were tested.",
                .matches = "  File \"/opt/megatron/core/transformer/cuda_graphs.py\", line 1741, "
                           "in __init__\nAttributeError: 'MultiTokenPredictionLayer' object has no "
                           "attribute 'transformer_layer'",
                .near_miss = "  File \"/home/me/train.py\", line 3\nAttributeError: 'Foo' object "
                             "has no attribute 'bar'",
                .source =
                    "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/transformer/cuda_graphs.py",
            },
            {
                .code = "WHY4212",
                .cls = Class::kCode,
                .role = Role::kSymptom,
                .title = "An index outside its list",
                .cause = "The program asks a list or a tensor for what it does not have: {1}.",
                .all = {"IndexError: (.+)"},
                .none = {"_Map_base::at", "out of range in self"},
                .confidence = 0.42,
                .next = "Follow the traceback; compare what the ranks and the stages hold.",
                .why = "A mistake in a program, most often; or a layout with fewer parts than it "
                       "counts on.",
                .matches = "IndexError: list index out of range",
                .near_miss = "index out of bounds checked",
                .source = "python/cpython v3.12 Objects/listobject.c",
            },
            {
                .code = "WHY4213",
                .cls = Class::kPolicy,
                .role = Role::kSymptom,
                .title = "A refusal that is not known",
                .cause = "The program refuses what it was given: {1}.",
                .all = {"(?:ValueError|AssertionError|NotImplementedError): (.{8,})"},
                .none =
                    {R"(values to unpack|could not convert|invalid literal|broadcast|reshape|inhomogeneous|NaN|\bnan\b|shape|object has no|must match|dimension)"},
                .confidence = 0.41,
                .next = "Follow the message; it says what it expects.",
                .why = "An assertion with words, or a refused value, is most often about how the "
                       "run was set up.",
                .matches =
                    "AssertionError: random port can only be called from single node training",
                .near_miss = "ValueError: not enough values to unpack (expected 3, got 2)",
                .source = "python/cpython v3.12 Lib",
            },
};

}  // namespace

std::span<const Signature> SignSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
