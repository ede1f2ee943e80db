#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMropeNeedsSections = {
    .code = "POLICY1312",
    .title = "Multimodal rotary embeddings without sections",
    .dests = {"position_embedding_type", "mrope_section"},
    .refuses =
        [](const Args& a, const Args&) {
          return a.Is("position_embedding_type", "mrope") && a.IsNull("mrope_section");
        },
    .why = "wants the sections of multimodal rotary embeddings",
    .fix = "give {mrope_section}",
    .valid = "rope|none",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .fails = "gpt --position-embedding-type mrope",
    .passes = "gpt --position-embedding-type mrope --mrope-section 16 24 24",
};

}  // namespace nam56r::dialect::rules
