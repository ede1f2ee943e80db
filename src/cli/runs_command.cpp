#include <filesystem>
#include <nlohmann/json.hpp>

#include "src/cli/commands.h"
#include "src/launch/receipt.h"
#include "src/report/run_text.h"

namespace nam56r::cli {
namespace {

nlohmann::json ToJson(const launch::Receipt& receipt) {
  return {{"run", receipt.id},
          {"directory", receipt.directory.string()},
          {"name", receipt.name},
          {"digest", receipt.digest},
          {"dialect", receipt.dialect},
          {"world_size", receipt.world_size},
          {"state", launch::ReceiptStateName(receipt.state)},
          {"started", receipt.started},
          {"outcome", receipt.outcome}};
}

}  // namespace

int RunRuns(const RunsArguments& arguments, const Terminal& terminal) {
  if (arguments.action == RunsArguments::Action::kShow) {
    std::filesystem::path directory = arguments.run;
    if (!std::filesystem::exists(directory))
      directory = std::filesystem::path(arguments.runs) / arguments.run;
    auto receipt = launch::ReadReceipt(directory);
    if (!receipt) return Refuse(receipt.errors(), terminal);
    if (terminal.format == Format::kJson) {
      terminal.out << ToJson(*receipt).dump(2) << '\n';
    } else {
      terminal.out << report::ReceiptText(*receipt);
    }
    return kDone;
  }
  auto list = launch::ListReceipts(arguments.runs);
  if (!list) return Refuse(list.errors(), terminal);
  Warn(list->unreadable, terminal);
  if (terminal.format == Format::kJson) {
    nlohmann::json runs = nlohmann::json::array();
    for (const launch::Receipt& receipt : list->receipts) runs.push_back(ToJson(receipt));
    terminal.out << runs.dump(2) << '\n';
  } else {
    terminal.out << report::ReceiptsText(list->receipts);
  }
  return kDone;
}

}  // namespace nam56r::cli
