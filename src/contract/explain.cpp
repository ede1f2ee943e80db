#include "src/contract/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "src/base/nearest_name.h"
#include "src/contract/codes.h"
#include "src/dialect/argument_rules.h"
#include "src/dialect/release.h"
#include "src/seams/seam.h"

namespace nam56r::contract {
namespace {

constexpr std::size_t kMaxName = 200;  // bytes of a name that a message repeats

std::vector<Explanation> ExplainCode(std::string_view name) {
  const Code* code = FindCode(name);
  if (code == nullptr) return {};
  Explanation explanation{"code", std::string(code->code), std::string(code->meaning), {}, {}};
  explanation.facts = {{"surface", std::string(code->surface)},
                       {"raised by", std::string(code->raised_by)},
                       {"why", std::string(code->why)},
                       {"wrong", std::string(code->wrong)},
                       {"mended", std::string(code->mended)}};
  return {explanation};
}

constexpr std::size_t kShortestPart = 3;
constexpr std::size_t kMostHolding = 6;  // of one kind

// Names that |part| is a piece of: "--moe" is the beginning of many.
void AddHolding(const std::string& part, const std::vector<std::string>& names,
                std::vector<std::string>& list) {
  if (part.size() < kShortestPart) return;
  std::size_t added = 0;
  for (const std::string& name : names) {
    if (name.find(part) == std::string::npos) continue;
    list.push_back(name);
    if (++added == kMostHolding) return;
  }
}

base::Diagnostic Unknown(std::string_view name) {
  struct Kind {
    std::string_view name;
    std::vector<std::string> names;
  };
  std::vector<std::string> codes;
  for (const Code& code : Codes()) codes.emplace_back(code.code);
  for (const dialect::RuleEntry& entry : dialect::ArgumentRules()) {
    codes.emplace_back(entry.rule->code);
  }
  std::vector<std::string> seams;
  for (const seams::Seam& seam : seams::Registry()) seams.emplace_back(seam.id);
  const std::vector<Kind> kinds = {
      {"flag", internal::FlagNames()},   {"environment variable", internal::VariableNames()},
      {"field", internal::FieldNames()}, {"code", std::move(codes)},
      {"seam", std::move(seams)},        {"dialect", dialect::DialectNames()}};
  base::Diagnostic error;
  error.code = "EXPLAIN0001";
  error.message = fmt::format("nothing is called '{}'", name);
  const std::string written(name);
  std::vector<std::string> spellings = {written, "--" + written, "NAM56R_" + written};
  std::transform(written.begin(), written.end(), std::back_inserter(spellings.emplace_back()),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::string best;
  for (const Kind& kind : kinds) {
    std::string nearest;
    for (const std::string& spelling : spellings) {
      if (const auto found = base::NearestName(spelling, kind.names); found && nearest.empty()) {
        nearest = *found;
      }
    }
    if (nearest.empty()) {
      AddHolding(written, kind.names, error.valid);
      continue;
    }
    error.valid.push_back(nearest);
    if (best.empty() || base::EditDistance(written, nearest) < base::EditDistance(written, best)) {
      best = nearest;
    }
  }
  if (best.empty()) {
    error.fix =
        "give a flag (--hidden-size), an environment variable, a field (moe.num_experts), a code "
        "(LAYOUT0007), a seam, a family (A, E, M, R, F) or a dialect";
    if (error.valid.empty()) error.valid = dialect::DialectNames();
  } else {
    error.message += fmt::format("; did you mean '{}'?", best);
    error.fix = fmt::format("nam56r explain {}", best);
  }
  return error;
}

void DropEmptyTables(Explanation& explanation) {
  std::erase_if(explanation.tables, [](const ExplanationTable& t) { return t.rows.empty(); });
  std::erase_if(explanation.facts, [](const auto& fact) { return fact.second.empty(); });
}

}  // namespace

base::Expected<std::vector<Explanation>> Explain(std::string_view name) {
  name = name.substr(0, kMaxName);
  std::vector<Explanation> found;
  const auto add = [&](std::vector<Explanation> more) {
    for (Explanation& explanation : more) found.push_back(std::move(explanation));
  };
  add(internal::ExplainFlag(name));
  add(internal::ExplainVariable(name));
  add(internal::ExplainField(name));
  add(ExplainCode(name));
  add(internal::ExplainRule(name));
  add(internal::ExplainSeam(name));
  add(internal::ExplainFamily(name));
  add(internal::ExplainDialect(name));
  if (found.empty()) return Unknown(name);
  for (Explanation& explanation : found) DropEmptyTables(explanation);
  return found;
}

nlohmann::json ToJson(const Explanation& explanation) {
  nlohmann::json json = {{"kind", explanation.kind},
                         {"name", explanation.name},
                         {"meaning", explanation.meaning},
                         {"facts", nlohmann::json::object()}};
  for (const auto& [label, text] : explanation.facts) json["facts"][label] = text;
  for (const ExplanationTable& table : explanation.tables) {
    nlohmann::json rows = nlohmann::json::array();
    for (const std::vector<std::string>& cells : table.rows) {
      nlohmann::json row = nlohmann::json::object();
      for (std::size_t i = 0; i < table.columns.size(); ++i) row[table.columns[i]] = cells.at(i);
      rows.push_back(std::move(row));
    }
    json[table.key] = std::move(rows);
  }
  return json;
}

}  // namespace nam56r::contract
