#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/dialect/release.h"

namespace nam56r::dialect {

/// One reason for which a release's parser (argparse of Python 3.12, abbreviations off) ends the
/// program.
struct ParseProblem {
  enum class Kind {
    kUnknownFlag,      ///< and the words behind it, which no argument takes
    kMissingValue,     ///< "expected one argument", "expected at least one argument"
    kWrongCount,       ///< "expected 3 arguments"
    kUnexpectedValue,  ///< "--bf16=1"
    kWrongType,        ///< "invalid int value", or no member of an enumeration
    kNotAChoice,
    kStrayWord,  ///< behind what takes no more values
    kHelp,       ///< -h prints the help and ends the program
  };
  Kind kind;
  std::size_t word;                    ///< index in the command line of what is wrong
  std::string flag = {};               ///< as it was written; empty for a stray word
  const Argument* argument = nullptr;  ///< that the flag belongs to
  std::string value = {};              ///< the word itself
};

/// "--lr takes 1 value", "'x' is not of type int", ... without the flag or the release.
std::string Says(const ParseProblem& problem);

/// What would be right: the choices, or the nearest flag. May be empty.
std::vector<std::string> ValidFor(const Release& release, const ParseProblem& problem);

/// The spelling of |release| that |flag| most likely means; empty: none is near.
std::string NearestFlag(const Release& release, std::string_view flag);

}  // namespace nam56r::dialect
