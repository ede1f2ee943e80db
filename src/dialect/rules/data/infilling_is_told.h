#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kInfillingIsTold = {
    .code = "POLICY2222",
    .title = "Filling in the middle without its tokens",
    .dests = {"fim_data", "fim_rate", "fim_prefix_token", "mock_data"},
    .refuses =
        [](const Args& a, const Args&) {
          if (!a.On("fim_data")) return false;
          for (std::string_view dest : {"fim_prefix_token", "fim_middle_token", "fim_suffix_token",
                                        "fim_pad_token", "fim_eod_token"}) {
            if (a.IsNull(dest)) return true;
          }
          return a.On("mock_data") || !a.On("fim_rate") || !a.On("fim_spm_rate");
        },
    .why = "fills in the middle of real data, with rates and five tokens that are given",
    .fix = "leave {fim_data} out",
    .valid = "false",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "--fim-data",
    .passes = "",
};

}  // namespace nam56r::dialect::rules
