#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMetaDeviceIsForShards = {
    .code = "POLICY2061",
    .title = "Model on the meta device without shards",
    .dests = {"init_model_with_meta_device", "use_megatron_fsdp",
              "data_parallel_sharding_strategy"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("use_megatron_fsdp") && a.On("init_model_with_meta_device") &&
                 a.Is("data_parallel_sharding_strategy", "no_shard");
        },
    .why = "builds a model on the meta device to shard it only",
    .fix = "leave {init_model_with_meta_device} out",
    .valid = "false",
    .source = kValidate,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails =
        "--use-megatron-fsdp --ckpt-format fsdp_dtensor CUDA_DEVICE_MAX_CONNECTIONS=8 "
        "--data-parallel-sharding-strategy no_shard --init-model-with-meta-device",
    .passes =
        "--use-megatron-fsdp --ckpt-format fsdp_dtensor CUDA_DEVICE_MAX_CONNECTIONS=8 "
        "--init-model-with-meta-device",
};

}  // namespace nam56r::dialect::rules
