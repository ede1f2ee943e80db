#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kEdgesAreNotKept = {
    .code = "POLICY1920",
    .title = "Layers in BF16 that are counted and not kept",
    .dests = {"num_layers_at_start_in_bf16", "num_layers_at_end_in_bf16", "first_last_layers_bf16",
              "fp8"},
    .refuses =
        [](const Args& a, const Args& raw) {
          return (raw.Given("num_layers_at_start_in_bf16") ||
                  raw.Given("num_layers_at_end_in_bf16")) &&
                 !(a.On("first_last_layers_bf16") && (a.On("fp8") || a.On("fp4")));
        },
    .why = "counts the layers to keep in BF16 only with --first-last-layers-bf16, in FP8 and FP4",
    .fix = "give {first_last_layers_bf16}, or leave the counts out",
    .valid = "not given",
    .source = "fp8_utils.py:is_first_last_bf16_layer",
    .stage = Stage::kRun,
    .severity = base::Severity::kWarning,
    .reach = Reach::kCommandLine,
    .blamed_of = [](const Args&, const Args& raw) -> std::string_view {
      return raw.Given("num_layers_at_start_in_bf16") ? "num_layers_at_start_in_bf16"
                                                      : "num_layers_at_end_in_bf16";
    },
    .fails =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise "
        "--num-layers-at-start-in-bf16 2",
    .passes =
        "--mamba-num-heads 64 --fp8-format hybrid --fp8-recipe tensorwise --first-last-layers-bf16 "
        "--num-layers-at-start-in-bf16 2",
};

}  // namespace nam56r::dialect::rules
