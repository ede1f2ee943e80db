#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kExchangeFreesOffloaded = {
    .code = "POLICY2161",
    .title = "Overlapped exchange by NCCL EP of inputs in host memory",
    .dests = {"offload_modules", "overlap_moe_expert_parallel_comm", "moe_flex_dispatcher_backend"},
    .refuses =
        [](const Args& a, const Args&) {
          return ExpertOverlap(a) && Flex(a) && a.Is("moe_flex_dispatcher_backend", "ncclep") &&
                 a.On("fine_grained_activation_offloading") &&
                 a.Lists("offload_modules", "expert_fc1");
        },
    .why = "frees the input of experts that expert_fc1 would move to host memory",
    .fix = "take expert_fc1 out of {offload_modules}",
    .valid = "core_attn|attn_norm|mlp_norm|moe_act|qkv_linear",
    .source = kConfig,
    .stage = Stage::kBuild,
    .releases = {.since = 19},
    .reach = Reach::kCommandLine,
    .fails =
        "gpt NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules "
        "expert_fc1 --overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--moe-token-dispatcher-type flex --moe-flex-dispatcher-backend ncclep",
    .passes =
        "gpt NVTE_CPU_OFFLOAD_V1=1 --fine-grained-activation-offloading --offload-modules moe_act "
        "--overlap-moe-expert-parallel-comm CUDA_DEVICE_MAX_CONNECTIONS=32 "
        "--moe-token-dispatcher-type flex --moe-flex-dispatcher-backend ncclep",
};

}  // namespace nam56r::dialect::rules
