#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "src/base/expected.h"
#include "src/base/field_value.h"

namespace nam56r::base {

/// One `key = value` of a TOML file, its key with the tables before it: "moe.num_experts".
struct TomlEntry {
  std::string key;
  FieldValue value;
  SourceLocation at;  ///< of the key
};

/// A table without a single key in it.
struct TomlTable {
  std::string key;
  SourceLocation at;
};

/// A TOML file as its flat list of entries in file order. Tables, dotted keys and inline tables
/// are the same thing here. Empty arrays are lists of strings with no element.
struct TomlDocument {
  std::string file;
  std::vector<TomlEntry> entries;
  /// Tables that hold nothing leave no entry; a misspelt one must be noticed all the same.
  std::vector<TomlTable> empty_tables = {};
};

/// Largest input that is read, in bytes, and how deep its tables, arrays and dotted keys may nest.
inline constexpr std::size_t kMaxTomlBytes = 1 << 20;
inline constexpr int kMaxTomlDepth = 32;

/// Errors: BASE0001 not readable or too large, BASE0002 not TOML, BASE0003 a value of a type that
/// no field has (dates, mixed arrays, arrays of tables). Keys are spelt as TOML spells them: a part
/// that is not bare keeps its quotes.
Expected<TomlDocument> ReadToml(const std::filesystem::path& path, Surface surface);
Expected<TomlDocument> ParseToml(std::string_view text, std::string file, Surface surface);

}  // namespace nam56r::base
