#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kWeightDecayStyle = {
    .code = "POLICY2003",
    .title = "Weight decay that changes, without its ends",
    .dests = {"weight_decay_incr_style", "start_weight_decay", "end_weight_decay"},
    .refuses =
        [](const Args& a, const Args& raw) {
          const bool constant = a.Is("weight_decay_incr_style", "constant");
          const bool start = !raw.IsNull("start_weight_decay");
          const bool end = !raw.IsNull("end_weight_decay");
          return constant ? start || end : !start || !end;
        },
    .why = "takes the weight decay at start and end for a decay that changes, and only then",
    .fix = "give both --start-weight-decay and --end-weight-decay, or neither",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return {a.Is("weight_decay_incr_style", "constant") ? "not given" : "constant"};
    },
    .blamed_of = [](const Args& a, const Args& raw) -> std::string_view {
      if (!a.Is("weight_decay_incr_style", "constant")) return "weight_decay_incr_style";
      return raw.Given("start_weight_decay") ? "start_weight_decay" : "end_weight_decay";
    },
    .fails = "--weight-decay-incr-style linear",
    .passes = "--weight-decay-incr-style linear --start-weight-decay 0.01 --end-weight-decay 0.1",
};

}  // namespace nam56r::dialect::rules
