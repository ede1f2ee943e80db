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

namespace {

// "rank 0", "ranks 0 to 7", "4 pods, of ranks 0 to 31".
std::string ProcessName(const launch::BoundRank& process) {
  const std::int64_t ranks = process.starts * process.copies;
  const std::string numbers =
      ranks == 1 ? fmt::format("rank {}", process.rank)
                 : fmt::format("ranks {} to {}", process.rank, process.rank + ranks - 1);
  return process.copies == 1 ? numbers : fmt::format("{} pods, {}", process.copies, numbers);
}

// A contract within a manifest would be most of it.
constexpr std::size_t kShownFile = 400;

nlohmann::json Shortened(nlohmann::json manifest) {
  for (nlohmann::json& item : manifest["items"]) {
    if (!item.contains("data")) continue;
    for (nlohmann::json& value : item["data"]) {
      if (!value.is_string() || value.get_ref<const std::string&>().size() <= kShownFile) continue;
      value = fmt::format("({} bytes)", value.get_ref<const std::string&>().size());
    }
  }
  return manifest;
}

}  // namespace

nlohmann::json DryRunJson(const launch::BoundRun& run) {
  nlohmann::json json = launch::RanksJson(run);
  for (const launch::BoundFile& file : run.files) {
    if (file.name != "manifest.json") continue;
    json["manifest"] = Shortened(nlohmann::json::parse(file.bytes));
  }
  return json;
}

std::string DryRunText(const launch::PreparedRun& prepared) {
  const launch::BoundRun& run = prepared.run;
  const auto& ranks = run.ranks;
  std::int64_t processes = 0;
  for (const launch::BoundRank& rank : ranks) processes += rank.copies;
  std::string text =
      fmt::format("{}  {}\nengine {} ({}), {} {}, receipt {}\n", prepared.contract.dialect,
                  prepared.contract.digest, run.engine, run.engine_from, processes,
                  processes == 1 ? "process" : "processes", run.receipt_directory.string());
  text += "\nfirst written, in the receipt\n  receipt.json, contract.json, host.json, ranks.json\n";
  for (const launch::BoundFile& file : run.files) {
    text += fmt::format("  {} ({} bytes)\n", file.name, file.bytes.size());
  }
  text += run.engine == "kubernetes" ? "\nthen kubectl apply of manifest.json, which starts\n"
                                     : "\nthen started\n";
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    const bool like_first = i > 0 && SameCommand(ranks[i], ranks[0]);
    text += fmt::format("\n{}\n", ProcessName(ranks[i]));
    if (like_first) {
      text += "  command and environment of rank 0, except\n";
      text += EnvironmentText(ranks[i], &ranks[0]);
    } else {
      text += "  command\n" + ArgvText(ranks[i]) + "  environment, and nothing else\n" +
              EnvironmentText(ranks[i], nullptr);
    }
  }
  for (const launch::BoundFile& file : run.files) {
    if (file.name != "manifest.json") continue;
    text += "\nmanifest.json\n" +
            base::EscapeControls(Shortened(nlohmann::json::parse(file.bytes)).dump(2), "\n") + "\n";
  }
  return text;
}

}  // namespace nam56r::report
