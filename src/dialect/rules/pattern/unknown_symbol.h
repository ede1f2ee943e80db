#pragma once

#include "src/dialect/rules/facts.h"

namespace nam56r::dialect::rules {

inline bool HasUnknownSymbol(const Args& a) {
  const std::string pattern = a.Text("hybrid_layer_pattern");
  const std::string_view symbols = SymbolsOf(a.minor());
  bool in_trunk = true;
  for (char c : pattern) {
    if (c == '/') in_trunk = false;
    const bool cut = c == '/' || (c == '|' && in_trunk);
    if (!cut && symbols.find(c) == std::string_view::npos) return true;
  }
  return false;
}

inline constexpr ArgumentRule kUnknownSymbol = {
    .code = "PLAN1205",
    .title = "A symbol that no layer has",
    .dests = {"hybrid_layer_pattern"},
    .refuses = [](const Args& a, const Args&) { return HasUnknownSymbol(a); },
    .why = "has no layer of a symbol in it",
    .fix = "write {hybrid_layer_pattern} with symbols that the release knows",
    .source = "hybrid_layer_allocation.py:parse_hybrid_pattern",
    .releases = {.since = 17},
    .reach = Reach::kCommandLine,
    .valid_of =
        [](const Args& a) {
          std::vector<std::string> symbols;
          for (char c : SymbolsOf(a.minor())) symbols.emplace_back(1, c);
          return symbols;
        },
    .fails = "--hybrid-layer-pattern MEMX",
    .passes = "--hybrid-layer-pattern MEME",
};

}  // namespace nam56r::dialect::rules
