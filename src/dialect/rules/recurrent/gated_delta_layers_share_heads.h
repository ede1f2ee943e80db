#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kGatedDeltaLayersShareHeads = {
    .code = "PLAN1513",
    .title = "Heads of layers G that the ranks do not divide",
    .dests = {"linear_num_key_heads", "linear_num_value_heads", "tensor_model_parallel_size",
              "hybrid_layer_pattern"},
    .refuses =
        [](const Args& a, const Args&) {
          return Hybrid(a) && GatedDeltaLayers(a) &&
                 !a.Is("experimental_attention_variant", "gated_delta_net") && Tp(a) > 1 &&
                 (a.Int("linear_num_key_heads", 16) % Tp(a) != 0 ||
                  a.Int("linear_num_value_heads", 32) % Tp(a) != 0);
        },
    .why =
        "shares the heads of a layer G over the TP ranks; where a pattern asks for it, "
        "nothing checks that they come out",
    .fix =
        "choose multiples of {tensor_model_parallel_size} for {linear_num_key_heads} and "
        "{linear_num_value_heads}",
    .source = "gated_delta_net.py:GatedDeltaNet.forward",
    .stage = Stage::kRun,
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return MultiplesNear(a.Int("linear_num_key_heads", 16), Tp(a));
    },
    .fails =
        "--hybrid-layer-pattern MEGE --swiglu --tensor-model-parallel-size 4 --sequence-"
        "parallel --linear-num-key-heads 2",
    .passes =
        "--hybrid-layer-pattern MEGE --swiglu --tensor-model-parallel-size 4 --sequence-"
        "parallel",
};

}  // namespace nam56r::dialect::rules
