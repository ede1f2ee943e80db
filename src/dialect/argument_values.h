#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/dialect/release.h"

/// What an argument's type makes of a word: Python's int() and float(), enumerations by the names
/// of their members, lists of layers written as a sum of lists.
namespace nam56r::dialect {

/// int(): surrounding blanks, a sign, digits with single underscores between them. Beyond 64 bits
/// it stops at the nearest number that fits. Digits of other scripts are not taken.
std::optional<std::int64_t> PythonInt(std::string_view text);

/// float(): the same around a decimal number with or without exponent, "inf", "infinity" and "nan".
std::optional<double> PythonFloat(std::string_view text);

/// "([0]*3+[1]*1)*2" -> [0,0,0,1,0,0,0,1]: lists, tuples (as lists), whole numbers, + * ** and
/// parentheses, which is all that arguments.py:_eval_pattern lets pass. Nothing if Python would not
/// evaluate it, or not to a list or a number, or to more than 2^16 elements.
std::optional<nlohmann::json> EvaluatePattern(std::string_view text);

/// What the parser stores for |word|. Nothing: it is not of the type.
std::optional<nlohmann::json> Converted(const Argument& argument, std::string_view word);

/// Whether |value|, as Converted() made it, is among the choices.
bool IsChosen(const Argument& argument, const nlohmann::json& value);

/// The words that Converted() and IsChosen() take: choices, members of an enumeration. Empty: they
/// cannot be listed.
std::vector<std::string> TakenWords(const Argument& argument);

/// The parser's default.
nlohmann::json DefaultValue(const Argument& argument);

}  // namespace nam56r::dialect
