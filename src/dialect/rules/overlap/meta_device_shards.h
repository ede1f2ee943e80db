#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMetaDeviceShards = {
    .code = "POLICY2130",
    .title = "Model on the meta device that nothing shards",
    .dests = {"init_model_with_meta_device", "data_parallel_sharding_strategy",
              "use_megatron_fsdp"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_megatron_fsdp") && a.On("init_model_with_meta_device") &&
                 a.Is("data_parallel_sharding_strategy", "no_shard");
        },
    .why = "builds a model on the meta device only where parameters are sharded",
    .fix = "choose optim_grads_params for {data_parallel_sharding_strategy}",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "--use-megatron-fsdp --ckpt-format fsdp_dtensor !CUDA_DEVICE_MAX_CONNECTIONS "
        "--init-model-with-meta-device --data-parallel-sharding-strategy no_shard",
    .passes =
        "--use-megatron-fsdp --ckpt-format fsdp_dtensor !CUDA_DEVICE_MAX_CONNECTIONS "
        "--init-model-with-meta-device",
};

}  // namespace nam56r::dialect::rules
