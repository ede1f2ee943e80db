#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

// In the trunk, or in the MTP block; each is looked at for itself.
inline bool MixesAttention(const Args& a) {
  const std::string pattern = a.Text("hybrid_layer_pattern");
  for (std::string_view rest = pattern; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    if (part.find('*') != std::string_view::npos &&
        part.find_first_of(a.minor() >= 19 ? "+D" : "D") != std::string_view::npos) {
      return true;
    }
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  }
  return false;
}

inline constexpr ArgumentRule kMixesAttention = {
    .code = "PLAN1207",
    .dests = {"hybrid_layer_pattern"},
    .refuses = [](const Args& a, const Args&) { return MixesAttention(a); },
    .why = "has either * or MLA and DSA in one model",
    .fix = "write + for *",
    .valid = "patterns without *",
    .source = "hybrid_layer_allocation.py:parse_hybrid_pattern",
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
};

}  // namespace nam56r::dialect::rules
