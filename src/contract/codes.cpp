#include "src/contract/codes.h"

#include <algorithm>
#include <vector>

namespace nam56r::contract {

std::span<const Code> Codes() {
  static const std::vector<Code> codes = [] {
    std::vector<Code> all;
    for (const std::span<const Code> some :
         {internal::InputCodes(), internal::ModelCodes(), internal::PolicyCodes(),
          internal::ContractCodes(), internal::RunCodes(), internal::SupervisionCodes(),
          internal::ScriptCodes(), internal::CheckCodes(), internal::EngineCodes(),
          internal::SlurmCodes(), internal::BootstrapCodes(), internal::ProbeCodes(),
          internal::CatalogCodes(), internal::WhyCodes()}) {
      all.insert(all.end(), some.begin(), some.end());
    }
    std::sort(all.begin(), all.end(), [](const Code& a, const Code& b) { return a.code < b.code; });
    return all;
  }();
  return codes;
}

const Code* FindCode(std::string_view code) {
  const std::span<const Code> codes = Codes();
  const auto at = std::lower_bound(
      codes.begin(), codes.end(), code,
      [](const Code& entry, std::string_view wanted) { return entry.code < wanted; });
  return at != codes.end() && at->code == code ? &*at : nullptr;
}

}  // namespace nam56r::contract
