#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "src/launch/receipt.h"

namespace nam56r::launch::catalog {

/// A column of the catalog: one fact of a run.
struct Column {
  const char* name;
  const char* meaning;
};

/// In the order of the table; the first is the key.
const std::vector<Column>& Columns();

/// One run: a value for each column, null where it is not known. A loss that is no number is the
/// text "NaN", "Infinity" or "-Infinity".
using Entry = nlohmann::json;

/// What |receipt| says. What of the contract cannot be read has no keys for comparing.
Entry EntryOf(const Receipt& receipt);

/// What changes when one of the files that an entry is made of does; "" while that cannot be told,
/// because the run has not ended.
std::string FingerprintOf(const std::filesystem::path& receipt_directory);

}  // namespace nam56r::launch::catalog
