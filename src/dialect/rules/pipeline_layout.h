#pragma once

#include <cctype>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "src/dialect/rules/facts.h"

/// --pipeline-model-parallel-layout as pipeline_parallel_layer_layout.py reads it: "E|(tt|)*3tmL"
/// is E on the first stage, two layers on each of three, then a layer, the MTP blocks and the loss.
namespace nam56r::dialect::rules {

inline constexpr std::string_view kLayoutSource =
    "pipeline_parallel_layer_layout.py:PipelineParallelLayerLayout";
inline constexpr std::size_t kLongestLayout = 1 << 16;

namespace layout {

/// The number at |at|, where digits stand; nothing longer than a layout may become.
inline std::size_t Count(std::string_view text, std::size_t& at) {
  std::size_t count = 0;
  while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0) {
    count = std::min(kLongestLayout + 1, count * 10 + static_cast<std::size_t>(text[at++] - '0'));
  }
  return count;
}
inline bool IsTimes(std::string_view text, std::size_t at) {
  return at + 1 < text.size() && text[at] == '*' &&
         std::isdigit(static_cast<unsigned char>(text[at + 1])) != 0;
}

}  // namespace layout

/// Stages with their letters, repetitions written out: groups "(..)*n" first, then letters "x*n".
/// Nothing where it would be longer than any model.
inline std::optional<std::vector<std::string>> StagesOfLayout(std::string_view text) {
  std::string flat(text);
  std::erase(flat, ',');
  std::string grouped;
  for (std::size_t at = 0; at < flat.size() && grouped.size() < kLongestLayout;) {
    const std::size_t close = flat[at] == '(' ? flat.find(')', at) : std::string::npos;
    if (close != std::string::npos && close > at + 1 && layout::IsTimes(flat, close + 1)) {
      std::size_t after = close + 2;
      const std::string_view inner = std::string_view(flat).substr(at + 1, close - at - 1);
      for (std::size_t n = layout::Count(flat, after); n > 0; --n) {
        if (grouped.size() > kLongestLayout) return std::nullopt;
        grouped += inner;
      }
      at = after;
    } else {
      grouped += flat[at++];
    }
  }
  std::vector<std::string> stages(1);
  std::size_t length = 0;
  for (std::size_t at = 0; at < grouped.size();) {
    const char letter = grouped[at++];
    std::size_t times = 1;
    if (layout::IsTimes(grouped, at)) times = layout::Count(grouped, ++at);
    length += times;
    if (length > kLongestLayout) return std::nullopt;
    for (; times > 0; --times) {
      if (letter == '|') {
        stages.emplace_back();
      } else {
        stages.back() += letter;
      }
    }
  }
  return stages;
}

/// The stages of a command line's layout whose letters are all known.
inline std::optional<std::vector<std::string>> KnownLayout(const Args& a) {
  const std::string text = a.Text("pipeline_model_parallel_layout");
  if (text.empty()) return std::nullopt;
  std::optional<std::vector<std::string>> stages = StagesOfLayout(text);
  if (!stages) return std::nullopt;
  for (const std::string& stage : *stages) {
    if (stage.find_first_not_of("ELtm") != std::string::npos) return std::nullopt;
  }
  return stages;
}

inline std::int64_t CountInLayout(const std::vector<std::string>& stages, char letter) {
  std::int64_t count = 0;
  for (const std::string& stage : stages) count += std::count(stage.begin(), stage.end(), letter);
  return count;
}

}  // namespace nam56r::dialect::rules
