#include "src/base/toml_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "src/base/dotted_key.h"
#include "src/base/files.h"
#include "src/base/units.h"

namespace nam56r::base {
namespace {

Diagnostic Error(const char* code, Surface surface, SourceLocation at, std::string message,
                 std::string label, std::string fix) {
  Diagnostic error;
  error.code = code;
  error.surface = surface;
  error.message = std::move(message);
  error.where = {{std::move(at), std::move(label)}};
  error.fix = std::move(fix);
  return error;
}

// Parsing and freeing tables recurse, and the parser bounds only brackets, not dotted keys. This
// follows just as much of the grammar as is needed to tell brackets and dots from text, and agrees
// with the parser up to the first error, where the parser stops.
class DepthScan {
 public:
  explicit DepthScan(std::string_view text) : text_(text) {}

  /// The first place that nests deeper than allowed.
  std::optional<std::pair<int, int>> TooDeep() {
    int brackets = 0;
    int dots = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      switch (c) {
        case '#':
          while (at_ < text_.size() && text_[at_] != '\n') ++at_;
          continue;
        case '"':
        case '\'':
          SkipString(c);
          continue;
        case '[':
        case '{':
          dots = 0;
          if (++brackets > kMaxTomlDepth) return Here();
          break;
        case ']':
        case '}':
          dots = 0;
          if (brackets > 0) --brackets;
          break;
        case '.':
          if (++dots >= kMaxTomlDepth) return Here();
          break;
        case '=':
        case ',':
          dots = 0;
          break;
        case '\n':
          dots = 0;
          ++line_;
          line_begin_ = at_ + 1;
          break;
        default:
          break;
      }
      ++at_;
    }
    return std::nullopt;
  }

 private:
  std::pair<int, int> Here() const { return {line_, static_cast<int>(at_ - line_begin_) + 1}; }

  void SkipString(char quote) {
    const std::string three(3, quote);
    const bool long_form = text_.substr(at_, 3) == three;
    at_ += long_form ? 3 : 1;
    while (at_ < text_.size()) {
      if (text_[at_] == '\n') {
        if (!long_form) return;
        ++line_;
        line_begin_ = at_ + 1;
      } else if (text_[at_] == '\\' && quote == '"') {
        // The escaped character cannot end the string; a line feed still ends the line.
        if (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
      } else if (text_[at_] == quote) {
        if (!long_form) {
          ++at_;
          return;
        }
        if (text_.substr(at_, 3) == three) {
          at_ += 3;
          // Up to two more quotes belong to the text.
          for (int extra = 0; extra < 2 && at_ < text_.size() && text_[at_] == quote; ++extra) {
            ++at_;
          }
          return;
        }
      }
      ++at_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  int line_ = 1;
};

class Flattener {
 public:
  Flattener(TomlDocument& document, Diagnostics& errors, Surface surface)
      : document_(document), errors_(errors), surface_(surface) {}

  void Table(const toml::table& table, const std::string& prefix) {
    for (auto&& [key, node] : table) {
      const std::string full = JoinKey(prefix, key.str());
      SourceLocation at = Location(key.source().begin);
      if (at.line == 0) at = Location(node.source().begin);
      if (const toml::table* inner = node.as_table()) {
        if (inner->empty()) {
          document_.empty_tables.push_back({full, std::move(at)});
        } else {
          Table(*inner, full);
        }
      } else {
        Value(node, full, std::move(at));
      }
    }
  }

 private:
  SourceLocation Location(const toml::source_position& position) const {
    return {document_.file, static_cast<int>(position.line), static_cast<int>(position.column)};
  }

  void Refuse(const std::string& key, SourceLocation at, std::string what, std::string fix) {
    Diagnostic error =
        Error("BASE0003", surface_, std::move(at),
              fmt::format("'{}' holds {}, which no key takes", key, what), what, std::move(fix));
    error.fields = {key};
    error.valid = {"integer",          "number",          "boolean", "string",
                   "list of integers", "list of strings", "table"};
    errors_.push_back(std::move(error));
  }

  void Value(const toml::node& node, const std::string& key, SourceLocation at) {
    switch (node.type()) {
      case toml::node_type::string:
        return Keep(key, **node.as_string(), std::move(at));
      case toml::node_type::integer:
        return Keep(key, std::int64_t{**node.as_integer()}, std::move(at));
      case toml::node_type::floating_point:
        return Keep(key, double{**node.as_floating_point()}, std::move(at));
      case toml::node_type::boolean:
        return Keep(key, bool{**node.as_boolean()}, std::move(at));
      case toml::node_type::array:
        return Array(*node.as_array(), key, std::move(at));
      default:
        return Refuse(key, std::move(at), "a date or time", "write it in quotes");
    }
  }

  void Array(const toml::array& array, const std::string& key, SourceLocation at) {
    if (array.empty()) return Keep(key, std::vector<std::string>{}, std::move(at));
    if (array.is_homogeneous(toml::node_type::integer)) {
      std::vector<std::int64_t> values;
      for (const toml::node& element : array) values.push_back(**element.as_integer());
      return Keep(key, std::move(values), std::move(at));
    }
    if (array.is_homogeneous(toml::node_type::string)) {
      std::vector<std::string> values;
      for (const toml::node& element : array) values.push_back(**element.as_string());
      return Keep(key, std::move(values), std::move(at));
    }
    if (array.is_homogeneous(toml::node_type::table)) {
      return Refuse(key, std::move(at), "an array of tables",
                    fmt::format("write one table, [{}]", key));
    }
    Refuse(key, std::move(at),
           array.is_homogeneous() ? "a list of neither integers nor strings"
                                  : "a list of elements of different types",
           "write all elements as integers or all as strings");
  }

  template <class T>
  void Keep(const std::string& key, T value, SourceLocation at) {
    document_.entries.push_back({key, FieldValue(std::move(value)), std::move(at)});
  }

  TomlDocument& document_;
  Diagnostics& errors_;
  Surface surface_;
};

}  // namespace

Expected<TomlDocument> ParseToml(std::string_view text, std::string file, Surface surface) {
  if (text.size() > kMaxTomlBytes) {
    return Error("BASE0001", surface, {file, 0, 0},
                 fmt::format("'{}' is larger than {}", file, HumanBytes(kMaxTomlBytes)),
                 fmt::format("{} bytes", text.size()),
                 fmt::format("give a TOML file of at most {} bytes", kMaxTomlBytes));
  }
  if (const auto place = DepthScan(text).TooDeep()) {
    return Error("BASE0002", surface, {file, place->first, place->second},
                 fmt::format("'{}' nests deeper than {} levels", file, kMaxTomlDepth),
                 "nested too deeply here", "no key of ours lies deeper than a few tables");
  }
  TomlDocument document;
  document.file = std::move(file);
  toml::parse_result result = toml::parse(text, document.file);
  if (!result) {
    const toml::parse_error& error = result.error();
    const toml::source_position begin = error.source().begin;
    return Error(
        "BASE0002", surface,
        {document.file, static_cast<int>(begin.line), static_cast<int>(begin.column)},
        fmt::format("'{}' is not TOML: {}", document.file, std::string(error.description())),
        "here", "write it as TOML 1.0 has it (https://toml.io)");
  }
  Diagnostics errors;
  Flattener(document, errors, surface).Table(result.table(), "");
  const auto earlier = [](const SourceLocation& a, const SourceLocation& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  };
  // The parser keeps tables sorted by key; people read files from the top.
  std::stable_sort(document.entries.begin(), document.entries.end(),
                   [&](const auto& a, const auto& b) { return earlier(a.at, b.at); });
  std::stable_sort(document.empty_tables.begin(), document.empty_tables.end(),
                   [&](const auto& a, const auto& b) { return earlier(a.at, b.at); });
  if (!errors.empty()) {
    std::stable_sort(errors.begin(), errors.end(), [&](const auto& a, const auto& b) {
      return earlier(a.where[0].at, b.where[0].at);
    });
    return errors;
  }
  return document;
}

Expected<TomlDocument> ReadToml(const std::filesystem::path& path, Surface surface) {
  Expected<std::string> text = ReadFile(path, surface, kMaxTomlBytes);
  if (!text) return text.errors();
  return ParseToml(*text, path.string(), surface);
}

}  // namespace nam56r::base
