#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/packages.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMultiStoragePackage = {
    .code = "POLICY2283",
    .title = "Multi-storage client that is not installed",
    .dests = {"enable_msc"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("enable_msc") && IsWithout(a, "multistorageclient"); },
    .why =
        "imports multistorageclient for --enable-msc right after it has parsed the line, and stops "
        "without it",
    .fix = "install multi-storage-client on every host, or leave {enable_msc} out",
    .valid = "false",
    .source = "arguments.py:parse_args",
    .stage = Stage::kParse,
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .fails = "--enable-msc !pkg:multistorageclient",
    .passes = "--disable-msc",
};

}  // namespace nam56r::dialect::rules
