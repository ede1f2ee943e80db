#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "src/base/expected.h"
#include "src/plan/plan.h"
#include "src/policy/policy.h"
#include "src/recipe/recipe.h"

namespace nam56r::contract {

inline constexpr std::string_view kFormat = "nam56r.contract/1";

/// SHA-256 over the canonical form of |document| without "digest" and "provenance": comments, key
/// order, file names and the host do not change it, anything else does.
std::string DigestOf(const nlohmann::json& document);

/// A contract as whoever executes it sees it.
struct ReadContract {
  recipe::Recipe recipe;
  policy::Policy policy;
  plan::Plan plan;
  std::string dialect;  ///< "native", "megatron@0.19"
  std::string digest;
  nlohmann::json document;
};

/// Reads and verifies: format, digest, and that the plan in the file is the plan that its recipe
/// and policy expand to. Errors: CONTRACT0001 not a contract of this format, CONTRACT0002 digest
/// does not match, CONTRACT0003 contents contradict each other.
base::Expected<ReadContract> Read(const std::filesystem::path& path);
base::Expected<ReadContract> Parse(std::string_view text, const std::string& file);

}  // namespace nam56r::contract
