#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/expected.h"

/// What a name means, wherever in this project it has a meaning.
namespace nam56r::contract {

/// One table of an explanation. Every row has a cell for each column.
struct ExplanationTable {
  std::string key;    ///< in JSON: "releases"
  std::string title;  ///< on a page: "in each dialect"
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

struct Explanation {
  /// "flag", "variable", "field", "table", "code", "seam", "family", "dialect".
  std::string kind;
  std::string name;
  std::string meaning;
  std::vector<std::pair<std::string, std::string>> facts;  ///< label ("owner") to text
  std::vector<ExplanationTable> tables;                    ///< without the empty ones
};

/// Explains |name|:
///   a flag of any release, or its dest       "--hidden-size", "hidden_size"
///   an environment variable                  "NCCL_IB_SL", "NAM56R_M2RNN_KEY_HEAD_DIM"
///   a field, with or without its file        "moe.num_experts", "recipe.moe.num_experts"
///   a table of fields                        "moe"
///   the code of a diagnostic                 "LAYOUT0007"
///   a seam, a family, a dialect              "m2rnn-mixer", "R", "megatron@0.19"
/// A name of several kinds has several explanations, in this order. Error: EXPLAIN0001 nothing has
/// this name, with the nearest of every kind.
base::Expected<std::vector<Explanation>> Explain(std::string_view name);

/// {"kind","name","meaning","facts":{label: text},<table key>:[{column: cell}]}.
nlohmann::json ToJson(const Explanation& explanation);

namespace internal {

/// Those of one kind; nothing where it has no such name. Names() lists what it has.
std::vector<Explanation> ExplainFlag(std::string_view name);
std::vector<Explanation> ExplainDialect(std::string_view name);
std::vector<Explanation> ExplainField(std::string_view name);
std::vector<Explanation> ExplainVariable(std::string_view name);
std::vector<Explanation> ExplainRule(std::string_view code);
std::vector<Explanation> ExplainSeam(std::string_view name);
std::vector<Explanation> ExplainFamily(std::string_view name);
std::vector<std::string> FlagNames();
std::vector<std::string> FieldNames();
std::vector<std::string> VariableNames();

/// What a backend refuses of |fields| ("policy.layout.tensor_parallel") and of the arguments
/// |dests| ("tensor_model_parallel_size"), with their releases.
ExplanationTable RulesOn(const std::vector<std::string>& fields,
                         const std::vector<std::string>& dests);
/// What a release changes of the arguments |dests| before training.
ExplanationTable RewritesOf(const std::vector<std::string>& dests);
/// The arguments that |field| decides, in any release.
std::vector<std::string> DestsOf(std::string_view field);
/// The meaning of "recipe.moe.num_experts"; empty where there is no such field.
std::string MeaningOf(std::string_view field);
/// The flags that |field| becomes in each dialect.
ExplanationTable FlagsOf(std::string_view field);

}  // namespace internal
}  // namespace nam56r::contract
