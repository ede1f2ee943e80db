#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kDatasetThreads = {
    .code = "POLICY2223",
    .title = "No thread to build data sets",
    .dests = {"num_dataset_builder_threads"},
    .refuses = [](const Args& a,
                  const Args&) { return a.Int("num_dataset_builder_threads", 1) <= 0; },
    .why = "builds data sets in at least one thread",
    .fix = "set {num_dataset_builder_threads} to 1",
    .valid = "1 and more",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--num-dataset-builder-threads 0",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
