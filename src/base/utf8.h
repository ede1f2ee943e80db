#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nam56r::base {

/// Takes the first code point off |text|. Nothing when |text| is empty or does not begin with valid
/// UTF-8 (overlong forms, surrogates and values beyond U+10FFFF are not valid); |text| is then as
/// it was.
std::optional<char32_t> TakeCodePoint(std::string_view& text);

bool IsUtf8(std::string_view text);

/// |text| with every byte that is not part of valid UTF-8 replaced by U+FFFD.
std::string WithValidUtf8(std::string_view text);

/// Makes |text| safe to print: control characters (C0 but for those in |keep|, DEL, C1), direction
/// overrides and invalid bytes become "\x1b", "\u{202e}" and the like.
std::string EscapeControls(std::string_view text, std::string_view keep = "");

/// Columns that |text| takes on a terminal, counting one for each code point or stray byte.
std::size_t CodePoints(std::string_view text);

}  // namespace nam56r::base
