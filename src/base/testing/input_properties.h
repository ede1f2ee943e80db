#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/files.h"
#include "src/base/nearest_name.h"
#include "src/base/schema.h"
#include "src/base/toml_document.h"

/// What holds for each kind of input (recipe, policy, host), whatever its fields are. For tests.
namespace nam56r::base::testing {

/// A kind of input: its fields, how it is read, and a file in which nothing but the required keys
/// stands.
template <class T>
struct InputKind {
  const Schema<T>& schema;
  Expected<Loaded<T>> (*from_toml)(const TomlDocument&);
  Surface surface;
  std::string least;

  Expected<Loaded<T>> Read(std::string_view text, const std::string& file) const {
    auto document = ParseToml(text, file, surface);
    if (!document) return document.errors();
    return from_toml(*document);
  }
};

inline std::string Messages(const Diagnostics& errors) {
  std::string all;
  for (const Diagnostic& error : errors) {
    all += "  " + error.code + ": " + error.message;
    for (const SourceNote& note : error.where) all += " [" + ToString(note.at) + "]";
    all += "\n";
  }
  return all;
}

template <class T>
std::string Messages(const Expected<T>& result) {
  return result ? std::string("  accepted\n") : Messages(result.errors());
}

/// Every spelling of |name| with one letter left out, doubled, swapped with its neighbour, or
/// replaced.
inline std::set<std::string> OneLetterSlips(const std::string& name) {
  std::set<std::string> slips;
  for (std::size_t i = 0; i < name.size(); ++i) {
    std::string left_out = name;
    left_out.erase(i, 1);
    std::string doubled = name;
    doubled.insert(i, 1, name[i]);
    std::string replaced = name;
    replaced[i] = name[i] == 'x' ? 'y' : 'x';
    slips.insert({left_out, doubled, replaced});
    if (i + 1 < name.size()) {
      std::string swapped = name;
      std::swap(swapped[i], swapped[i + 1]);
      slips.insert(swapped);
    }
  }
  slips.erase(name);
  slips.erase("");
  return slips;
}

/// What a message of SCHEMA0001 offers: "...; did you mean 'moe.num_experts'?".
inline std::string Suggestion(const Diagnostic& error) {
  constexpr std::string_view kAsk = "did you mean '";
  const std::size_t at = error.message.find(kAsk);
  if (at == std::string::npos) return "";
  const std::size_t begin = at + kAsk.size();
  return error.message.substr(begin, error.message.find('\'', begin) - begin);
}

inline std::pair<std::string, std::string> SplitAtLastDot(const std::string& key) {
  const std::size_t dot = key.rfind('.');
  if (dot == std::string::npos) return {"", key};
  return {key.substr(0, dot), key.substr(dot + 1)};
}

/// The refusal of |line| of |file| as an unknown key, or null.
inline const Diagnostic* UnknownKeyAt(const Diagnostics& errors, const std::string& file,
                                      int line) {
  for (const Diagnostic& error : errors) {
    if (error.code == "SCHEMA0001" && !error.where.empty() && error.where[0].at.file == file &&
        error.where[0].at.line == line) {
      return &error;
    }
  }
  return nullptr;
}

template <class T>
void ExpectSchemaIsComplete(const InputKind<T>& kind) {
  std::set<std::string> keys;
  for (const Field<T>& field : kind.schema) {
    const FieldSpec& spec = field.spec;
    SCOPED_TRACE(spec.key);
    EXPECT_TRUE(keys.insert(spec.key).second) << "twice in the schema";
    EXPECT_FALSE(spec.meaning.empty());
    EXPECT_TRUE(spec.meaning.ends_with('.')) << "a meaning is a sentence: " << spec.meaning;
    EXPECT_LT(spec.min, spec.max);
    EXPECT_EQ(std::set<std::string>(spec.choices.begin(), spec.choices.end()).size(),
              spec.choices.size());
  }
}

/// No two fields of the schema are the same member of the struct.
template <class T>
void ExpectFieldsAreDistinctMembers(const InputKind<T>& kind) {
  T object;
  std::map<const void*, std::string> members;
  for (const Field<T>& field : kind.schema) {
    const void* member =
        std::visit([&](auto ref) { return static_cast<const void*>(&ref(object)); }, field.ref);
    const auto [it, fresh] = members.emplace(member, field.spec.key);
    EXPECT_TRUE(fresh) << field.spec.key << " and " << it->second << " are one member";
  }
}

template <class T>
void ExpectRoundTrip(const InputKind<T>& kind, const T& value) {
  const nlohmann::json json = ToJson(value, kind.schema);
  const auto back = LoadJson<T>(json, "round trip", kind.schema, kind.surface);
  ASSERT_TRUE(back.ok()) << Messages(back);
  EXPECT_EQ(ToJson(back->value, kind.schema), json);
}

template <class T>
nlohmann::json LeastAsJson(const InputKind<T>& kind) {
  const auto least = kind.Read(kind.least, "least.toml");
  EXPECT_TRUE(least.ok()) << Messages(least);
  return least ? ToJson(least->value, kind.schema) : nlohmann::json::object();
}

inline nlohmann::json::json_pointer PointerTo(const std::string& key) {
  std::string path = "/" + key;
  for (char& c : path) {
    if (c == '.') c = '/';
  }
  return nlohmann::json::json_pointer(path);
}

/// Each field refuses a value of another type, numbers beyond its bounds, strings that are not
/// among its choices; and takes its bounds and each of its choices.
template <class T>
void ExpectFieldsAreGuarded(const InputKind<T>& kind) {
  using nlohmann::json;
  const json least = LeastAsJson(kind);
  const auto load = [&](const FieldSpec& spec, const json& value) {
    json changed = least;
    changed[PointerTo(spec.key)] = value;
    return LoadJson<T>(changed, "changed.json", kind.schema, kind.surface);
  };
  for (const Field<T>& field : kind.schema) {
    const FieldSpec& spec = field.spec;
    const FieldValue now = internal::GetField(field, T{});
    SCOPED_TRACE(spec.key);
    const auto refused = [&](const json& value, const std::string& code) {
      const auto result = load(spec, value);
      ASSERT_FALSE(result.ok()) << "takes " << value;
      ASSERT_EQ(result.errors().size(), 1u) << value << "\n" << Messages(result);
      const Diagnostic& error = result.errors()[0];
      EXPECT_EQ(error.code, code) << value;
      EXPECT_EQ(error.surface, kind.surface);
      EXPECT_THAT(error.fields, ::testing::Contains(::testing::StartsWith(spec.key)));
      EXPECT_FALSE(error.fix.empty());
      if (code == "SCHEMA0004") {
        EXPECT_EQ(error.valid, spec.choices);
      }
      if (code == "SCHEMA0003") {
        EXPECT_FALSE(error.valid.empty());
      }
    };
    const auto taken = [&](const json& value) {
      const auto result = load(spec, value);
      EXPECT_TRUE(result.ok()) << value << "\n" << Messages(result);
    };

    const bool is_bool = std::holds_alternative<bool>(now);
    refused(is_bool ? json("true") : json(true), "SCHEMA0002");
    const bool is_list = std::holds_alternative<std::vector<std::int64_t>>(now) ||
                         std::holds_alternative<std::vector<std::string>>(now);
    const auto as_value = [&](json element) {
      return is_list ? json::array({std::move(element)}) : element;
    };
    const bool is_integer = std::holds_alternative<std::int64_t>(now) ||
                            std::holds_alternative<std::vector<std::int64_t>>(now);
    const auto number = [&](double value) {
      return is_integer ? json(std::llround(value)) : json(value);
    };
    if (is_integer) {
      refused(as_value(json(1.5)), "SCHEMA0002");
      EXPECT_TRUE(std::isfinite(spec.min) && std::isfinite(spec.max)) << "an integer needs bounds";
    }
    if (std::isfinite(spec.min)) {
      taken(as_value(number(spec.min)));
      refused(as_value(number(spec.min - 1)), "SCHEMA0003");
    }
    if (std::isfinite(spec.max)) {
      taken(as_value(number(spec.max)));
      refused(as_value(number(spec.max + 1)), "SCHEMA0003");
    }
    for (const std::string& choice : spec.choices) taken(as_value(json(choice)));
    if (!spec.choices.empty()) refused(as_value(json("no-such-choice")), "SCHEMA0004");
  }
}

template <class T>
void ExpectRequiredKeysAreNamed(const InputKind<T>& kind) {
  const nlohmann::json least = LeastAsJson(kind);
  for (const Field<T>& field : kind.schema) {
    nlohmann::json without = least;
    const auto pointer = PointerTo(field.spec.key);
    without[pointer.parent_pointer()].erase(pointer.back());
    const auto result = LoadJson<T>(without, "without.json", kind.schema, kind.surface);
    SCOPED_TRACE(field.spec.key);
    EXPECT_EQ(result.ok(), !field.spec.required);
    if (result) continue;
    ASSERT_EQ(result.errors().size(), 1u) << Messages(result);
    EXPECT_EQ(result.errors()[0].code, "SCHEMA0005");
    EXPECT_THAT(result.errors()[0].message, ::testing::HasSubstr("'" + field.spec.key + "'"));
  }
}

/// Every file that is shipped: it loads, knows the line of each key, and survives a round trip.
template <class T>
void ExpectShippedFileLoads(const InputKind<T>& kind, const std::filesystem::path& path) {
  const auto document = ReadToml(path, kind.surface);
  ASSERT_TRUE(document.ok()) << Messages(document);
  const auto loaded = kind.from_toml(*document);
  ASSERT_TRUE(loaded.ok()) << Messages(loaded);
  EXPECT_EQ(loaded->file, path.string());
  for (const TomlEntry& entry : document->entries) {
    ASSERT_TRUE(loaded->origins.contains(entry.key)) << entry.key;
    EXPECT_EQ(loaded->At(entry.key), entry.at) << entry.key;
  }
  ExpectRoundTrip(kind, loaded->value);
}

/// One wrong letter in any key of the file at |path| is refused at its line, with the right key
/// offered. Where another key is as near, that one may be offered instead.
template <class T>
void ExpectMisspeltKeysAreRefused(const InputKind<T>& kind, const std::filesystem::path& path) {
  const auto text = ReadFile(path, kind.surface);
  ASSERT_TRUE(text.ok()) << Messages(text);
  const auto document = ParseToml(*text, path.string(), kind.surface);
  ASSERT_TRUE(document.ok()) << Messages(document);
  std::vector<std::size_t> line_starts = {0};
  for (std::size_t i = 0; i < text->size(); ++i) {
    if ((*text)[i] == '\n') line_starts.push_back(i + 1);
  }
  std::set<std::string> keys;
  for (const Field<T>& field : kind.schema) keys.insert(field.spec.key);
  std::size_t tried = 0;
  std::size_t exact = 0;
  for (const TomlEntry& entry : document->entries) {
    const auto [table, part] = SplitAtLastDot(entry.key);
    const std::size_t at = line_starts[static_cast<std::size_t>(entry.at.line - 1)] +
                           static_cast<std::size_t>(entry.at.column - 1);
    ASSERT_EQ(text->substr(at, part.size()), part) << ToString(entry.at);
    for (const std::string& slip : OneLetterSlips(part)) {
      if (keys.contains(table + "." + slip)) continue;  // another valid key
      std::string wrong = *text;
      wrong.replace(at, part.size(), slip);
      const auto result = kind.Read(wrong, path.string());
      ASSERT_FALSE(result.ok()) << "'" << slip << "' passes for '" << entry.key << "'";
      const Diagnostic* error = UnknownKeyAt(result.errors(), path.string(), entry.at.line);
      ASSERT_NE(error, nullptr) << slip << "\n" << Messages(result);
      const std::string offered = Suggestion(*error);
      ++tried;
      if (offered == entry.key) {
        ++exact;
        EXPECT_FALSE(error->valid.empty());
        EXPECT_THAT(error->fix, ::testing::HasSubstr(part));
      } else {
        EXPECT_LE(EditDistance(SplitAtLastDot(offered).second, slip), EditDistance(part, slip))
            << "'" << slip << "' for '" << entry.key << "' was offered '" << offered << "'";
      }
    }
  }
  EXPECT_GT(tried, 0u);
  ::testing::Test::RecordProperty("slips", static_cast<int>(tried));
  ::testing::Test::RecordProperty("offered_the_original", static_cast<int>(exact));
  // Ties are rare: short keys, and pairs such as beta1 and beta2.
  EXPECT_GT(static_cast<double>(exact), 0.97 * static_cast<double>(tried))
      << exact << " of " << tried;
}

/// The same for the names of tables: each key below is refused, and offered where it belongs.
template <class T>
void ExpectMisspeltTablesAreRefused(const InputKind<T>& kind, const std::filesystem::path& path) {
  const auto text = ReadFile(path, kind.surface);
  ASSERT_TRUE(text.ok()) << Messages(text);
  const auto document = ParseToml(*text, path.string(), kind.surface);
  ASSERT_TRUE(document.ok()) << Messages(document);
  std::map<std::string, std::vector<const TomlEntry*>> tables;
  for (const TomlEntry& entry : document->entries) {
    tables[SplitAtLastDot(entry.key).first].push_back(&entry);
  }
  for (const auto& [table, entries] : tables) {
    const std::string header = "\n[" + table + "]";
    const std::size_t at = text->find(header);
    ASSERT_NE(at, std::string::npos) << header;
    for (const std::string& slip : OneLetterSlips(table)) {
      if (tables.contains(slip)) continue;
      std::string wrong = *text;
      wrong.replace(at, header.size(), "\n[" + slip + "]");
      const auto result = kind.Read(wrong, path.string());
      ASSERT_FALSE(result.ok()) << "[" << slip << "] passes for [" << table << "]";
      for (const TomlEntry* entry : entries) {
        const Diagnostic* error = UnknownKeyAt(result.errors(), path.string(), entry->at.line);
        ASSERT_NE(error, nullptr) << slip << "\n" << Messages(result);
        EXPECT_EQ(Suggestion(*error), entry->key) << "in [" << slip << "]";
      }
    }
  }
}

}  // namespace nam56r::base::testing
