#include "src/launch/receipt.h"

namespace nam56r::launch {

nlohmann::json RanksJson(const BoundRun& run) {
  using nlohmann::json;
  json ranks = json::array();
  for (const BoundRank& rank : run.ranks) {
    std::vector<std::string> words;
    for (const Token& token : rank.argv) words.push_back(token.text);
    json argv = json::array();
    for (std::size_t i = 0; i < words.size(); ++i) {
      const Token& token = rank.argv[i];
      argv.push_back({{"text", RedactedWord(words, i)},
                      {"owner", base::SurfaceName(token.owner)},
                      {"from", token.from}});
    }
    json environment = json::array();
    for (const Variable& variable : rank.environment) {
      environment.push_back({{"name", variable.name},
                             {"value", RedactedValue(variable.name, variable.value)},
                             {"owner", base::SurfaceName(variable.owner)},
                             {"from", variable.from}});
    }
    json entry = {{"rank", rank.rank}, {"argv", argv}, {"environment", environment}};
    if (rank.starts != 1) entry["starts"] = rank.starts;
    if (rank.copies != 1) entry["copies"] = rank.copies;
    ranks.push_back(std::move(entry));
  }
  json files = json::array();
  for (const BoundFile& file : run.files) {
    files.push_back({{"name", file.name}, {"bytes", file.bytes.size()}});
  }
  return {{"engine", {{"name", run.engine}, {"from", run.engine_from}}},
          {"receipt_directory", run.receipt_directory.string()},
          {"files", files},
          {"ranks", ranks}};
}

}  // namespace nam56r::launch
