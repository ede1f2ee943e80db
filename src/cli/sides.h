#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "src/base/expected.h"
#include "src/contract/reader.h"
#include "src/report/diff_text.h"

namespace nam56r::cli {

/// One side of a comparison: a contract, or a receipt's and the host that it was bound to.
struct Side {
  contract::ReadContract contract;
  std::optional<nlohmann::json> host;
};

/// Reads a contract's file or a receipt's directory. Errors: those of contract::Read and of
/// launch::ReadReceipt, BASE0001, LAUNCH0011 (its host cannot be read).
base::Expected<Side> ReadSide(const std::filesystem::path& path);

/// "file", "digest", "dialect".
nlohmann::json HeadJson(const report::DiffHead& head);

}  // namespace nam56r::cli
