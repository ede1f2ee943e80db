#include "src/cli/inputs.h"

#include <nlohmann/json.hpp>

#include "src/launch/utc_time.h"

namespace nam56r::cli {

base::Expected<contract::Contract> CompileFiles(const std::string& recipe_file,
                                                const std::string& policy_file,
                                                const std::string& dialect) {
  auto recipe = recipe::Load(recipe_file);
  auto policy = policy::Load(policy_file);
  base::Diagnostics errors;
  if (!recipe) errors = recipe.errors();
  if (!policy) errors.insert(errors.end(), policy.errors().begin(), policy.errors().end());
  if (!errors.empty()) return errors;
  return contract::Compile(*recipe, *policy, {.dialect = dialect, .today = Today()});
}

std::string Today() {
  constexpr std::size_t kDate = 10;
  return launch::UtcText(launch::UnixNow()).substr(0, kDate);
}

std::string ContractBytes(const contract::Contract& contract) {
  return contract::ToJson(contract).dump(2) + "\n";
}

}  // namespace nam56r::cli
