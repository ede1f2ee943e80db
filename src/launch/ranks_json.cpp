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
