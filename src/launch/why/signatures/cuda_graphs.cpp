// CUDA graphs and compilation.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {
        .code = "WHY3401",
        .cls = Class::kPolicy,
        .title = "An operation that cannot be captured in a CUDA graph",
        .cause = "A CUDA graph captures what cannot be captured.",
        .all =
            {R"((?:operation not permitted when stream is capturing|operation failed due to a previous error during capture|cudaErrorStreamCapture\w+|CUDAGraphs? (?:cannot|can.t) |captures_underway|dependency created on uncaptured work|Cannot call CUDAGeneratorImpl::current_seed during CUDA graph capture|Cannot prepare for replay during capturing stage|capture_end))"},
        .confidence = 0.8,
        .next = "Leave that module out of the graphs, or set TE's random tracker; look for "
                ".item(), printing and allocation inside.",
        .fields = {"policy.graphs.implementation", "policy.graphs.modules"},
        .why = "Within a captured stream nothing may wait for the GPU, copy from pageable memory "
               "or create state.",
        .matches = "RuntimeError: CUDA error: operation not permitted when stream is capturing",
        .near_miss = "graph captured in 3 s",
        .source = "pytorch/pytorch v2.5 aten/src/ATen/cuda/CUDAGraph.cpp; CUDA 12 driver_types.h",
    },
    {
        .code = "WHY3402",
        .cls = Class::kPolicy,
        .title = "Graphs beside what they do not go with",
        .cause = "CUDA graphs are combined with what this release does not combine: {1}.",
        .all = {"((?:AssertionError|ValueError|RuntimeError|NotImplementedError).*(?i:cuda.?graphs?"
                ").*)"},
        .confidence = 0.72,
        .next = "Change implementation or scope of the graphs, or turn off the other side.",
        .fields = {"policy.graphs.implementation", "policy.graphs.modules"},
        .why = "Graph capture excludes much: recompute, dynamic shapes of experts, offloading, "
               "checks for NaN.",
        .matches = "AssertionError: CUDA graphs not supported with CPU offloading.",
        .near_miss = "INFO: cuda graph captured",
        .source =
            "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/transformer/transformer_config.py; "
            "megatron/core/transformer/cuda_graphs.py",
    },
    {
        .code = "WHY3403",
        .cls = Class::kCode,
        .title = "torch.compile that fails",
        .cause = "torch.compile cannot compile the function: {1}.",
        .all =
            {R"(((?:torch\._dynamo\.exc\.\w+|torch\._inductor\.exc\.\w+|BackendCompilerFailed|InductorError|LoweringException).*))"},
        .none = {R"(Failed to find C compiler|Python\.h: No such file|out of memory)",
                 "OutOfMemoryError"},
        .confidence = 0.5,
        .next = "Run without compilation (TORCH_COMPILE_DISABLE=1) to see whether the rest runs; "
                "then mark the function as not compiled.",
        .fields = {"policy.regional_compile.mamba"},
        .why = "Dynamo traces Python and Inductor generates kernels; both stop at what they do not "
               "know.",
        .matches = "torch._dynamo.exc.Unsupported: call_function BuiltinVariable(print)",
        .near_miss = "compiled in 3 s",
        .source = "pytorch/pytorch v2.5 torch/_dynamo/exc.py",
    },
    {
        .code = "WHY3404",
        .cls = Class::kPolicy,
        .title = "A graph that is replayed with other sizes",
        .cause = "A CUDA graph is given other shapes or other tensors than it was captured with.",
        .all =
            {"(?i)(?:(?:tensor|args?|input).{0,60}(?:does not "
             "match|mismatch|changed|differ).{0,60}(?:cuda.?graph|captured|capture)|(?:cuda.?graph|"
             "captured).{0,60}(?:shape|address|static input).{0,40}(?:mismatch|changed|differ))"},
        .confidence = 0.65,
        .next =
            "Keep shapes fixed (pad experts and sequences) or leave that module out of the graphs.",
        .fields = {"policy.graphs.modules", "policy.dispatcher.pad_to_capacity"},
        .why = "A graph replays the very addresses and shapes of its capture.",
        .matches = "RuntimeError: input tensor shape mismatch with captured cuda graph",
        .near_miss = "graph shapes captured",
        .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/core/transformer/cuda_graphs.py",
    },
};

}  // namespace

std::span<const Signature> CudaGraphSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
