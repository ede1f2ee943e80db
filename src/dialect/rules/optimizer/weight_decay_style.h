#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWeightDecayStyle = {
    .code = "POLICY2003",
    .dests = {"weight_decay_incr_style"},
    .refuses =
        [](const Args& a, const Args& raw) {
          const bool constant = a.Is("weight_decay_incr_style", "constant");
          const bool start = !raw.IsNull("start_weight_decay");
          const bool end = !raw.IsNull("end_weight_decay");
          return constant ? start || end : !start || !end;
        },
    .why = "takes the weight decay at start and end for a decay that changes, and only then",
    .fix = "give both --start-weight-decay and --end-weight-decay, or neither",
    .valid = "constant",
    .source = kValidate,
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
