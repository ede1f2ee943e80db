#include "src/report/dry_run_text.h"

#include <fmt/format.h>

#include "src/base/utf8.h"
#include "src/report/text_table.h"

namespace nam56r::report {

namespace {

std::string ArgvText(const launch::BoundRank& rank) {
  TextTable table({{"word"}, {"owner"}, {"from"}});
  std::vector<std::string> words;
  for (const launch::Token& token : rank.argv) words.push_back(token.text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    const launch::Token& token = rank.argv[i];
    table.Add({base::EscapeControls(launch::RedactedWord(words, i)),
               std::string(base::SurfaceName(token.owner)), token.from});
  }
  return table.Text(4);
}

std::string ShownValue(const launch::Variable& variable) {
  return base::EscapeControls(launch::RedactedValue(variable.name, variable.value));
}

std::string EnvironmentText(const launch::BoundRank& rank, const launch::BoundRank* before) {
  TextTable table({{"variable"}, {"owner"}, {"from"}});
  for (const launch::Variable& variable : rank.environment) {
    if (before != nullptr) {
      bool same = false;
      for (const launch::Variable& other : before->environment) {
        same = same || (other.name == variable.name && other.value == variable.value);
      }
      if (same) continue;
    }
    table.Add({variable.name + "=" + ShownValue(variable),
               std::string(base::SurfaceName(variable.owner)), variable.from});
  }
  return table.Text(4);
}

bool SameCommand(const launch::BoundRank& a, const launch::BoundRank& b) {
  if (a.argv.size() != b.argv.size()) return false;
  for (std::size_t i = 0; i < a.argv.size(); ++i) {
    if (a.argv[i].text != b.argv[i].text) return false;
  }
  return true;
}

}  // namespace

std::string DryRunText(const launch::PreparedRun& prepared) {
  const auto& ranks = prepared.run.ranks;
  std::string text =
      fmt::format("{}  {}\n{} processes, receipt {}\n", prepared.contract.dialect,
                  prepared.contract.digest, ranks.size(), prepared.run.receipt_directory.string());
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const bool like_first = i > 0 && SameCommand(ranks[i], ranks[0]);
    text += fmt::format("\nrank {}\n", ranks[i].rank);
    if (like_first) {
      text += "  command and environment of rank 0, except\n";
      text += EnvironmentText(ranks[i], &ranks[0]);
    } else {
      text += "  command\n" + ArgvText(ranks[i]) + "  environment, and nothing else\n" +
              EnvironmentText(ranks[i], nullptr);
    }
  }
  return text;
}

}  // namespace nam56r::report
