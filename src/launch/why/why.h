#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/launch/why/signature.h"

/// Which surface broke: from the logs of a failed run, its root cause, with evidence.
namespace nam56r::launch::why {

/// What is known of a run besides its logs. Everything may be absent.
struct Context {
  const nlohmann::json* contract = nullptr;  ///< nam56r.contract/1
  const nlohmann::json* host = nullptr;      ///< host.json of a receipt
  const nlohmann::json* outcome = nullptr;   ///< outcome.json of a receipt
};

/// One log of one or several ranks.
struct LogInput {
  std::string name;  ///< as evidence names it: "logs/rank-3.log"; "-": standard input
  std::filesystem::path file = {};  ///< read piece by piece; empty: |text| is the log
  std::string text = {};
  std::int64_t rank = -1;  ///< who wrote it, where a line does not say; -1: not known
};

struct Evidence {
  std::string file;
  std::int64_t line = 0;  ///< from 1
  std::string text;       ///< valid UTF-8, at most 2 KiB
  std::int64_t rank = -1;
};

struct Answer {
  Class cls = Class::kUnknown;
  std::string code;   ///< "WHY1203"; empty where it abstains
  std::string cause;  ///< one sentence
  std::vector<Evidence> evidence;
  double confidence = 0;
  std::string next;
  std::vector<std::string> fields;      ///< "policy.layout.tensor_parallel"
  std::vector<std::string> rules;       ///< codes with which `nam56r check` would have refused it
  std::vector<base::SourceNote> where;  ///< |fields| in the inputs of the contract at hand
  std::int64_t rank = -1;               ///< on which the root was seen first
  std::vector<Evidence> cascades;       ///< what followed from it, one line a kind
  std::vector<std::string> also;        ///< codes of other signatures that matched as roots
};

/// Reads all of |logs| once. An answer without a code abstains: its class is unknown, and |cause|
/// says what was seen. Errors: WHY0001 a log cannot be read.
base::Expected<Answer> Explain(const std::vector<LogInput>& logs, const Context& context = {});

/// docs: DESIGN.md, "JSON shapes".
nlohmann::json ToJson(const Answer& answer);

}  // namespace nam56r::launch::why
