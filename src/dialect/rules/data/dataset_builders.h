#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDatasetBuilders = {
    .code = "POLICY2268",
    .title = "No thread that builds data sets",
    .dests = {"num_dataset_builder_threads"},
    .refuses = [](const Args& a,
                  const Args&) { return a.Int("num_dataset_builder_threads", 1) <= 0; },
    .why = "builds data sets in one thread and more",
    .fix = "write 1",
    .valid = "1 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--num-dataset-builder-threads 0",
    .passes = "--num-dataset-builder-threads 4",
};

}  // namespace nam56r::dialect::rules
