#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What stands where in a contract, below its first level: whoever takes a contract apart relies on
/// it, so that a reader checks it before anything else looks.
namespace nam56r::contract {

/// The dialects that a contract may name. The reader cannot ask the room that lowers for them; a
/// test holds the two against each other.
std::span<const std::string_view> ReadableDialects();

/// What is wrong, each with its place as a JSON pointer ("/seams/3/id: not a text"); of a document
/// whose members are all there and of their types. At most a dozen.
std::vector<std::string> ShapeViolations(const nlohmann::json& document);

}  // namespace nam56r::contract
