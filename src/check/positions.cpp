#include "src/check/positions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <tuple>

#include "src/base/utf8.h"

namespace nam56r::check {
namespace {

base::Diagnostic Wrong(base::SourceLocation at, std::string message, std::string fix) {
  base::Diagnostic error;
  error.code = "CHECK0002";
  error.surface = base::Surface::kPolicy;
  error.message = std::move(message);
  error.where = {{std::move(at), "here"}};
  error.fix = std::move(fix);
  return error;
}

/// A text, and the line and column of the character that is next.
class Cursor {
 public:
  Cursor(std::string_view text, const std::string& file) : text_(text), at_{file, 1, 1} {}

  bool AtEnd() const { return next_ == text_.size(); }
  char Peek(std::size_t ahead = 0) const {
    return next_ + ahead < text_.size() ? text_[next_ + ahead] : '\0';
  }
  char Take() {
    const char c = text_[next_++];
    if (c == '\n') {
      ++at_.line;
      at_.column = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++at_.column;  // not inside a code point
    }
    return c;
  }
  const base::SourceLocation& at() const { return at_; }

 private:
  std::string_view text_;
  std::size_t next_ = 0;
  base::SourceLocation at_;
};

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool Expands(const Cursor& cursor) {
  const char after = cursor.Peek(1);
  return cursor.Peek() == '$' &&
         (std::isalnum(static_cast<unsigned char>(after)) != 0 ||
          std::string_view("_{(@*#?$!").find(after) != std::string::npos) &&
         after != '\0';
}

class ShellWords {
 public:
  ShellWords(std::string_view text, const std::string& file) : cursor_(text, file) {}

  base::Expected<ArgvFile> Read() {
    while (true) {
      SkipToWord();
      if (cursor_.AtEnd()) break;
      if (found_.argv.size() == kMostArgvWords) {
        return Wrong(cursor_.at(), fmt::format("more than {} words", kMostArgvWords),
                     "split the file: a command line is shorter");
      }
      found_.at.push_back(cursor_.at());
      if (auto word = Word()) {
        found_.argv.push_back(std::move(*word));
      } else {
        return word.errors();
      }
    }
    return std::move(found_);
  }

 private:
  void SkipToWord() {
    while (!cursor_.AtEnd()) {
      if (IsBlank(cursor_.Peek())) {
        cursor_.Take();
      } else if (JoinsLines()) {
        SkipJoint();
      } else if (cursor_.Peek() == '#') {
        while (!cursor_.AtEnd() && cursor_.Peek() != '\n') cursor_.Take();
      } else {
        return;
      }
    }
  }

  // A backslash at the end of a line; those of files from elsewhere end in "\r\n".
  bool JoinsLines() const {
    return cursor_.Peek() == '\\' &&
           (cursor_.Peek(1) == '\n' || (cursor_.Peek(1) == '\r' && cursor_.Peek(2) == '\n'));
  }
  void SkipJoint() {
    while (cursor_.Take() != '\n') {
    }
  }

  base::Expected<std::string> Word() {
    std::string word;
    while (!cursor_.AtEnd() && !IsBlank(cursor_.Peek())) {
      const char c = cursor_.Peek();
      if (JoinsLines()) {
        SkipJoint();
      } else if (c == '\'' || c == '"') {
        if (auto quoted = Quoted(word); !quoted) return quoted.errors();
      } else if (c == '\\') {
        const base::SourceLocation at = cursor_.at();
        cursor_.Take();
        if (cursor_.AtEnd()) {
          return Wrong(at, "a backslash with nothing behind it", "remove it");
        }
        word += cursor_.Take();
      } else if (Expands(cursor_)) {
        return Variable();
      } else {
        word += cursor_.Take();
      }
    }
    return word;
  }

  base::Status Quoted(std::string& word) {
    const base::SourceLocation open = cursor_.at();
    const char quote = cursor_.Take();
    while (!cursor_.AtEnd() && cursor_.Peek() != quote) {
      if (quote == '"' && JoinsLines()) {
        SkipJoint();
        continue;
      }
      if (quote == '"' && Expands(cursor_)) return Variable();
      const bool escape = quote == '"' && cursor_.Peek() == '\\' &&
                          std::string_view("\"\\$`").find(cursor_.Peek(1)) != std::string::npos;
      if (escape) cursor_.Take();
      word += cursor_.Take();
    }
    if (cursor_.AtEnd()) {
      return Wrong(open, fmt::format("a quote ({}) is never closed", quote),
                   fmt::format("close it with {}", quote));
    }
    cursor_.Take();
    return base::Ok{};
  }

  base::Diagnostic Variable() const {
    return Wrong(cursor_.at(), "variables are not expanded in a file of words",
                 "write the value, quote it '...' if the '$' is meant, or read the script with "
                 "nam56r import");
  }

  Cursor cursor_;
  ArgvFile found_;
};

base::Expected<ArgvFile> JsonWords(std::string_view text, const std::string& file) {
  ArgvFile found;
  const auto wrong = [&](std::string what) {
    return Wrong({file, 1, 0}, std::move(what), "write a JSON array of texts: [\"--bf16\", ...]");
  };
  const nlohmann::json list = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (list.is_discarded()) return wrong("it begins as a JSON array and is none");
  if (list.size() > kMostArgvWords) return wrong(fmt::format("more than {} words", kMostArgvWords));
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (!list[i].is_string()) {
      return wrong(fmt::format("element {} of the array is not a text", i + 1));
    }
    found.argv.push_back(list[i].get<std::string>());
    if (found.argv.back().find('\0') != std::string::npos) {
      return wrong(fmt::format("element {} has a zero byte, which no word can have", i + 1));
    }
  }
  // A flat array of texts: each begins at a quote that is not within one.
  for (Cursor cursor(text, file); !cursor.AtEnd();) {
    if (cursor.Peek() != '"') {
      cursor.Take();
      continue;
    }
    found.at.push_back(cursor.at());
    for (cursor.Take(); cursor.Peek() != '"'; cursor.Take()) {
      if (cursor.Peek() == '\\') cursor.Take();
    }
    cursor.Take();
  }
  return found;
}

}  // namespace

base::Expected<ArgvFile> ParseArgv(std::string_view text, const std::string& file) {
  if (text.size() > kMostArgvBytes) {
    return Wrong({file, 0, 0}, "the file is larger than 1 MiB", "a command line is shorter");
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    return Wrong({file, 0, 0}, "the file holds a NUL byte, which no word of a command line can",
                 "name a file of words");
  }
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos && text[first] == '[') return JsonWords(text, file);
  return ShellWords(text, file).Read();
}

void Locate(const ArgvFile& file, Result& result) {
  for (Finding& finding : result.findings) {
    for (base::SourceNote& note : finding.diagnostic.where) {
      if (note.at.file != dialect::kArgv || note.at.line < 1) continue;
      const auto word = static_cast<std::size_t>(note.at.line - 1);
      note.at = word < file.at.size() ? file.at[word] : base::SourceLocation{};
    }
  }
}

void Order(Result& result) {
  const auto rank = [](const Finding& finding) {
    return std::tuple(finding.waived.has_value(), finding.diagnostic.severity, finding.stage);
  };
  std::stable_sort(result.findings.begin(), result.findings.end(),
                   [&](const Finding& a, const Finding& b) { return rank(a) < rank(b); });
}

}  // namespace nam56r::check
