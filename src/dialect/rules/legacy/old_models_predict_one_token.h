#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kOldModelsPredictOneToken = {
    .code = "POLICY2803",
    .title = "MTP in old models",
    .dests = {"mtp_num_layers", "use_legacy_models"},
    .refuses = [](const Args& a,
                  const Args&) { return a.On("use_legacy_models") && a.On("mtp_num_layers"); },
    .why = "has no MTP in old models",
    .fix = "leave {use_legacy_models} out",
    .valid = "not given",
    .source = kValidate,
    .releases = {.until = 17},
    .reach = Reach::kCommandLine,
    .fails =
        "gpt --mtp-num-layers 1 --use-legacy-models --ckpt-format torch !--overlap-param-gather",
    .passes = "gpt --mtp-num-layers 1",
};

}  // namespace nam56r::dialect::rules
