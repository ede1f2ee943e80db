#pragma once

#include <span>
#include <string_view>

namespace nam56r::contract {

/// What a diagnostic's code stands for. Every code that this project writes has an entry, unless it
/// is a rule's (dialect/argument_rules.h); codes_test.cpp holds the sources against both.
struct Code {
  std::string_view code;       ///< "LAYOUT0007"
  std::string_view surface;    ///< "plan", "policy", "seam", "host"; "any" where the input decides
  std::string_view raised_by;  ///< commands ("import"), or the stage: "reading a contract"
  std::string_view meaning;    ///< one sentence
  std::string_view why;        ///< why it is refused rather than put right
  std::string_view wrong;      ///< an input that raises it
  std::string_view mended;     ///< the same input put right
};

/// All of them, sorted by code.
std::span<const Code> Codes();

/// Null where there is no such code.
const Code* FindCode(std::string_view code);

namespace internal {

// By origin: reading files; the model and its layout; the policy; the contract; running it.
std::span<const Code> InputCodes();
std::span<const Code> ModelCodes();
std::span<const Code> PolicyCodes();
std::span<const Code> ContractCodes();
std::span<const Code> RunCodes();
std::span<const Code> SupervisionCodes();
std::span<const Code> ScriptCodes();
std::span<const Code> CheckCodes();
std::span<const Code> EngineCodes();
std::span<const Code> BootstrapCodes();
std::span<const Code> ProbeCodes();
std::span<const Code> CatalogCodes();
std::span<const Code> SlurmCodes();
std::span<const Code> WhyCodes();

}  // namespace internal
}  // namespace nam56r::contract
