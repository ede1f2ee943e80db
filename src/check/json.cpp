#include "src/check/json.h"

#include <array>
#include <charconv>
#include <cmath>

#include "src/base/secrets.h"
#include "src/base/utf8.h"

namespace nam56r::check {
namespace {

using nlohmann::json;

constexpr std::array<bool, 256> kPlain = [] {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

void AppendEscape(char c, std::string& out) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kDigits[static_cast<unsigned char>(c) >> 4U];
      out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
}

// One write for each stretch that needs no care, which is nearly always the whole.
void AppendText(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && kPlain[static_cast<unsigned char>(text[plain])]) ++plain;
    out.append(text, 0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    if (static_cast<unsigned char>(text.front()) < 0x80) {
      AppendEscape(text.front(), out);
      text.remove_prefix(1);
      continue;
    }
    const std::string_view before = text;
    if (base::TakeCodePoint(text)) {
      out.append(before, 0, before.size() - text.size());
    } else {
      out += "\xef\xbf\xbd";  // U+FFFD
      text.remove_prefix(1);
    }
  }
  out += '"';
}

void AppendWhole(std::int64_t number, std::string& out) {
  std::array<char, 24> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  out.append(digits.data(), end);
}

// JSON has no infinity and no NaN: Python's names for them, as text.
void AppendNumber(double number, std::string& out) {
  if (std::isnan(number)) return AppendText("nan", out);
  if (std::isinf(number)) return AppendText(number < 0 ? "-inf" : "inf", out);
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += text;
  if (text.find_first_of(".e") == text.npos) out += ".0";
}

void AppendValue(const json& value, std::string& out) {
  switch (value.type()) {
    case json::value_t::boolean:
      out += value.get<bool>() ? "true" : "false";
      return;
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
      return AppendWhole(value.get<std::int64_t>(), out);
    case json::value_t::number_float:
      return AppendNumber(value.get<double>(), out);
    case json::value_t::string:
      return AppendText(value.get_ref<const std::string&>(), out);
    case json::value_t::array: {
      out += '[';
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (i > 0) out += ',';
        AppendValue(value[i], out);
      }
      out += ']';
      return;
    }
    case json::value_t::object: {
      out += '{';
      bool first = true;
      for (const auto& [key, item] : value.items()) {
        if (!first) out += ',';
        first = false;
        AppendText(key, out);
        out += ':';
        AppendValue(item, out);
      }
      out += '}';
      return;
    }
    default:
      out += "null";
  }
}

// Members of one object, separated.
class Object {
 public:
  explicit Object(std::string& out) : out_(out) { out_ += '{'; }
  ~Object() { out_ += '}'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;

  std::string& Key(std::string_view key) {
    if (!first_) out_ += ',';
    first_ = false;
    out_ += '"';
    out_ += key;  // ours, and plain
    out_ += "\":";
    return out_;
  }
  void Text(std::string_view key, std::string_view value) { AppendText(value, Key(key)); }
  void Texts(std::string_view key, const std::vector<std::string>& values) {
    Key(key) += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ',';
      AppendText(values[i], out_);
    }
    out_ += ']';
  }

 private:
  std::string& out_;
  bool first_ = true;
};

template <class Items, class Append>
void AppendList(const Items& items, std::string& out, const Append& append) {
  out += '[';
  bool first = true;
  for (const auto& item : items) {
    if (!first) out += ',';
    first = false;
    append(item, out);
  }
  out += ']';
}

void AppendNote(const base::SourceNote& note, std::string& out) {
  Object object(out);
  if (!note.at.file.empty()) object.Text("file", note.at.file);
  if (note.at.line > 0) AppendWhole(note.at.line, object.Key("line"));
  if (note.at.column > 0) AppendWhole(note.at.column, object.Key("column"));
  object.Text("label", base::WithoutSecrets(note.label));
}

void AppendFinding(const Finding& finding, std::string& out) {
  const base::Diagnostic& diagnostic = finding.diagnostic;
  Object object(out);
  object.Text("code", diagnostic.code);
  object.Text("severity", base::SeverityName(diagnostic.severity));
  object.Text("stage", StageName(finding.stage));
  object.Text("surface", base::SurfaceName(diagnostic.surface));
  object.Text("message", base::WithoutSecrets(diagnostic.message));
  object.Texts("fields", diagnostic.fields);
  object.Texts("valid", diagnostic.valid);
  object.Text("fix", diagnostic.fix);
  object.Texts("notes", diagnostic.notes);
  AppendList(diagnostic.where, object.Key("where"), AppendNote);
  if (finding.waived) object.Text("waived", *finding.waived);
}

void AppendRewrite(const dialect::Rewrite& rewrite, std::string& out) {
  Object object(out);
  object.Text("dest", rewrite.dest);
  object.Text("flag", rewrite.flag);
  AppendValue(rewrite.from, object.Key("from"));
  AppendValue(rewrite.to, object.Key("to"));
  object.Key("given") += rewrite.given ? "true" : "false";
  object.Text("why", rewrite.why);
  object.Text("source", rewrite.source);
}

void AppendMembers(const Result& result, Object& object) {
  object.Text("verdict", result.refused() ? "refused" : "ok");
  AppendList(result.findings, object.Key("findings"), AppendFinding);
  AppendList(result.rewrites, object.Key("rewrites"), AppendRewrite);
}

}  // namespace

void AppendJson(const Result& result, std::string& out) {
  Object object(out);
  AppendMembers(result, object);
}

void AppendJson(const Result& result, std::string_view id, std::string& out) {
  Object object(out);
  object.Key("id") += id;
  AppendMembers(result, object);
}

json ToJson(const Result& result) {
  std::string text;
  AppendJson(result, text);
  return json::parse(text);
}

}  // namespace nam56r::check
