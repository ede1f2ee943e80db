#include "src/base/utf8.h"
#include "src/launch/why/why.h"

namespace nam56r::launch::why {
namespace {

nlohmann::json ToJson(const std::vector<Evidence>& lines) {
  nlohmann::json list = nlohmann::json::array();
  for (const Evidence& line : lines) {
    nlohmann::json item = {
        {"file", base::WithValidUtf8(line.file)}, {"line", line.line}, {"text", line.text}};
    if (line.rank >= 0) item["rank"] = line.rank;
    list.push_back(std::move(item));
  }
  return list;
}

}  // namespace

nlohmann::json ToJson(const Answer& answer) {
  nlohmann::json json = {{"class", ClassName(answer.cls)},
                         {"code", answer.code},
                         {"cause", answer.cause},
                         {"evidence", ToJson(answer.evidence)},
                         {"confidence", answer.confidence},
                         {"next", answer.next},
                         {"fields", answer.fields},
                         {"rules", answer.rules},
                         {"cascades", ToJson(answer.cascades)},
                         {"also", answer.also}};
  if (answer.rank >= 0) json["rank"] = answer.rank;
  nlohmann::json where = nlohmann::json::array();
  for (const base::SourceNote& note : answer.where) {
    where.push_back({{"file", note.at.file}, {"line", note.at.line}, {"label", note.label}});
  }
  json["where"] = std::move(where);
  return json;
}

}  // namespace nam56r::launch::why
