#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "src/launch/why/why.h"

/// What `nam56r why` is pointed at.
namespace nam56r::launch::why {

inline constexpr std::string_view kStandardInput = "-";

struct Inputs {
  std::vector<LogInput> logs;  ///< of one rank the older first
  // Of the receipt among them, and the contract that was named instead.
  std::optional<nlohmann::json> contract;
  std::optional<nlohmann::json> host;
  std::optional<nlohmann::json> outcome;

  Context context() const;
};

/// |paths| are receipts' directories, other directories with logs below them, files, and "-" for
/// standard input. |contract|: a file, or empty. Errors: WHY0001 cannot be read, WHY0002 no log is
/// there, CONTRACT0001 |contract| is none.
base::Expected<Inputs> CollectInputs(const std::vector<std::string>& paths,
                                     const std::string& contract = "");

/// The answer for the receipt |directory|, whose run may just have ended.
base::Expected<Answer> ExplainReceipt(const std::filesystem::path& directory);

}  // namespace nam56r::launch::why
