#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nam56r::base {

/// A TOML basic string with its quotes: the escapes that TOML needs and no others.
std::string QuoteToml(std::string_view text);

/// One part of a dotted key as TOML spells it: bare where it can be, else quoted, so that
/// `"a.b" = 1` and `a.b = 1` do not become the same key.
std::string SpellKeyPart(std::string_view part);

/// |table| "." SpellKeyPart(|part|); the latter alone when |table| is empty.
std::string JoinKey(std::string_view table, std::string_view part);

/// The dot before the last part, or npos when |key| has one part. Dots in quotes do not count.
std::size_t LastDot(std::string_view key);

/// The inverse of SpellKeyPart.
std::string KeyPartText(std::string_view spelled);

}  // namespace nam56r::base
