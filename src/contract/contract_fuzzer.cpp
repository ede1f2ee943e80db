// libFuzzer: any bytes, split at the first NUL into a recipe and a policy, through loading,
// compiling, writing and reading back. Refusals are fine; exceptions and contracts that do not read
// back are not.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "src/base/canonical_json.h"
#include "src/contract/contract.h"
#include "src/contract/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nam56r;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = bytes.find('\0');
  const std::string_view recipe_text = bytes.substr(0, cut);
  const std::string_view policy_text =
      cut == std::string_view::npos ? std::string_view() : bytes.substr(cut + 1);
  (void)contract::Parse(bytes, "fuzz.json");

  auto recipe_toml = base::ParseToml(recipe_text, "recipe.toml", base::Surface::kPlan);
  auto policy_toml = base::ParseToml(policy_text, "policy.toml", base::Surface::kPolicy);
  if (!recipe_toml || !policy_toml) return 0;
  auto recipe = recipe::FromToml(*recipe_toml);
  auto policy = policy::FromToml(*policy_toml);
  if (!recipe || !policy) return 0;
  auto compiled = contract::Compile(*recipe, *policy, {});
  if (!compiled) return 0;
  const std::string text = base::CanonicalJson(contract::ToJson(*compiled));
  if (!contract::Parse(text, "fuzz.json")) std::abort();
  return 0;
}
