#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <variant>
#include <vector>

namespace nam56r::base {

/// Every type that a field of a recipe, a policy or a host can have.
using FieldValue = std::variant<std::int64_t, double, bool, std::string, std::vector<std::int64_t>,
                                std::vector<std::string>, std::map<std::string, std::string>>;

/// What a person calls the alternative of |value|: "integer", "list of strings", ...
std::string_view TypeName(const FieldValue& value);

/// As TOML would spell it; for messages.
std::string ToString(const FieldValue& value);

nlohmann::json ToJson(const FieldValue& value);

}  // namespace nam56r::base
