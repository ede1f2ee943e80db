#include "src/launch/receipt.h"

namespace nam56r::launch {

nlohmann::json RanksJson(const BoundRun& run) {
  using nlohmann::json;
  json ranks = json::array();
  for (const BoundRank& rank : run.ranks) {
    json argv = json::array();
    for (const Token& token : rank.argv) {
      argv.push_back(
          {{"text", token.text}, {"owner", base::SurfaceName(token.owner)}, {"from", token.from}});
    }
    json environment = json::array();
    for (const Variable& variable : rank.environment) {
      const bool secret = NamesSecret(variable.name);
      environment.push_back({{"name", variable.name},
                             {"value", secret ? std::string(kRedacted) : variable.value},
                             {"owner", base::SurfaceName(variable.owner)},
                             {"from", variable.from}});
    }
    ranks.push_back({{"rank", rank.rank}, {"argv", argv}, {"environment", environment}});
  }
  return {{"receipt_directory", run.receipt_directory.string()}, {"ranks", ranks}};
}

}  // namespace nam56r::launch
