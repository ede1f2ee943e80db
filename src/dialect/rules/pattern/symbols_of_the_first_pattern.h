#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSymbolsOfTheFirstPattern = {
    .code = "PLAN1211",
    .title = "A symbol that no layer of 0.16 has",
    .dests = {"hybrid_override_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Text("hybrid_override_pattern").find_first_not_of(SymbolsOf(16)) !=
                 std::string::npos;
        },
    .why = "has no layer of a symbol in it; cuts ('|') and MTP blocks ('/') came with 0.17",
    .fix = "write {hybrid_override_pattern} with the symbols that it knows",
    .valid = "M|*|-|E",
    .source = "mamba_hybrid_layer_allocation.py:_allocate_override",
    .stage = Stage::kBuild,
    .releases = {.until = 16},
    .reach = Reach::kCommandLine,
    .fails = "--hybrid-override-pattern MEMG --num-layers 4",
    .passes = "--hybrid-override-pattern MEMM --num-layers 4",
};

}  // namespace nam56r::dialect::rules
