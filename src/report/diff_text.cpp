#include "src/report/diff_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "src/base/utf8.h"

namespace nam56r::report {
namespace {

using contract::Change;
using contract::Sign;
using nlohmann::json;

constexpr std::size_t kMaxValue = 64;  ///< columns of a value
constexpr std::size_t kMaxName = 48;   ///< columns to which names are aligned

std::string Title(const std::string& group) {
  struct Named {
    std::string_view group;
    std::string_view title;
  };
  constexpr std::array kTitles = {
      Named{"plan", "plan: what the model is"},
      Named{"policy", "policy: how the run executes"},
      Named{"seam", "seams: code that the run depends on"},
      Named{"dialect", "dialect: the backend's words"},
      Named{"host", "host: where it ran"},
      Named{"together", "from several of these changes at once"},
      Named{"version", "compiled by another version"},
  };
  for (const Named& named : kTitles) {
    if (named.group == group) return std::string(named.title);
  }
  return group;
}

// "recipe.moe.num_experts" -> "moe.num_experts" (its group says the rest), "flag --lr" -> "--lr".
std::string ShownName(const std::string& name) {
  for (const char* prefix : {"recipe.", "policy.", "host.", "flag ", "environment ", "seam "}) {
    if (name.starts_with(prefix)) return name.substr(std::string_view(prefix).size());
  }
  return name;
}

// At most kMaxValue columns; the middle of a longer text is left out.
std::string Cut(const std::string& text) {
  if (base::CodePoints(text) <= kMaxValue) return text;
  std::vector<std::string> points;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view before = rest;
    if (!base::TakeCodePoint(rest)) rest.remove_prefix(1);
    points.emplace_back(before.substr(0, before.size() - rest.size()));
  }
  const std::size_t half = (kMaxValue - 3) / 2;
  std::string cut;
  for (std::size_t i = 0; i < half; ++i) cut += points[i];
  cut += "...";
  for (std::size_t i = points.size() - half; i < points.size(); ++i) cut += points[i];
  return cut;
}

std::string Value(const json& value) {
  std::string text;
  if (value.is_string()) {
    text = value.get<std::string>();
    if (text.empty()) text = "\"\"";
  } else if (value.is_array() && !value.empty() && value.front().is_string()) {
    for (const json& word : value) {
      if (!text.empty()) text += ' ';
      text += word.is_string() ? word.get<std::string>() : word.dump();
    }
  } else if (value.is_object() && value.contains("from") && value.contains("to")) {
    text = fmt::format("{} becomes {}", value.at("from").dump(), value.at("to").dump());
  } else if (value.is_array() && value.empty()) {
    text = "(no value)";
  } else {
    text = value.dump();
  }
  return Cut(base::EscapeControls(text));
}

// A seam's use is an object: what made it part of the launch says most.
std::string SeamValue(const json& use) {
  if (!use.is_object()) return Value(use);
  return Cut(base::EscapeControls(use.value("why", std::string())));
}

// Of a seam that is used otherwise: each member that differs, with both its values.
std::string SeamMembers(const json& from, const json& to) {
  json members = from;
  members.update(to);
  std::string text;
  for (const auto& [key, ignored] : members.items()) {
    const json before = from.value(key, json());
    const json after = to.value(key, json());
    if (before == after) continue;
    text += fmt::format("{}{}: {} -> {}", text.empty() ? "" : "; ", base::EscapeControls(key),
                        Value(before), Value(after));
  }
  return text;
}

std::string Sides(const Change& change) {
  if (change.name.starts_with("seam ")) {
    if (change.sign == Sign::kChanged && change.from.is_object() && change.to.is_object()) {
      return SeamMembers(change.from, change.to);
    }
    return SeamValue(change.sign == Sign::kRemoved ? change.from : change.to);
  }
  switch (change.sign) {
    case Sign::kAdded:
      return Value(change.to);
    case Sign::kRemoved:
      return Value(change.from);
    case Sign::kChanged:
      break;
  }
  if (change.from.is_null() && change.to.is_string()) return Value(change.to);  // a fold
  return Value(change.from) + " -> " + Value(change.to);
}

std::string Origins(const Change& change) {
  const std::string& from = change.from_origin;
  const std::string& to = change.to_origin;
  if (from.empty() || to.empty() || from == to) return from.empty() ? to : from;
  return from + " -> " + to;
}

class Painter {
 public:
  explicit Painter(bool colour) : colour_(colour) {}
  std::string Sign(contract::Sign sign) const {
    const char character = contract::SignCharacter(sign);
    const char* code = sign == contract::Sign::kAdded     ? "32"
                       : sign == contract::Sign::kRemoved ? "31"
                                                          : "33";
    return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, character) : std::string(1, character);
  }
  std::string Faint(const std::string& text) const {
    return colour_ && !text.empty() ? "\x1b[2m" + text + "\x1b[0m" : text;
  }
  std::string Strong(const std::string& text) const {
    return colour_ ? "\x1b[1m" + text + "\x1b[0m" : text;
  }

 private:
  bool colour_;
};

struct Line {
  int depth;
  const Change* change;
};

void Collect(const std::vector<Change>& changes, int depth, std::vector<Line>& lines) {
  for (const Change& change : changes) {
    lines.push_back({depth, &change});
    Collect(change.follows, depth + 1, lines);
  }
}

std::string GroupText(const contract::ChangeGroup& group, const Painter& painter) {
  std::vector<Line> lines;
  Collect(group.changes, 0, lines);
  const auto indent = [](int depth) { return static_cast<std::size_t>(2 + 4 * depth); };
  std::size_t width = 0;
  for (const Line& line : lines) {
    const std::size_t name = indent(line.depth) + base::CodePoints(ShownName(line.change->name));
    if (name <= kMaxName) width = std::max(width, name);
  }
  std::string text = painter.Strong(Title(group.name)) + "\n";
  for (const Line& line : lines) {
    const std::string name = base::EscapeControls(ShownName(line.change->name));
    const std::size_t used = indent(line.depth) + base::CodePoints(name);
    const std::string sides = Sides(*line.change);
    text += std::string(indent(line.depth), ' ') + painter.Sign(line.change->sign) + ' ' + name;
    if (!sides.empty()) text += std::string(used < width ? width - used : 0, ' ') + "  " + sides;
    const std::string origins = base::EscapeControls(Origins(*line.change));
    // Below a decision the origin is the decision's own.
    if (line.depth == 0 && !origins.empty()) text += painter.Faint("   # " + origins);
    text += '\n';
  }
  return text;
}

}  // namespace

std::string DiffText(const contract::Diff& diff, const DiffHead& a, const DiffHead& b,
                     bool colour) {
  const Painter painter(colour);
  const std::size_t width = std::max(a.file.size(), b.file.size());
  std::string text;
  for (const auto& [name, head] : {std::pair('A', &a), std::pair('B', &b)}) {
    text += fmt::format("{} {:<{}}  {}  {}\n", name, base::EscapeControls(head->file), width,
                        base::EscapeControls(head->dialect), base::EscapeControls(head->digest));
  }
  text += '\n' + diff.summary + '\n';
  if (!diff.causes_tried) {
    text +=
        "So many decisions differ that none was tried alone: what follows may stand below several "
        "of them.\n";
  }
  for (const contract::ChangeGroup& group : diff.groups) text += '\n' + GroupText(group, painter);
  const contract::ChangeCounts counts = contract::CountChanges(diff);
  if (!diff.same()) {
    text += fmt::format("\n{} added, {} removed, {} changed; {} follow from these\n", counts.added,
                        counts.removed, counts.changed, counts.following);
  }
  if (diff.moved > 0) {
    text += fmt::format("{} value{} the same and come{} from another line\n", diff.moved,
                        diff.moved == 1 ? " is" : "s are", diff.moved == 1 ? "s" : "");
  }
  return text;
}

}  // namespace nam56r::report
