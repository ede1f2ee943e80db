#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "src/policy/environment.h"

/// Values of variables as their readers take them. For this room's checks alone.
namespace nam56r::policy::internal {

/// The whole number that |text| is and nothing else: no blanks, no plus sign.
std::optional<std::int64_t> WholeNumber(std::string_view text);

/// Whether |known|'s reader compares without regard to case, as NCCL does.
bool FoldsCase(const EnvironmentVariable& known);

/// |value| as |name|'s reader compares it.
std::string Folded(std::string_view name, std::string_view value);

/// 'environment.NAME = "value"'; of a name or a value that is a secret the value is withheld.
std::string Setting(std::string_view field, std::string_view value);

}  // namespace nam56r::policy::internal
