// Transformer Engine.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {
        .code = "WHY3201",
        .cls = Class::kPolicy,
        .title = "No attention backend for the request",
        .cause = "Transformer Engine has no attention kernel for what was asked.",
        .all = {"(?:No dot product attention (?:backend is available|support) for the provided "
                "inputs|No (?:fused )?attention backend|no attention backend is available|Invalid "
                "combination of data type and sequence length for fused attention)"},
        .confidence = 0.78,
        .next = "Set NVTE_DEBUG=1 NVTE_DEBUG_LEVEL=2 to see why each was ruled out; free "
                "--attention-backend or change head size, mask or CP.",
        .fields = {"policy.attention.backend", "policy.environment"},
        .why = "FlashAttention, fused and unfused attention each take some head sizes, masks, "
               "types and layouts. Variables NVTE_FLASH_ATTN, NVTE_FUSED_ATTN, NVTE_UNFUSED_ATTN "
               "and --attention-backend rule out more.",
        .matches =
            "ValueError: No dot product attention backend is available for the provided inputs.",
        .near_miss = "attention backend: flash",
        .source =
            "NVIDIA/TransformerEngine v2.3 "
            "transformer_engine/pytorch/attention/dot_product_attention/dot_product_attention.py",
    },
    {
        .code = "WHY3202",
        .cls = Class::kPlan,
        .title = "Sizes that FP8 cannot take",
        .cause = "FP8 takes matrices whose sizes are multiples of 8 and 16: {1}.",
        .all = {"((?:FP8 execution requires|Data types? .* "
                "FP8|assert_dim_for_fp8_exec|fp8.*(?:divisible|multiple) .*|Tensor "
                "(?:dimensions|dims|shape).*(?:divisible|multiple) (?:by|of).*).*)"},
        .confidence = 0.82,
        .next = "Make hidden sizes multiples of 16, pad tokens of experts, or leave that layer out "
                "of FP8.",
        .fields = {"policy.precision.compute", "recipe.model.hidden_size"},
        .why = "The tensor cores' FP8 matrices have inner sizes that are multiples of 16.",
        .matches = "AssertionError: FP8 execution requires the product of all dimensions except "
                   "the last to be divisible by 8 and the last dimension to be divisible by 16, "
                   "but got tensor with dims=[7, 512]",
        .near_miss = "fp8 is on",
        .source = "NVIDIA/TransformerEngine v2.3 "
                  "transformer_engine/pytorch/utils.py:assert_dim_for_fp8_exec",
    },
    {
        .code = "WHY3203",
        .cls = Class::kPolicy,
        .title = "A precision that this GPU does not have",
        .cause = "This GPU has no units for the number format that was asked for: {1}.",
        .all =
            {R"(((?:Bfloat16 is only supported on GPUs with compute capability.*|bf16 is not supported.*|.*[Yy]our (?:setup|device|GPU) doesn.t support bf16.*|Your .* GPU .*(?:bf16|bfloat16|fp8).*|Device compute capability [0-9.]+ or higher required for (?:FP8|MXFP8|FP4|NVFP4).*|(?:FP8|MXFP8|NVFP4|FP4|fp8|float8\w*).*(?:is not supported on|not supported on this|requires compute capability|not supported in this|requires (?:sm|SM)).*)))"},
        .confidence = 0.75,
        .next = "Choose a precision that the GPU has: FP8 from compute capability 8.9, MXFP8 and "
                "FP4 from 10.0.",
        .fields = {"policy.precision.compute", "host.machine.gpu_architecture"},
        .why = "Number formats are in hardware.",
        .matches =
            "AssertionError: Device compute capability 8.9 or higher required for FP8 execution.",
        .near_miss = "FP8 is supported",
        .source =
            "NVIDIA/TransformerEngine v2.3 transformer_engine/pytorch/fp8.py:check_fp8_support",
        .rule = "HOST2512",
    },
    {
        .code = "WHY3204",
        .cls = Class::kStack,
        .title = "Transformer Engine that does not fit",
        .cause = "Transformer Engine does not match PyTorch, cuDNN or CUDA: {1}.",
        .all =
            {R"(((?:Unable to cast Python instance of type .* to C\+\+ type .transformer_engine\S*|Could not find shared object file: transformer_engine\S*|transformer_engine\S*\.so: .*|Found (?:empty|multiple).*transformer[-_]engine.*|cuDNN Error: .*(?:NOT_SUPPORTED|VERSION_MISMATCH|SUBLIBRARY).*|transformer_engine\S*: undefined symbol.*|TransformerEngine package version mismatch.*)))"},
        .confidence = 0.8,
        .next = "Build Transformer Engine in the interpreter that runs the ranks, against its "
                "PyTorch, CUDA and cuDNN.",
        .fields = {"host.versions"},
        .why = "Its extension is compiled against one PyTorch and finds cuDNN at start.",
        .matches = "FileNotFoundError: Could not find shared object file: transformer_engine_torch",
        .near_miss = "transformer_engine 2.3 loaded",
        .source = "NVIDIA/TransformerEngine v2.3 transformer_engine/common/__init__.py",
    },
    {
        .code = "WHY3205",
        .cls = Class::kStack,
        .title = "cuDNN refused an operation",
        .cause = "cuDNN does not take the operation: {1}.",
        .all =
            {R"(((?:cuDNN|CUDNN|cudnn)[ _]?(?:Error|error|_STATUS)[^\n]{0,160}|was unable to find an engine to execute this computation|Cannot load symbol (?:cublasLt|cudnn)\w+|Unable to load any of \{libcudnn\S*|Could not load library libcudnn\S*))"},
        .none = {"OUT_OF_MEMORY|out of memory", "CUDNN_STATUS_EXECUTION_FAILED"},
        .confidence = 0.55,
        .next = "Compare the cuDNN that is loaded (which libcudnn wins) with the one that PyTorch "
                "and Transformer Engine were built for.",
        .fields = {"host.versions.cudnn"},
        .why = "Two versions of cuDNN in one process, one from the system and one from a wheel, "
               "are the usual reason.",
        .matches = "RuntimeError: /opt/te/fused_attn.cu:412 in function operator(): cuDNN Error: "
                   "CUDNN_STATUS_NOT_INITIALIZED",
        .near_miss = "cudnn version 9.1",
        .source = "NVIDIA/TransformerEngine v2.3 transformer_engine/common/util/logging.h; "
                  "pytorch/pytorch v2.5 aten/src/ATen/cudnn/Exceptions.h",
    },
};

}  // namespace

std::span<const Signature> TransformerEngineSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
