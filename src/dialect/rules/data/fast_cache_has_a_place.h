#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFastCacheHasAPlace = {
    .code = "POLICY2226",
    .title = "Cache of data sets without a directory",
    .dests = {"data_cache_path", "dataloader_fast_cache_load", "dataloader_defer_npy_index_mmap"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.IsNull("data_cache_path") &&
                 (a.On("dataloader_fast_cache_load") || a.On("dataloader_defer_npy_index_mmap")) &&
                 !a.On("mock_data");
        },
    .why = "loads the index of data sets from --data-cache-path",
    .fix = "give {data_cache_path}",
    .valid = "a directory",
    .source = "blended_megatron_dataset_config.py:BlendedMegatronDatasetConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "!--mock-data --train-data-path corpus --dataloader-fast-cache-load",
    .passes =
        "!--mock-data --train-data-path corpus --dataloader-fast-cache-load --data-cache-path "
        "cache",
};

}  // namespace nam56r::dialect::rules
