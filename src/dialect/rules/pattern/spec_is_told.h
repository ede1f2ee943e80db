#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSpecIsTold = {
    .code = "POLICY1214",
    .title = "A hybrid model without a specification of its layers",
    .dests = {"spec", "hybrid_layer_pattern", "hybrid_override_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return Hybrid(a) && a.IsNull("spec") && !a.Is("transformer_impl", "inference_optimized");
        },
    .why = "builds the layers of a hybrid model from a specification and has none of its own",
    .fix =
        "give {spec}, megatron.core.models.hybrid.hybrid_layer_specs hybrid_stack_spec (mamba"
        " before 0.18) for one",
    .valid = "a module and a name in it",
    .source = "hybrid_builders.py:hybrid_builder",
    .stage = Stage::kBuild,
    .releases = {.until = 18},
    .reach = Reach::kCommandLine,
    .fails = "!--spec",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
