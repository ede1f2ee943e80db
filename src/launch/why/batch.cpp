#include "src/launch/why/batch.h"

#include <nlohmann/json.hpp>
#include <string>

#include "src/base/utf8.h"
#include "src/launch/why/why.h"

namespace nam56r::launch::why {
namespace {

constexpr std::size_t kMostLine = 64u << 20;

}  // namespace

base::Expected<BatchCounts> ExplainBatch(std::istream& in, std::ostream& out) {
  BatchCounts counts;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    const auto refuse = [&](const nlohmann::json& id, const std::string& why) {
      ++counts.unreadable;
      out << nlohmann::json{{"id", id}, {"error", why}}.dump() << '\n';
    };
    if (line.size() > kMostLine) {
      refuse(nullptr, "line " + std::to_string(number) + " is longer than 64 MiB");
      continue;
    }
    const auto row = nlohmann::json::parse(base::WithValidUtf8(line), nullptr, false);
    if (!row.is_object()) {
      refuse(nullptr, "line " + std::to_string(number) + " is no JSON object");
      continue;
    }
    const nlohmann::json id = row.value("id", nlohmann::json());
    if (!row.contains("text") || !row["text"].is_string()) {
      refuse(id, "there is no \"text\", or it is no text");
      continue;
    }
    auto answer = Explain({{.name = "text", .file = {}, .text = row["text"].get<std::string>()}});
    if (!answer) return answer.errors();
    nlohmann::json json = ToJson(*answer);
    json["id"] = id;
    out << json.dump() << '\n';
    ++(answer->code.empty() ? counts.abstained : counts.answered);
  }
  return counts;
}

}  // namespace nam56r::launch::why
