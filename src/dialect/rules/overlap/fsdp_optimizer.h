#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFsdpOptimizer = {
    .code = "POLICY2131",
    .title = "Weight hashes of fully sharded parameters",
    .dests = {"check_weight_hash_across_dp_replicas_interval", "use_megatron_fsdp",
              "data_parallel_sharding_strategy"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_megatron_fsdp") &&
                 a.Is("data_parallel_sharding_strategy", "optim_grads_params") &&
                 !a.IsNull("check_weight_hash_across_dp_replicas_interval");
        },
    .why = "compares weights between replicas that hold all of them",
    .fix = "leave {check_weight_hash_across_dp_replicas_interval} out",
    .valid = "not given",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails =
        "--use-megatron-fsdp --ckpt-format fsdp_dtensor !CUDA_DEVICE_MAX_CONNECTIONS "
        "--data-parallel-sharding-strategy optim_grads_params "
        "--check-weight-hash-across-dp-replicas-interval 10",
    .passes = "--use-megatron-fsdp --ckpt-format fsdp_dtensor !CUDA_DEVICE_MAX_CONNECTIONS",
};

}  // namespace nam56r::dialect::rules
