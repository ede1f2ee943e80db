#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "src/policy/environment.h"

/// How the tables of environment_*_data.h are written. For environment_data.cpp alone.
namespace nam56r::policy::internal {

/// What the variables of one reader share.
struct Reader {
  std::string_view reader;
  ReadTime read = ReadTime::kBeforePython;
  std::string_view source;

  constexpr EnvironmentVariable Of(std::string_view name, std::string_view type,
                                   std::string_view default_value, std::string_view meaning) const {
    EnvironmentVariable v{};
    v.name = name;
    v.meaning = meaning;
    v.read = read;
    v.reader = reader;
    v.type = type;
    v.default_value = default_value;
    v.source = source;
    return v;
  }
  constexpr EnvironmentVariable Bool(std::string_view name, std::string_view default_value,
                                     std::string_view meaning) const {
    return Of(name, "bool", default_value, meaning);
  }
  constexpr EnvironmentVariable Int(std::string_view name, std::string_view default_value,
                                    std::string_view meaning) const {
    return Of(name, "int", default_value, meaning);
  }
  constexpr EnvironmentVariable Number(std::string_view name, std::string_view default_value,
                                       std::string_view meaning) const {
    return Of(name, "number", default_value, meaning);
  }
  constexpr EnvironmentVariable Text(std::string_view name, std::string_view default_value,
                                     std::string_view meaning) const {
    return Of(name, "text", default_value, meaning);
  }
  constexpr EnvironmentVariable Path(std::string_view name, std::string_view meaning) const {
    return Of(name, "path", "", meaning);
  }
  constexpr EnvironmentVariable Choice(std::string_view name, std::string_view choices,
                                       std::string_view default_value,
                                       std::string_view meaning) const {
    EnvironmentVariable v = Of(name, "choice", default_value, meaning);
    v.choices = choices;
    return v;
  }
  /// The same reader elsewhere in its life, or its source.
  constexpr Reader At(ReadTime time) const { return {reader, time, source}; }
  constexpr Reader From(std::string_view file) const { return {reader, read, file}; }
};

constexpr EnvironmentVariable Owned(EnvironmentVariable v, std::string_view owner) {
  v.owner = owner;
  if (owner.starts_with("recipe.")) v.surface = base::Surface::kPlan;
  if (owner == "launch" || owner == "machine") v.surface = base::Surface::kHost;
  if (owner == "seams") v.surface = base::Surface::kSeam;
  return v;
}
constexpr EnvironmentVariable Gated(EnvironmentVariable v, std::string_view architectures) {
  v.architectures = architectures;
  return v;
}
constexpr EnvironmentVariable Against(EnvironmentVariable v, std::string_view conflicts) {
  v.conflicts = conflicts;
  return v;
}
constexpr EnvironmentVariable SameAs(EnvironmentVariable v, std::string_view other) {
  v.same_as = other;
  return v;
}
/// Read by launch scripts alone; |instead| says what decides it here.
constexpr EnvironmentVariable Shell(std::string_view name, std::string_view instead,
                                    std::string_view source, std::string_view meaning) {
  EnvironmentVariable v =
      Reader{"launch scripts", ReadTime::kShell, source}.Text(name, "", meaning);
  v.instead = instead;
  return v;
}
/// Read by nothing any more; |meaning| says what it was.
constexpr EnvironmentVariable Dead(std::string_view name, std::string_view instead,
                                   std::string_view source, std::string_view meaning) {
  EnvironmentVariable v = Reader{"nothing", ReadTime::kNever, source}.Text(name, "", meaning);
  v.instead = instead;
  return v;
}

template <std::size_t... N>
constexpr auto Sorted(const EnvironmentVariable (&... groups)[N]) {
  std::array<EnvironmentVariable, (N + ...)> all{};
  std::size_t at = 0;
  (
      [&] {
        for (const EnvironmentVariable& v : groups) all[at++] = v;
      }(),
      ...);
  std::sort(all.begin(), all.end(), [](const EnvironmentVariable& a, const EnvironmentVariable& b) {
    return a.name < b.name;
  });
  return all;
}

}  // namespace nam56r::policy::internal
