#pragma once

#include "src/dialect/rules/execution_facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTransformerEngine = {
    .code = "HOST2502",
    .title = "Host without Transformer Engine",
    .dests = {"transformer_impl", "fp8", "cuda_graph_impl", "moe_permute_fusion", "spec"},
    .refuses = [](const Args& a,
                  const Args&) { return Lacks(a, "transformer_engine") && NeedsEngine(a); },
    .why = "builds its layers with Transformer Engine, and the host has none",
    .fix = "install transformer-engine",
    .valid = "transformer_engine",
    .source = "extensions/transformer_engine.py",
    .stage = Stage::kBuild,
    .reach = Reach::kCommandLine,
    .fails = "!pkg:transformer_engine",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
