#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFsdp2StandsAlone = {
    .code = "POLICY1016",
    .title = "PyTorch's FSDP2 beside what it cannot be combined with",
    .dests = {"use_torch_fsdp2", "pipeline_model_parallel_size", "expert_model_parallel_size",
              "use_distributed_optimizer", "gradient_accumulation_fusion",
              "untie_embeddings_and_output_weights", "fp16"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return a.On("use_torch_fsdp2") &&
                 (Pp(a) != 1 || a.Int("expert_model_parallel_size", 1) != 1 ||
                  raw.On("use_distributed_optimizer") || a.On("gradient_accumulation_fusion") ||
                  !a.On("untie_embeddings_and_output_weights") || a.On("fp16"));
        },
    .why =
        "has PyTorch's FSDP2 without PP, EP, the distributed optimizer and fused accumulation "
        "only",
    .fix = "leave {use_torch_fsdp2} out",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--use-torch-fsdp2",
    .passes =
        "--use-torch-fsdp2 !--use-distributed-optimizer !--overlap-param-gather "
        "!CUDA_DEVICE_MAX_CONNECTIONS",
};

}  // namespace nam56r::dialect::rules
