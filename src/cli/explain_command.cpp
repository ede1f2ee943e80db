#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "src/cli/commands.h"
#include "src/contract/explain.h"
#include "src/launch/why/signature.h"
#include "src/report/explain_text.h"

namespace nam56r::cli {
namespace {

// A signature of failures is explained here: the room of explanations lies below that of launches.
contract::Explanation OfFailure(const launch::why::Signature& signature) {
  contract::Explanation explanation;
  explanation.kind = "failure";
  explanation.name = signature.code;
  explanation.meaning = fmt::format("{}. {}", signature.title, signature.why);
  explanation.facts = {{"surface", std::string(launch::why::ClassName(signature.cls))},
                       {"role", std::string(launch::why::RoleName(signature.role))},
                       {"confidence", fmt::format("{}", signature.confidence)},
                       {"next", std::string(signature.next)},
                       {"example", std::string(signature.matches)},
                       {"source", std::string(signature.source)}};
  if (!signature.fields.empty()) {
    explanation.facts.emplace_back(
        "fields",
        fmt::format("{}", fmt::join(signature.fields.begin(), signature.fields.end(), ", ")));
  }
  if (!signature.rule.empty()) {
    explanation.facts.emplace_back("refused by", "nam56r check, " + std::string(signature.rule));
  }
  return explanation;
}

base::Expected<std::vector<contract::Explanation>> ExplainName(const std::string& name) {
  if (const auto* signature = launch::why::FindSignature(name)) {
    return std::vector<contract::Explanation>{OfFailure(*signature)};
  }
  return contract::Explain(name);
}

}  // namespace

int RunExplain(const ExplainArguments& arguments, const Terminal& terminal) {
  auto explanations = ExplainName(arguments.name);
  if (!explanations) return Refuse(explanations.errors(), terminal);
  if (terminal.format == Format::kJson) {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& explanation : *explanations) list.push_back(contract::ToJson(explanation));
    terminal.out << nlohmann::json{{"explanations", std::move(list)}}.dump(2) << '\n';
    return kDone;
  }
  bool first = true;
  for (const auto& explanation : *explanations) {
    if (!first) terminal.out << '\n';
    first = false;
    terminal.out << report::ExplanationText(explanation);
  }
  return kDone;
}

}  // namespace nam56r::cli
