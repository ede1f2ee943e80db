#include "src/base/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "src/base/files.h"
#include "src/base/secrets.h"
#include "src/base/utf8.h"

namespace nam56r::base {
namespace {

constexpr std::size_t kMostSourceBytes = 1 << 20;
constexpr std::size_t kMostLineColumns = 160;
constexpr std::size_t kMostSlice = 1024;  // bytes of a line on each side of its marks
constexpr std::size_t kBefore = 40;       // columns of a long line before its marks

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kYellow = "\x1b[1;33m";
constexpr std::string_view kCyan = "\x1b[1;36m";
constexpr std::string_view kBlue = "\x1b[1;34m";
constexpr std::string_view kReset = "\x1b[0m";

class Painter {
 public:
  explicit Painter(bool colour) : colour_(colour) {}
  std::string operator()(std::string_view style, std::string_view text) const {
    return colour_ ? fmt::format("{}{}{}", style, text, kReset) : std::string(text);
  }

 private:
  bool colour_;
};

std::string_view StyleOf(Severity severity) {
  switch (severity) {
    case Severity::kError:
      return kRed;
    case Severity::kWarning:
      return kYellow;
    case Severity::kNote:
      break;
  }
  return kCyan;
}

std::optional<std::string> LineOf(const SourceLocation& at, Surface surface) {
  if (at.line <= 0 || at.file.empty()) return std::nullopt;
  const Expected<std::string> text = ReadFile(at.file, surface, kMostSourceBytes);
  if (!text) return std::nullopt;
  std::size_t begin = 0;
  for (int line = 1; line < at.line; ++line) {
    begin = text->find('\n', begin);
    if (begin == std::string::npos) return std::nullopt;
    ++begin;
  }
  if (begin == text->size()) return std::nullopt;
  std::string line = text->substr(begin, text->find('\n', begin) - begin);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

/// A source line as it is shown, and the columns of it (from 0) that the marks go below.
struct Excerpt {
  std::string text;
  std::size_t mark_begin = 0;
  std::size_t mark_size = 1;
};

bool InWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

// The bytes of |line| that column |column| (code points, from 1) begins; the whole text of the line
// when the column is not known.
std::pair<std::size_t, std::size_t> Marked(std::string_view line, int column) {
  if (column <= 0) {
    const std::size_t begin = std::min(line.find_first_not_of(" \t"), line.size());
    const std::size_t last = line.find_last_not_of(" \t");
    return {begin, last == std::string_view::npos ? begin : last + 1};
  }
  std::string_view rest = line;
  const auto plain = static_cast<std::size_t>(
      std::find_if(line.begin(), line.end(), [](char c) { return (c & '\x80') != 0; }) -
      line.begin());
  int at = 1 + static_cast<int>(std::min(plain, static_cast<std::size_t>(column - 1)));
  rest.remove_prefix(static_cast<std::size_t>(at - 1));  // a column a byte, as far as it is ASCII
  for (; at < column && !rest.empty(); ++at) {
    if (!TakeCodePoint(rest)) rest.remove_prefix(1);
  }
  const std::size_t begin = line.size() - rest.size();
  std::size_t end = begin;
  if (end < line.size() && (line[end] == '"' || line[end] == '\'')) {
    const std::size_t close = line.find(line[end], end + 1);
    end = close == std::string_view::npos ? line.size() : close + 1;
  } else {
    while (end < line.size() && InWord(line[end])) ++end;
  }
  return {begin, end};
}

/// What is shown of a line: its bytes around a mark. A line may be as long as a file.
struct Slice {
  std::string_view text;
  std::size_t begin = 0;  ///< of the mark, in |text|
  std::size_t end = 0;
  bool more_before = false;
  bool more_after = false;
};

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

// Cut at blanks, so that names stay beside their values.
Slice Around(std::string_view line, std::size_t begin, std::size_t end) {
  Slice slice;
  std::size_t from = begin > kMostSlice ? begin - kMostSlice : 0;
  while (from > 0 && from < begin && !IsBlank(line[from])) ++from;
  const std::size_t to = std::min(line.size(), std::min(end, begin + kMostSlice) + kMostSlice);
  slice.text = line.substr(from, to - from);
  slice.begin = begin - from;
  slice.end = std::min(end, to) - from;
  slice.more_before = from > 0;
  slice.more_after = to < line.size();
  return slice;
}

// The columns around the marks, with "..." where some are left out.
Excerpt Window(const Excerpt& whole, bool more_before, bool more_after) {
  constexpr std::string_view kMore = "...";
  const bool from_start = !more_before && whole.mark_begin + whole.mark_size <= kMostLineColumns;
  const std::size_t skipped =
      from_start ? 0 : whole.mark_begin - std::min(whole.mark_begin, kBefore);
  std::string_view rest = whole.text;
  for (std::size_t i = 0; i < skipped; ++i) TakeCodePoint(rest);
  std::string_view after = rest;
  for (std::size_t i = 0; i < kMostLineColumns && !after.empty(); ++i) TakeCodePoint(after);
  Excerpt excerpt;
  const std::string_view before = more_before || skipped > 0 ? kMore : std::string_view();
  excerpt.text = before;
  excerpt.text += rest.substr(0, rest.size() - after.size());
  if (more_after || !after.empty()) excerpt.text += kMore;
  excerpt.mark_begin = whole.mark_begin - skipped + before.size();
  excerpt.mark_size =
      std::min(whole.mark_size, kMostLineColumns + before.size() - excerpt.mark_begin);
  return excerpt;
}

Excerpt MakeExcerpt(std::string_view line, int column) {
  const auto [begin, end] = Marked(line, column);
  const Slice slice = Around(line, begin, end);
  const std::string text = WithoutSecrets(slice.text);
  const auto shown = [&](std::size_t from, std::size_t to) {
    const std::string_view piece = std::string_view(text).substr(from, to - from);
    std::string out;
    for (std::size_t at = 0; at <= piece.size();) {
      const std::size_t tab = std::min(piece.find('\t', at), piece.size());
      out += EscapeControls(piece.substr(at, tab - at));
      if (tab < piece.size()) out += "    ";
      at = tab + 1;
    }
    return out;
  };
  Excerpt excerpt;
  const std::string before = shown(0, slice.begin);
  const std::string marked = shown(slice.begin, slice.end);
  excerpt.text = before + marked + shown(slice.end, text.size());
  excerpt.mark_begin = CodePoints(before);
  excerpt.mark_size = std::max<std::size_t>(1, CodePoints(marked));
  const bool cut = slice.more_before || slice.more_after;
  if (!cut && CodePoints(excerpt.text) <= kMostLineColumns) return excerpt;
  return Window(excerpt, slice.more_before, slice.more_after);
}

std::string Wrapped(const std::vector<std::string>& items, std::size_t most, std::size_t indent,
                    std::size_t width) {
  std::string text;
  std::size_t column = indent;
  const std::size_t count = std::min(most, items.size());
  const auto add = [&](const std::string& piece) {
    const std::size_t size = CodePoints(piece);
    if (!text.empty()) {
      if (column + 1 + size > width) {
        text += '\n';
        text.append(indent, ' ');
        column = indent;
      } else {
        text += ' ';
        ++column;
      }
    }
    text += piece;
    column += size;
  };
  for (std::size_t i = 0; i < count; ++i) {
    add(EscapeControls(items[i]) + (i + 1 < items.size() ? "," : ""));
  }
  if (count < items.size()) add(fmt::format("... and {} more", items.size() - count));
  return text;
}

std::size_t GutterWidth(const Diagnostic& diagnostic) {
  int largest = 1;
  for (const SourceNote& note : diagnostic.where) largest = std::max(largest, note.at.line);
  return std::to_string(largest).size();
}

void AppendNote(std::string& out, const SourceNote& note, const Diagnostic& diagnostic,
                std::size_t gutter, const RenderOptions& options) {
  const Painter paint(options.colour);
  const std::string margin(gutter + 1, ' ');
  const std::string bar = paint(kBlue, "|");
  out += fmt::format("{}{} {}", std::string(gutter, ' '), paint(kBlue, "-->"),
                     EscapeControls(ToString(note.at)));
  const auto line = options.excerpts ? LineOf(note.at, diagnostic.surface) : std::nullopt;
  if (!line) {
    if (!note.label.empty()) out += ": " + EscapeControls(WithoutSecrets(note.label));
    out += '\n';
    return;
  }
  Excerpt excerpt = MakeExcerpt(*line, note.at.column);
  // A label that says what the line says is marked there, not said twice.
  std::string label = EscapeControls(WithoutSecrets(note.label));
  if (!label.empty() && CodePoints(excerpt.text) == excerpt.text.size() &&
      std::string_view(excerpt.text).substr(excerpt.mark_begin).starts_with(label)) {
    excerpt.mark_size = label.size();
    label.clear();
  }
  out += fmt::format("\n{}{}\n", margin, bar);
  out += fmt::format("{} {} {}\n", paint(kBlue, fmt::format("{:>{}}", note.at.line, gutter)), bar,
                     excerpt.text);
  std::string marks(excerpt.mark_size, '^');
  if (!label.empty()) marks += " " + label;
  out += fmt::format("{}{} {}{}\n", margin, bar, std::string(excerpt.mark_begin, ' '),
                     paint(StyleOf(diagnostic.severity), marks));
}

}  // namespace

std::string Render(const Diagnostic& diagnostic, const RenderOptions& options) {
  const Painter paint(options.colour);
  const std::size_t gutter = GutterWidth(diagnostic);
  const std::string margin(gutter + 1, ' ');
  std::string head = options.head;
  if (head.empty()) head = SeverityName(diagnostic.severity);
  if (!diagnostic.code.empty()) head += "[" + EscapeControls(diagnostic.code) + "]";
  std::string out = paint(StyleOf(diagnostic.severity), head) +
                    paint(kBold, ": " + EscapeControls(WithoutSecrets(diagnostic.message))) + "\n";
  for (const SourceNote& note : diagnostic.where) {
    AppendNote(out, note, diagnostic, gutter, options);
  }
  for (const std::string& note : diagnostic.notes) {
    out += margin + paint(kBold, "= note: ") + EscapeControls(WithoutSecrets(note)) + "\n";
  }
  if (!diagnostic.valid.empty()) {
    constexpr std::string_view kTitle = "= valid: ";
    out += margin + paint(kBold, kTitle) +
           Wrapped(diagnostic.valid, options.most_valid, margin.size() + kTitle.size(),
                   options.width) +
           "\n";
  }
  if (!diagnostic.fix.empty()) {
    out += margin + paint(kBold, "= help: ") + EscapeControls(diagnostic.fix) + "\n";
  }
  for (const auto& [label, text] : options.facts) {
    out += margin + paint(kBold, fmt::format("= {}: ", label)) + EscapeControls(text) + "\n";
  }
  return out;
}

std::string Render(const Diagnostics& diagnostics, const RenderOptions& options) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!out.empty()) out += '\n';
    out += Render(diagnostic, options);
  }
  return out;
}

nlohmann::json ToJson(const Diagnostic& diagnostic) {
  const auto list = [](const std::vector<std::string>& items) {
    nlohmann::json array = nlohmann::json::array();
    for (const std::string& item : items) array.push_back(WithValidUtf8(item));
    return array;
  };
  nlohmann::json where = nlohmann::json::array();
  for (const SourceNote& note : diagnostic.where) {
    where.push_back({{"file", WithValidUtf8(note.at.file)},
                     {"line", note.at.line},
                     {"column", note.at.column},
                     {"label", WithValidUtf8(note.label)}});
  }
  return {{"code", WithValidUtf8(diagnostic.code)},
          {"severity", SeverityName(diagnostic.severity)},
          {"surface", SurfaceName(diagnostic.surface)},
          {"message", WithValidUtf8(diagnostic.message)},
          {"fields", list(diagnostic.fields)},
          {"valid", list(diagnostic.valid)},
          {"fix", WithValidUtf8(diagnostic.fix)},
          {"notes", list(diagnostic.notes)},
          {"where", std::move(where)}};
}

}  // namespace nam56r::base
