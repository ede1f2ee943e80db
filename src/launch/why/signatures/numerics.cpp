// Losses and gradients that are no numbers.
#include "src/launch/why/signatures/groups.h"

namespace nam56r::launch::why {
namespace {

constexpr Signature kSignatures[] = {
    {
        .code = "WHY3801",
        .cls = Class::kCode,
        .title = "A gradient that is not a number",
        .cause = "A gradient or a loss is not a number on rank {1}.",
        .all = {R"([Rr]ank (\d+): found NaN in local (?:forward loss calculation|grad norm))"},
        .confidence = 0.45,
        .next = "Run the step again in fp32, without fused kernels, and with other data, to see "
                "which change ends it.",
        .fields = {"policy.precision.compute", "policy.optimizer.lr"},
        .why = "Megatron-LM checks losses and local gradients. The cause may be the code (a mask, "
               "a fused kernel), the data, or a rate that is too high; the message alone does not "
               "say which.",
        .matches =
            "AssertionError: Rank 3: found NaN in local grad norm in backwards pass. Device: 3",
        .near_miss = "Rank 3: grad norm 0.3",
        .source = "NVIDIA/Megatron-LM core_v0.19.0 "
                  "megatron/core/distributed/distributed_data_parallel.py; "
                  "megatron/core/rerun_state_machine.py",
    },
    {
        .code = "WHY3802",
        .cls = Class::kCode,
        .role = Role::kSymptom,
        .title = "A loss that is not a number",
        .cause = "The loss is not a number.",
        .all =
            {R"((?i)(?:loss (?:is|became|=|:) ?(?:nan|inf)\b|loss +nan\b|grad_?norm\W{1,6}nan\b|grad_norm is not finite|found (?:nan|inf)(?:/inf)? in |nan or inf (?:loss|found)|number of nan iterations: +[1-9]|(?:lm loss|loss)[:=] ?nan|Rank \d+: found Inf))"},
        .confidence = 0.42,
        .next = "Find the first step with it; run it in fp32, without fused kernels, and at a "
                "lower rate, to see which change ends it.",
        .fields = {"policy.optimizer.lr", "policy.precision.compute"},
        .why = "A loss can be no number for many reasons; the line says only that it is.",
        .matches = "lm loss: nan",
        .near_miss = "number of nan iterations:   0",
        .source = "NVIDIA/Megatron-LM core_v0.19.0 megatron/training/training.py",
    },
    {
        .code = "WHY3803",
        .cls = Class::kPolicy,
        .title = "A loss scale that fell to nothing",
        .cause = "The loss scale of fp16 is at its least and gradients still overflow.",
        .all = {"(?i)(?:current loss scale already at minimum|loss scale (?:has )?reached "
                "minimum|Decreased below minimum loss scale|minimum loss scale)"},
        .confidence = 0.75,
        .next = "Train in bf16, or lower the learning rate.",
        .fields = {"policy.precision.compute", "policy.optimizer.lr"},
        .why = "fp16 ends at 65504; the scale is halved at each overflow until nothing is left.",
        .matches = "Exception: Current loss scale already at minimum - cannot decrease scale "
                   "anymore. Exiting run.",
        .near_miss = "loss scale: 65536",
        .source = "deepspeedai/DeepSpeed v0.15 deepspeed/runtime/fp16/loss_scaler.py",
    },
    {
        .code = "WHY3804",
        .cls = Class::kCode,
        .title = "Anomaly detection names the function",
        .cause = "Autograd names the function whose gradient is not a number: {1}.",
        .all = {R"(Function '(\w+)' returned nan values in its)"},
        .confidence = 0.6,
        .next = "Look at the inputs of that function in the forward pass.",
        .why = "Anomaly detection checks each gradient.",
        .matches = "RuntimeError: Function 'SqrtBackward0' returned nan values in its 0th output.",
        .near_miss = "Function returned",
        .source = "pytorch/pytorch v2.5 torch/csrc/autograd/engine.cpp",
    },
};

}  // namespace

std::span<const Signature> NumericsSignatures() { return kSignatures; }

}  // namespace nam56r::launch::why
