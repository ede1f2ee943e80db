#include "src/contract/owners.h"

#include <fmt/format.h>

#include <map>

#include "src/dialect/fields.h"

namespace nam56r::contract {
namespace {

struct Claim {
  std::string owner;  ///< "recipe moe.num_experts", "policy optimizer.lr", "launch"
  base::SourceLocation at;
};

class Owners {
 public:
  void Add(const std::string& name, std::string_view what, Claim claim) {
    auto [it, added] = claims_.try_emplace(name, claim);
    if (added) return;
    base::Diagnostic error;
    error.code = "CONTRACT0005";
    error.surface = base::Surface::kPolicy;
    error.message = fmt::format("the {} {} has two owners: {} and {}", what, name, it->second.owner,
                                claim.owner);
    error.where = {{it->second.at, it->second.owner}, {claim.at, claim.owner}};
    error.fields = {it->second.owner, claim.owner};
    error.fix = "leave it to one of the two";
    errors_.push_back(std::move(error));
  }
  base::Diagnostics Take() { return std::move(errors_); }

 private:
  std::map<std::string, Claim> claims_;
  base::Diagnostics errors_;
};

}  // namespace

base::Diagnostics CheckOwners(const dialect::Context& context, const dialect::Lowered& lowered) {
  Owners owners;
  for (const dialect::NativeArg& arg : lowered.args) owners.Add(arg.flag, "flag", {arg.from, {}});
  for (const dialect::PolicyField& field : lowered.fields) {
    const std::string owner = "policy " + field.key;
    const base::SourceLocation at = dialect::At(context, "policy." + field.key);
    for (const std::string& word : field.argv) {
      if (word.starts_with("--")) owners.Add(word, "flag", {owner, at});
    }
    for (const auto& [name, value] : field.environment) {
      owners.Add(name, "environment variable",
                 {owner, dialect::At(context, "policy." + field.key + "." + name)});
    }
  }
  for (const dialect::Unresolved& unresolved : lowered.unresolved) {
    owners.Add(unresolved.name, unresolved.name.starts_with("--") ? "flag" : "variable",
               {unresolved.bound_by, {}});
  }
  return owners.Take();
}

}  // namespace nam56r::contract
