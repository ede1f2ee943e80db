#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kFileReplacesLine = {
    .code = "POLICY0909",
    .title = "A YAML file instead of the command line",
    .dests = {"yaml_cfg"},
    .refuses = [](const Args&, const Args& raw) { return !raw.IsNull("yaml_cfg"); },
    .why =
        "takes every value from the file and none from the command line, and the file is not read "
        "here",
    .fix = "write the values as flags and drop {yaml_cfg}",
    .valid = "a command line without it",
    .source = kParse,
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .fails = "--yaml-cfg run.yaml",
    .passes = "--bf16",
};

}  // namespace nam56r::dialect::rules
