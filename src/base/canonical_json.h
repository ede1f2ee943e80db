#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace nam56r::base {

/// RFC 8785 (JSON Canonicalization Scheme): object keys sorted by UTF-16 code units, no white
/// space, numbers as ECMAScript writes them, strings with the shortest escapes. Integers beyond
/// 2^53 are an invariant breach (std::logic_error): I-JSON cannot carry them.
std::string CanonicalJson(const nlohmann::json& value);

}  // namespace nam56r::base
