#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "src/cli/commands.h"
#include "src/launch/why/batch.h"
#include "src/launch/why/inputs.h"
#include "src/report/why_text.h"

namespace nam56r::cli {
namespace {

int RunBatch(const std::string& file, const Terminal& terminal) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file, std::ios::binary);
    if (!opened) {
      base::Diagnostic error;
      error.code = "WHY0001";
      error.surface = base::Surface::kHost;
      error.message = file + " cannot be opened";
      error.fix = "name a file of {\"id\",\"text\"} lines, or - for standard input";
      return Refuse({error}, terminal);
    }
  }
  auto counts = launch::why::ExplainBatch(file == "-" ? std::cin : opened, terminal.out);
  if (!counts) return Refuse(counts.errors(), terminal);
  return counts->unreadable > 0 ? kUnreadable : kDone;
}

}  // namespace

int RunWhy(const WhyArguments& arguments, const Terminal& terminal) {
  if (!arguments.batch.empty()) return RunBatch(arguments.batch, terminal);
  auto inputs = launch::why::CollectInputs(arguments.logs, arguments.contract);
  if (!inputs) return Refuse(inputs.errors(), terminal);
  auto answer = launch::why::Explain(inputs->logs, inputs->context());
  if (!answer) return Refuse(answer.errors(), terminal);
  if (terminal.format == Format::kJson) {
    terminal.out << launch::why::ToJson(*answer).dump(2) << '\n';
  } else {
    terminal.out << report::WhyText(*answer, terminal.out_colour);
  }
  return answer->code.empty() ? kFindings : kDone;
}

}  // namespace nam56r::cli
