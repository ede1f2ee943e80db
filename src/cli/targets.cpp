#include "src/cli/targets.h"

#include "src/cli/inputs.h"

namespace nam56r::cli {
namespace {

constexpr const char* kPrivateValue = "CONTRACT0004";

}  // namespace

base::Expected<contract::ReadContract> ReadTarget(const Target& target, const std::string& misuse,
                                                  base::Surface surface, const Terminal& terminal) {
  const auto usage = [&](std::string message, std::string fix) {
    base::Diagnostic error;
    error.code = misuse;
    error.surface = surface;
    error.message = std::move(message);
    error.fix = std::move(fix);
    return error;
  };
  if (!target.file.ends_with(".toml")) {
    if (!target.policy.empty() || !target.dialect.empty()) {
      return usage(target.file + " is a contract: its policy and its dialect are settled",
                   "leave --policy and --dialect out, or name the recipe");
    }
    return contract::Read(target.file);
  }
  if (target.policy.empty()) {
    return usage(target.file + " is a recipe: what would run also depends on a policy",
                 "add --policy FILE, for example --policy policies/h200x8-bf16.toml");
  }
  auto compiled = CompileFiles(target.file, target.policy, target.dialect);
  if (!compiled) return compiled.errors();
  Warn(compiled->warnings, terminal);
  return contract::Parse(ContractBytes(*compiled), target.file);
}

base::Expected<bool> VerifyOrWarn(const contract::ReadContract& contract,
                                  const Terminal& terminal) {
  const auto verified = contract::Verify(contract);
  if (verified) return true;
  base::Diagnostics notes = verified.errors();
  for (base::Diagnostic& note : notes) {
    if (note.code == kPrivateValue) return verified.errors();
    note.severity = base::Severity::kWarning;
  }
  Warn(notes, terminal);
  return false;
}

}  // namespace nam56r::cli
