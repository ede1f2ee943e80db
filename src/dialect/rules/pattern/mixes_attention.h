#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

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
    .title = "Plain attention beside MLA in one pattern",
    .dests = {"hybrid_layer_pattern"},
    .refuses = [](const Args& a, const Args&) { return MixesAttention(a); },
    .why = "has either * or MLA and DSA in one model",
    .fix = "write the attention that '*' is here for as MLA, or take the others away",
    .source = "hybrid_layer_allocation.py:parse_hybrid_pattern",
    .releases = {.since = 18},
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      std::string one = a.Text("hybrid_layer_pattern");
      std::replace(one.begin(), one.end(), '*', a.minor() >= 19 ? '+' : 'D');
      return {one};
    },
    .fails = "--hybrid-layer-pattern ME*EMEDE",
    .passes = "--hybrid-layer-pattern MEMEMEME",
};

}  // namespace nam56r::dialect::rules
