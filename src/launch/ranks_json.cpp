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
    ranks.push_back({{"rank", rank.rank}, {"argv", argv}, {"environment", environment}});
  }
  return {{"receipt_directory", run.receipt_directory.string()}, {"ranks", ranks}};
}

}  // namespace nam56r::launch
