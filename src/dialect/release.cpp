#include "src/dialect/release.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace nam56r::dialect {

extern const Release kMegatron019;  // generated from data/megatron-0.19.json

namespace {

// Python's int() and float() also take "_", blanks and names of infinity; none is ever emitted.
bool IsInteger(std::string_view text) {
  long long value = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

bool IsNumber(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stop == end;
}

bool CountFits(const Argument& argument, std::size_t count) {
  if (argument.action != Action::kStore) return count == 0;
  if (argument.nargs.empty()) return count == 1;
  if (argument.nargs == "+") return count >= 1;
  if (argument.nargs == "*") return true;
  if (argument.nargs == "?") return count <= 1;
  return fmt::format("{}", count) == argument.nargs;
}

bool TypeFits(const Argument& argument, std::string_view value) {
  if (argument.type == "int") return IsInteger(value);
  if (argument.type == "float") return IsNumber(value);
  return true;
}

bool IsChoice(const Argument& argument, std::string_view value) {
  if (argument.choices.empty()) return true;
  return std::any_of(argument.choices.begin(), argument.choices.end(), [&](std::string_view c) {
    // An enumeration shows its members as "AttnBackend.flash" and takes "flash".
    if (argument.type == "enum_type_handler") c.remove_prefix(c.find('.') + 1);
    return c == value;
  });
}

}  // namespace

const Argument* Release::FindFlag(std::string_view flag) const {
  for (const Argument& argument : arguments) {
    if (std::find(argument.flags.begin(), argument.flags.end(), flag) != argument.flags.end()) {
      return &argument;
    }
  }
  return nullptr;
}

const Argument* Release::FindDest(std::string_view dest) const {
  auto it = std::find_if(arguments.begin(), arguments.end(),
                         [&](const Argument& argument) { return argument.dest == dest; });
  return it == arguments.end() ? nullptr : &*it;
}

std::vector<std::string> DialectNames() { return {"native", std::string(kMegatron019.dialect)}; }

const Release* FindRelease(std::string_view dialect) {
  const std::array releases = {&kMegatron019};
  for (const Release* release : releases) {
    if (release->dialect == dialect) return release;
  }
  return nullptr;
}

std::vector<std::string> Violations(const Release& release, std::string_view flag,
                                    std::span<const std::string> values) {
  const Argument* argument = release.FindFlag(flag);
  if (argument == nullptr) return {fmt::format("{} has no {}", release.dialect, flag)};
  std::vector<std::string> violations;
  if (!CountFits(*argument, values.size())) {
    violations.push_back(fmt::format("{} {} takes {} values, not {}", release.dialect, flag,
                                     argument->action != Action::kStore ? "0"
                                     : argument->nargs.empty()          ? "1"
                                                                        : argument->nargs,
                                     values.size()));
  }
  for (const std::string& value : values) {
    if (!TypeFits(*argument, value)) {
      violations.push_back(fmt::format("{} {}: '{}' is not of type {}", release.dialect, flag,
                                       value, argument->type));
    } else if (!IsChoice(*argument, value)) {
      violations.push_back(fmt::format("{} {}: '{}' is not among {}", release.dialect, flag, value,
                                       fmt::join(argument->choices, ", ")));
    }
  }
  return violations;
}

std::vector<std::string> Violations(const Release& release, std::span<const std::string> argv) {
  std::vector<std::string> violations;
  for (std::size_t i = 0; i < argv.size();) {
    std::size_t end = i + 1;
    while (end < argv.size() && !argv[end].starts_with("--")) ++end;
    auto found = Violations(release, argv[i], argv.subspan(i + 1, end - i - 1));
    violations.insert(violations.end(), found.begin(), found.end());
    i = end;
  }
  return violations;
}

}  // namespace nam56r::dialect
