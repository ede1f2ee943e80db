// libFuzzer: any bytes, as a contract (sealed anew, so that what lies behind the digest is
// reached), and split at the first NUL into a recipe and a policy, through loading, compiling,
// checking, writing and reading back. Refusals are fine; exceptions, and contracts that do not read
// back, are not.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "src/base/canonical_json.h"
#include "src/check/contract_check.h"
#include "src/check/json.h"
#include "src/check/sarif.h"
#include "src/contract/contract.h"
#include "src/contract/reader.h"

namespace {

constexpr const char* kToday = "2026-08-01";

void CheckAnyway(std::string_view bytes) {
  using namespace nam56r;
  constexpr std::size_t kMost = 1 << 20;
  if (bytes.size() > kMost) return;
  nlohmann::json document = nlohmann::json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  if (!document.is_object()) return;
  try {
    document["digest"] = contract::DigestOf(document);
  } catch (const std::exception&) {
    return;  // numbers that have no canonical form are refused by the reader
  }
  const std::string text = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  auto contract = contract::Parse(text, "fuzz.json");
  if (!contract) return;
  const check::CheckedLaunch checked = check::CheckContract(*contract, kToday);
  (void)check::ToJson(checked.result).dump();
  (void)check::ToSarif(checked.result, {"0", checked.dialect}).dump();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nam56r;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = bytes.find('\0');
  const std::string_view recipe_text = bytes.substr(0, cut);
  const std::string_view policy_text =
      cut == std::string_view::npos ? std::string_view() : bytes.substr(cut + 1);
  (void)contract::Parse(bytes, "fuzz.json");
  CheckAnyway(bytes);

  auto recipe_toml = base::ParseToml(recipe_text, "recipe.toml", base::Surface::kPlan);
  auto policy_toml = base::ParseToml(policy_text, "policy.toml", base::Surface::kPolicy);
  if (!recipe_toml || !policy_toml) return 0;
  auto recipe = recipe::FromToml(*recipe_toml);
  auto policy = policy::FromToml(*policy_toml);
  if (!recipe || !policy) return 0;
  (void)check::ToJson(check::CheckLaunch(*recipe, *policy, "", kToday).result).dump();
  auto compiled = contract::Compile(*recipe, *policy, {});
  if (!compiled) return 0;
  const std::string text = base::CanonicalJson(contract::ToJson(*compiled));
  if (!contract::Parse(text, "fuzz.json")) std::abort();
  return 0;
}
