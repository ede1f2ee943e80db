#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kRanksAreNumbers = {
    .code = "POLICY0910",
    .title = "A rank or world size that is no number",
    .dests = {"env:WORLD_SIZE", "env:RANK"},
    .refuses =
        [](const Args& a, const Args&) {
          for (const char* name : {"WORLD_SIZE", "RANK"}) {
            const auto& environment = a.surroundings().environment;
            const auto set = environment.find(name);
            if (set != environment.end() && !PythonInt(set->second)) return true;
          }
          return false;
        },
    .why = "reads both as whole numbers when it has parsed the command line",
    .fix = "leave them to the launcher",
    .valid = "whole numbers",
    .source = kParse,
    .stage = Stage::kParse,
    .reach = Reach::kCommandLine,
    .fails = "WORLD_SIZE=all",
    .passes = "WORLD_SIZE=8",
};

}  // namespace nam56r::dialect::rules
