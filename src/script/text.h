#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What every reader of this room does with text.
namespace nam56r::script {

/// The decimal number that |text| is and nothing else: no blanks, no plus sign.
std::optional<std::int64_t> Integer(std::string_view text);

/// The last part of a path, without slashes at its end.
std::string BaseName(std::string_view path);

/// |text| of a script as a message may show it: values whose name says that they are a secret
/// ("API_KEY=x", "--hub-token x"), and words that look like one, are withheld.
std::string Redacted(std::string_view text);
/// The same of one value by its name.
std::string RedactedValue(std::string_view name, std::string_view value);

}  // namespace nam56r::script
