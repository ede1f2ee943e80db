#include <fmt/format.h>

#include "src/contract/contract.h"

namespace nam56r::contract {

base::Status Verify(const ReadContract& contract, const std::string& today) {
  base::Loaded<recipe::Recipe> recipe;
  recipe.value = contract.recipe;
  base::Loaded<policy::Policy> policy;
  policy.value = contract.policy;
  auto compiled = Compile(recipe, policy, {contract.dialect, today});
  if (!compiled) return compiled.errors();
  const std::string digest = ToJson(*compiled).at("digest");
  if (digest == contract.digest) return base::Ok{};
  return AnotherContract(contract, digest);
}

base::Diagnostic AnotherContract(const ReadContract& contract, const std::string& digest) {
  base::Diagnostic error;
  error.code = "CONTRACT0006";
  error.surface = base::Surface::kPolicy;
  error.message = fmt::format(
      "this version compiles the contract's recipe and policy to {}, and the contract is {}: it "
      "was written by another version, or changed",
      digest, contract.digest);
  error.fields = {"digest"};
  error.fix = "compile the contract again from its recipe and policy";
  return error;
}

}  // namespace nam56r::contract
