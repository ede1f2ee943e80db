// Triton, Mamba, TileLang and attention kernels.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {
        .code = "WHY3301",
        .cls = Class::kStack,
        .title = "A Triton kernel that does not compile",
        .cause = "Triton cannot compile the kernel: {1}.",
        .all =
            {R"(((?:triton\.compiler\.errors\.\w+|triton\.CompilationError|CompilationError: at \d+:\d+|PassManager::run failed|.*Internal Triton PTX codegen error|ptxas (?:fatal|error).*|LLVM ERROR.*|.*(?:mlir::triton|/Dialect/TritonGPU|triton::gpu).*Assertion .*|.*IncompatibleTypeErrorImpl.*|NoTritonConfigsError.*)))"},
        .confidence = 0.68,
        .next = "Take the Triton that this PyTorch ships with, and the library version that was "
                "tested with it.",
        .fields = {"host.versions.triton"},
        .why = "A kernel is written for a range of Triton versions; its compiler and ptxas are "
               "those of the installed wheel.",
        .matches = "triton.compiler.errors.CompilationError: at 10:15:",
        .near_miss = "compiling kernel took 3 s",
        .source = "triton-lang/triton v3.1 python/triton/compiler/errors.py",
    },
    {
        .code = "WHY3302",
        .cls = Class::kHost,
        .title = "A kernel that needs more shared memory than the GPU has",
        .cause = "A kernel needs {1} bytes of shared memory, the GPU has {2}.",
        .all = {R"((?i)out of ?resources?: shared memory, required: (\d+), hardware limit: (\d+))"},
        .confidence = 0.5,
        .next = "Use smaller block sizes or fewer stages, a smaller head or state size, or a GPU "
                "with more shared memory.",
        .fields = {"policy.kernels", "host.machine.gpu_architecture"},
        .why = "Block sizes follow from head and state sizes, and are tuned for one GPU. If the "
               "kernel needs more than any GPU has, the sizes are wrong; if the limit is 48 KiB, "
               "this Triton does not ask for the larger shared memory that the GPU has; otherwise "
               "another GPU has more.",
        .matches =
            "triton.runtime.errors.OutOfResources: out of resource: shared memory, Required: "
            "163840, Hardware limit: 101376. Reducing block sizes or `num_stages` may help.",
        .near_miss = "shared memory 100 MB",
        .source = "triton-lang/triton v3.1 python/triton/runtime/errors.py",
    },
    {
        .code = "WHY3303",
        .cls = Class::kStack,
        .title = "A C compiler that Triton does not find",
        .cause =
            "Triton finds no C compiler, no Python headers or no libcuda to build its launcher.",
        .all =
            {R"((?:Failed to find C compiler|fatal error: Python\.h: No such file|libcuda\.so cannot found|cannot find -lcuda|Please specify via CC environment variable))"},
        .confidence = 0.85,
        .next = "Install gcc and the Python headers on the nodes, or set CC; let the linker see "
                "libcuda.",
        .fields = {"host.versions"},
        .why = "Triton compiles a small launcher with the system's compiler the first time a "
               "kernel runs.",
        .matches =
            "RuntimeError: Failed to find C compiler. Please specify via CC environment variable.",
        .near_miss = "gcc -O3 launcher.c",
        .source = "triton-lang/triton v3.1 python/triton/runtime/build.py",
    },
    {
        .code = "WHY3304",
        .cls = Class::kPlan,
        .title = "A head or state size that a kernel does not have",
        .cause = "A kernel has no version for this size: {1}.",
        .all =
            {R"(((?:FlashAttention (?:forward |backward )?only supports head dim\w* .*|head_size .* (?:is )?not supported.*|Head size \d+ is not supported.*|[Hh]ead dim\w*(?: must be| should be)? .{0,30}(?:multiple of|not supported|<= ?\d+|less than).*|headdim .* (?:must|should) .*|dstate .* (?:must|should|<=) .*|causal_conv1d only supports width .*|causal_conv1d with channel last layout requires strides .*|.*only supports? .*head_?dim.*)))"},
        .confidence = 0.93,
        .next = "Choose a size that the kernel has, or a kernel that has the size.",
        .fields = {"recipe.attention.head_dim", "recipe.mamba.head_dim"},
        .why = "Attention and state-space kernels are compiled for a list of head and state sizes.",
        .matches = "RuntimeError: FlashAttention forward only supports head dimension at most 256",
        .near_miss = "head dim is 128",
        .source = "Dao-AILab/flash-attention v2.7 csrc/flash_attn/flash_api.cpp; "
                  "state-spaces/mamba v2.2 mamba_ssm/ops/triton/ssd_combined.py",
    },
    {
        .code = "WHY3305",
        .cls = Class::kStack,
        .title = "A GPU that a kernel library is not for",
        .cause = "The kernel library is not made for this GPU: {1}.",
        .all =
            {R"(((?:FlashAttention only supports (?:Ampere|Hopper).*|FlashAttention-?\d? (?:is only supported|only supports?) .*(?:GPU|Ampere|Hopper).*|.*only supported on (?:CUDA )?(?:devices? with )?(?:compute capability|Hopper|Ampere|Blackwell|sm_?\d+).*|.*requires (?:GPU with )?compute capability (?:>=|of at least|at least)? ?[0-9.]+.*|Triton Error \[CUDA\]: device kernel image is invalid)))"},
        .confidence = 0.7,
        .next = "Take a GPU of that kind, or another kernel for this one.",
        .fields = {"host.machine.gpu_architecture", "policy.attention.backend"},
        .why = "Kernels use instructions that only some architectures have.",
        .matches = "RuntimeError: FlashAttention only supports Ampere GPUs or newer.",
        .near_miss = "compute capability 9.0",
        .source = "Dao-AILab/flash-attention v2.7 csrc/flash_attn/flash_api.cpp; vllm-project/vllm "
                  "v0.8 vllm/worker/worker.py",
    },
    {
        .code = "WHY3306",
        .cls = Class::kHost,
        .title = "A kernel cache that is broken or shared",
        .cause = "A cache of compiled kernels is not readable or was written by two ranks at once.",
        .all =
            {R"((?:JSONDecodeError.*|FileNotFoundError: .*|OSError: .*|PermissionError: .*|Stale file handle.*)(?:\.triton/cache|torchinductor_|triton_cache|tilelang/cache|\.cache/torch_extensions))"},
        .confidence = 0.8,
        .next = "Give every node a cache of its own on a local disk (TRITON_CACHE_DIR), and remove "
                "the old one.",
        .fields = {"policy.caches.triton"},
        .why = "Ranks compile the same kernels at the same time; on a shared file system what one "
               "writes the other reads half.",
        .matches = "FileNotFoundError: [Errno 2] No such file or directory: "
                   "'/root/.triton/cache/ab12/_kernel.json.tmp'",
        .near_miss = "cache: /root/.triton/cache",
        .source = "triton-lang/triton v3.1 python/triton/runtime/cache.py",
    },
    {
        .code = "WHY3307",
        .cls = Class::kPlan,
        .title = "Sizes that a state-space kernel refuses",
        .cause = "A state-space or attention layer gets sizes that do not fit together.",
        .all = {"(assert "
                ".*(?:d_inner|d_ssm|ngroups|nheads|headdim|chunk_size|d_state|dstate|d_model|"
                "hidden_size).* % .*== "
                "0.*)|((?:AssertionError|RuntimeError|ValueError).{0,40}(?:d_inner|d_ssm|ngroups|"
                "nheads|headdim|chunk_size|d_state|dstate).{0,100}(?:divisible|must|should|"
                "multiple|==|power).*)"},
        .confidence = 0.75,
        .next = "Correct widths, heads and groups of the layer in the recipe.",
        .fields = {"recipe.mamba"},
        .why = "Mamba layers split a width into heads and groups; all must come out whole.",
        .matches = "AssertionError: d_inner must be evenly divisible by headdim",
        .near_miss = "ngroups=8",
        .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/ssm/mamba_mixer.py:230; "
                  "state-spaces/mamba v2.2",
    },
    {
        .code = "WHY3308",
        .cls = Class::kStack,
        .title = "TileLang or TVM that does not build a kernel",
        .cause = "TileLang cannot build the kernel: {1}.",
        .all =
            {R"(((?:tvm\.(?:error\.)?\w*Error.*|tilelang.*(?:[Ee]rror|failed).*|InternalError: Check failed: .*)))"},
        .confidence = 0.6,
        .next = "Take the TileLang and CUDA that the kernel was tested with; clear its cache.",
        .fields = {"host.versions.tilelang"},
        .why = "TileLang compiles through TVM and nvcc.",
        .matches = "tvm.error.InternalError: Check failed: (lower_bound) is false",
        .near_miss = "tilelang kernel compiled",
        .source = "tile-ai/tilelang v0.1.5 3rdparty/tvm/include/tvm/runtime/logging.h",
    },
};

}  // namespace

std::span<const Signature> KernelSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
