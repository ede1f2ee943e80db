#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kTwoStagesOverlapSends = {
    .code = "POLICY1007",
    .title = "Two interleaved stages without overlapped sends",
    .dests = {"overlap_p2p_comm", "pipeline_model_parallel_size"},
    .refuses =
        [](const Args& a, const Args&) {
          return VirtualStages(a) > 1 && !a.On("overlap_p2p_comm") && Pp(a) == 2;
        },
    .why =
        "interleaves two stages with overlapped sends only: without them both ranks would "
        "send and receive twice in one batch",
    .fix = "turn on {overlap_p2p_comm}, or set {pipeline_model_parallel_size} above 2",
    .valid = "true",
    .source = kValidate,
    .fails = "gpt --no-overlap-p2p-communication",
    .passes = "gpt --no-overlap-p2p-communication !--num-layers-per-virtual-pipeline-stage",
};

}  // namespace nam56r::dialect::rules
