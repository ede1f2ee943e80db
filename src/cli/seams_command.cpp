#include <nlohmann/json.hpp>

#include "src/cli/commands.h"
#include "src/cli/targets.h"
#include "src/report/seams_page.h"

namespace nam56r::cli {

int RunSeams(const SeamsArguments& arguments, const Terminal& terminal) {
  auto contract = ReadTarget({arguments.target, arguments.policy, arguments.dialect}, "SEAM0100",
                             base::Surface::kSeam, terminal);
  if (!contract) return Refuse(contract.errors(), terminal);
  if (auto verified = VerifyOrWarn(*contract, terminal); !verified) {
    return Refuse(verified.errors(), terminal);
  }
  const report::SeamsPage page = report::MakeSeamsPage(*contract);
  if (terminal.format == Format::kJson) {
    terminal.out << report::ToJson(page, arguments.all).dump(2) << '\n';
  } else {
    terminal.out << report::SeamsText(page, arguments.all);
  }
  return kDone;
}

}  // namespace nam56r::cli
