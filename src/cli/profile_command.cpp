#include <nlohmann/json.hpp>

#include "src/cli/commands.h"
#include "src/cli/targets.h"
#include "src/report/profile.h"
#include "src/report/profile_text.h"

namespace nam56r::cli {

int RunProfile(const ProfileArguments& arguments, const Terminal& terminal) {
  auto contract = ReadTarget({arguments.target, arguments.policy, arguments.dialect}, "PROFILE0001",
                             base::Surface::kPolicy, terminal);
  if (!contract) return Refuse(contract.errors(), terminal);
  const auto verified = VerifyOrWarn(*contract, terminal);
  if (!verified) return Refuse(verified.errors(), terminal);
  const report::Profile profile = report::MakeProfile(*contract);
  if (terminal.format == Format::kJson) {
    nlohmann::json json = report::ToJson(profile);
    json["verified"] = *verified;
    terminal.out << json.dump(2) << '\n';
  } else {
    terminal.out << report::ProfileText(profile, terminal.out_colour);
  }
  return kDone;
}

}  // namespace nam56r::cli
