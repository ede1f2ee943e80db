#include "src/dialect/parse_problem.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/base/nearest_name.h"
#include "src/dialect/argument_values.h"
#include "src/dialect/effective_args.h"

namespace nam56r::dialect {
namespace {

using Kind = ParseProblem::Kind;

// Longer ones are no slips of the finger, and comparing them with every flag would take its time.
constexpr std::size_t kLongestSlip = 96;

std::string Takes(const Argument& argument) {
  if (argument.action != Action::kStore) return "no value";
  if (argument.nargs.empty()) return "one value";
  if (argument.nargs == "+") return "at least one value";
  if (argument.nargs == "*") return "any number of values";
  if (argument.nargs == "?") return "at most one value";
  return fmt::format("{} values", argument.nargs);
}

// What the parser calls a type, in words.
std::string TypeOf(const Argument& argument) {
  const std::vector<std::string> words = TakenWords(argument);
  if (!words.empty()) return fmt::format("among {}", fmt::join(words, ", "));
  if (argument.type.ends_with("_freq_type")) return "a whole number or a list such as [0]*1+[1]*15";
  if (argument.type == "tuple_type") return "whole numbers separated by commas";
  return fmt::format("of type {}", argument.type);
}

}  // namespace

std::string Says(const ParseProblem& problem) {
  switch (problem.kind) {
    case Kind::kUnknownFlag:
      return fmt::format("has no {}", problem.flag);
    case Kind::kMissingValue:
    case Kind::kWrongCount:
      return fmt::format("{} takes {}", problem.flag, Takes(*problem.argument));
    case Kind::kUnexpectedValue:
      return fmt::format("{} takes no value, not '{}'", problem.flag, problem.value);
    case Kind::kWrongType:
      return fmt::format("{}: '{}' is not {}", problem.flag, problem.value,
                         TypeOf(*problem.argument));
    case Kind::kNotAChoice:
      return fmt::format("{}: '{}' is not among {}", problem.flag, problem.value,
                         fmt::join(problem.argument->choices, ", "));
    case Kind::kStrayWord:
      return fmt::format("takes '{}' for no argument's value", problem.value);
    case Kind::kHelp:
      return fmt::format("prints its help at {} and ends", problem.flag);
  }
  return {};
}

std::string NearestFlag(const Release& release, std::string_view flag) {
  flag = flag.substr(0, flag.find('='));
  if (flag.size() > kLongestSlip) return {};
  const std::vector<std::string>& spellings = SurfaceIndex::Of(release).Spellings();
  // An abbreviation, which other parsers would have taken.
  const auto abbreviated = [&](const std::string& spelling) {
    return flag.size() > 3 && spelling.starts_with(flag);
  };
  if (std::count_if(spellings.begin(), spellings.end(), abbreviated) == 1) {
    return *std::find_if(spellings.begin(), spellings.end(), abbreviated);
  }
  return base::NearestName(flag, spellings).value_or("");
}

std::vector<std::string> ValidFor(const Release& release, const ParseProblem& problem) {
  switch (problem.kind) {
    case Kind::kUnknownFlag: {
      std::string nearest = NearestFlag(release, problem.flag);
      if (nearest.empty()) return {};
      return {std::move(nearest)};
    }
    case Kind::kWrongType:
    case Kind::kNotAChoice:
    case Kind::kMissingValue:
      return TakenWords(*problem.argument);
    default:
      return {};
  }
}

std::vector<std::string> Violations(const Release& release, std::span<const std::string> argv) {
  std::vector<std::string> violations;
  const EffectiveArgs args(release, argv);
  for (const ParseProblem& problem : args.problems()) {
    violations.push_back(fmt::format("{} {}", release.dialect, Says(problem)));
  }
  return violations;
}

std::vector<std::string> Violations(const Release& release, std::string_view flag,
                                    std::span<const std::string> values) {
  std::vector<std::string> argv = {std::string(flag)};
  argv.insert(argv.end(), values.begin(), values.end());
  return Violations(release, argv);
}

}  // namespace nam56r::dialect
