#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kPackagesAreNotKnown = {
    .code = "HOST2501",
    .title = "Packages that the host must have",
    .dests = {"transformer_impl"},
    .refuses = [](const Args& a,
                  const Args&) { return !a.surroundings().packages && !NeededPackages(a).empty(); },
    .why = "needs these packages on the host, and nothing is known of it",
    .fix = "see that the Python that trains imports them, or name a host file with [versions]",
    .source = "the imports of the modules that this launch builds",
    .stage = Stage::kBuild,
    .severity = base::Severity::kNote,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> std::vector<std::string> { return NeededPackages(a); },
    .fails = "!pkg",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
