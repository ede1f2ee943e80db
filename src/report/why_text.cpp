#include "src/report/why_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/base/utf8.h"

namespace nam56r::report {
namespace {

using launch::why::Answer;
using launch::why::Evidence;

constexpr std::size_t kMostColumns = 400;

std::string Short(const std::string& text) {
  const std::string safe = base::EscapeControls(text);
  if (base::CodePoints(safe) <= kMostColumns) return safe;
  return base::EscapeControls(base::WithValidUtf8(safe.substr(0, kMostColumns))) + " ...";
}

std::string Place(const Evidence& line) {
  return fmt::format("{}:{}", base::EscapeControls(line.file), line.line);
}

}  // namespace

std::string WhyText(const Answer& answer, bool colour) {
  const bool abstains = answer.code.empty();
  const std::string head =
      abstains ? "unknown" : fmt::format("{}[{}]", launch::why::ClassName(answer.cls), answer.code);
  std::string text = fmt::format("{}{}{}: {}\n", colour ? "\x1b[1;31m" : "", head,
                                 colour ? "\x1b[0m" : "", base::EscapeControls(answer.cause));
  std::size_t width = 1;
  for (const Evidence& line : answer.evidence) {
    width = std::max(width, std::to_string(line.line).size());
  }
  const std::string margin(width, ' ');
  std::string file;
  for (const Evidence& line : answer.evidence) {
    if (line.file != file) {
      text += fmt::format("{}--> {}{}\n{} |\n", margin, Place(line),
                          line.rank >= 0 ? fmt::format(" (rank {})", line.rank) : "", margin);
      file = line.file;
    }
    text += fmt::format("{:>{}} | {}\n", line.line, width, Short(line.text));
  }
  if (!answer.evidence.empty()) text += margin + " |\n";
  if (!abstains) {
    text += fmt::format("{} = surface: {}, confidence {:.2f}\n", margin,
                        launch::why::ClassName(answer.cls), answer.confidence);
  }
  if (!answer.fields.empty()) {
    text += fmt::format("{} = fields: {}\n", margin, fmt::join(answer.fields, ", "));
  }
  for (const base::SourceNote& note : answer.where) {
    text +=
        fmt::format("{} = set: {}{}{}\n", margin, note.label, note.at.file.empty() ? "" : " at ",
                    note.at.file.empty() ? "" : base::EscapeControls(base::ToString(note.at)));
  }
  for (const Evidence& line : answer.cascades) {
    text += fmt::format("{} = followed by: {}: {}\n", margin, Place(line), Short(line.text));
  }
  if (!answer.next.empty()) {
    text += fmt::format("{} = help: {}\n", margin, base::EscapeControls(answer.next));
  }
  if (!abstains) text += fmt::format("{} = page: nam56r explain {}\n", margin, answer.code);
  return text;
}

}  // namespace nam56r::report
