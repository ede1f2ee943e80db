#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/check/finding.h"

/// Where the words of a command line stand in the file that holds them.
namespace nam56r::check {

inline constexpr std::size_t kMostArgvBytes = 1 << 20;
inline constexpr std::size_t kMostArgvWords = 1 << 16;

struct ArgvFile {
  std::vector<std::string> argv;
  std::vector<base::SourceLocation> at;  ///< of each word
};

/// The words of |text|: a JSON array of texts, or words between blanks as a shell cuts them, so
/// that one word a line is one way to write them. Quotes ('...', "...", a backslash) and comments
/// (# at the beginning of a word) are those of a shell, a backslash before the end of a line joins
/// the next to it. Nothing is expanded and nothing is an operator: '|' and '*' are themselves, and
/// '$' before a name, '{' or '(' outside '...' is refused rather than taken literally. Error:
/// CHECK0002, with its line.
base::Expected<ArgvFile> ParseArgv(std::string_view text, const std::string& file);

/// Gives every side that names a word (command_line.h) its place in |file|.
void Locate(const ArgvFile& file, Result& result);

/// Errors first, in the order in which a run would meet them; what is waived last.
void Order(Result& result);

}  // namespace nam56r::check
