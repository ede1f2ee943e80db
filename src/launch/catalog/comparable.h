#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "src/contract/reader.h"

/// When two runs may be held against each other.
///
/// In loss: when their contracts describe the same training, that is the same function, the same
/// data in the same order and the same updates. They may differ in how it is carried out: layout,
/// kernels, precision, overlap, graphs; finding out what those do to the loss is what runs are
/// compared for.
///
/// In speed: when a token costs both the same model FLOPs, and as many processors of the same kind
/// do the work.
namespace nam56r::launch::catalog {

/// What a field of recipe or policy means for comparing.
struct Relevance {
  std::string_view prefix;  ///< of a field: "policy.batch.", "policy.optimizer.seed"
  bool loss = false;        ///< runs that differ here are not comparable in loss
  bool speed = false;
  std::string_view why;  ///< one clause: why it counts, or why it does not
  /// The field is read only where |read_with| has the value |read_value|.
  std::string_view read_with = {};
  std::string_view read_value = {};
};

/// The longest prefix decides; every field of both schemas has one.
std::span<const Relevance> Relevances();
/// Null where none fits, which no field of the schemas is.
const Relevance* RelevanceOf(std::string_view field);

/// What a run is known by when it is compared.
struct Comparables {
  nlohmann::json loss;   ///< field to value, of the fields that count
  nlohmann::json speed;  ///< likewise, and "host.gpu", "host.processors"
};

/// |host| is the receipt's host.json.
Comparables ComparablesOf(const contract::ReadContract& contract, const nlohmann::json& host);

/// Equal for runs that are comparable, and for no others: 16 hexadecimal digits.
std::string KeyOf(const nlohmann::json& comparables);

/// One reason why not.
struct Obstacle {
  std::string field;
  nlohmann::json a;
  nlohmann::json b;
  std::string why;
};
/// Empty: comparable.
std::vector<Obstacle> Obstacles(const nlohmann::json& a, const nlohmann::json& b);

}  // namespace nam56r::launch::catalog
