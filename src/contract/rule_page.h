#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/contract/codes.h"
#include "src/dialect/argument_rules.h"

/// docs/rules: a page for every code that this project writes.
namespace nam56r::contract {

/// What there is to say of a rule, in words.
struct RuleFacts {
  struct Side {
    std::string dest;   ///< "tensor_model_parallel_size", or a variable's name
    std::string flag;   ///< "--tensor-model-parallel-size"; empty for a variable
    std::string field;  ///< "policy.layout.tensor_parallel"; empty: no field decides it
  };
  std::string code;
  std::string group;
  std::string title;
  std::string surface;
  std::string severity;
  std::string stage;      ///< "validate: ..."
  std::string raised_by;  ///< commands
  std::vector<std::string> releases;
  std::string why;
  std::string fix;
  std::string valid;
  std::string waiver;  ///< whether a policy may waive it
  std::string source;
  std::string fails;  ///< changes to the example's command line
  std::string passes;
  std::vector<Side> sides;
};
RuleFacts FactsOf(const dialect::RuleEntry& entry);

/// docs/rules/<code>.md.
std::string RulePage(const dialect::RuleEntry& entry);
std::string CodePage(const Code& code);
/// docs/rules/README.md: the rules by group, then the other codes.
std::string RulesIndex();

/// Every file of docs/rules with its name, sorted.
std::vector<std::pair<std::string, std::string>> RulePages();

}  // namespace nam56r::contract
