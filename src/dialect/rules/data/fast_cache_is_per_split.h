#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFastCacheIsPerSplit = {
    .code = "POLICY2227",
    .title = "Fast cache of a blend that is split later",
    .dests = {"dataloader_fast_cache_load", "data_path"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.On("dataloader_fast_cache_load") && !a.IsNull("data_path");
        },
    .why = "loads the index fast for data given by split only",
    .fix = "give --train-data-path, --valid-data-path and --test-data-path",
    .valid = "false",
    .source = "blended_megatron_dataset_config.py:BlendedMegatronDatasetConfig.__post_init__",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails =
        "!--mock-data --data-path corpus --split 98,1,1 --dataloader-fast-cache-load "
        "--data-cache-path cache",
    .passes = "!--mock-data --data-path corpus --split 98,1,1 --data-cache-path cache",
};

}  // namespace nam56r::dialect::rules
