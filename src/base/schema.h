#pragma once

#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/expected.h"
#include "src/base/field_value.h"
#include "src/base/origin.h"
#include "src/base/toml_document.h"

namespace nam56r::base {

/// What a field accepts and means, independent of the struct that holds it.
struct FieldSpec {
  std::string key;      ///< "moe.num_experts"
  std::string meaning;  ///< one sentence, with the unit
  bool required = false;
  double min = -std::numeric_limits<double>::infinity();  ///< numbers, and elements of lists
  double max = std::numeric_limits<double>::infinity();
  std::vector<std::string> choices = {};  ///< strings, and elements of lists; empty: any
};

/// One field of struct T: its spec and where T keeps it. |get| fixes the type.
template <class T>
struct Field {
  template <class V>
  using Ref = V& (*)(T&);
  using AnyRef = std::variant<Ref<std::int64_t>, Ref<double>, Ref<bool>, Ref<std::string>,
                              Ref<std::vector<std::int64_t>>, Ref<std::vector<std::string>>,
                              Ref<std::map<std::string, std::string>>>;  // same order as FieldValue
  FieldSpec spec;
  AnyRef ref;
};

template <class T>
using Schema = std::vector<Field<T>>;

/// A struct read from a file and, for every field of its schema, where the value came from. A map
/// field also has an origin for each of its keys: "environment.NCCL_IB_SL".
template <class T>
struct Loaded {
  T value;
  Origins origins;
  std::string file;

  /// The line that set |key|, or the file as a whole.
  SourceLocation At(const std::string& key) const {
    auto it = origins.find(key);
    if (it != origins.end() && it->second.kind == Origin::Kind::kFile) return it->second.at;
    return {file, 0, 0};
  }
};

namespace internal {

/// |default_value| fixes the type that is wanted.
struct TypedSpec {
  const FieldSpec* spec;
  FieldValue default_value;
};
struct ReadField {
  FieldValue value;
  Origin origin;
  Origins element_origins;  ///< of a map field
};
/// One result for each spec, in order. Errors: SCHEMA0001 unknown key (with the nearest),
/// SCHEMA0002 wrong type, SCHEMA0003 out of range, SCHEMA0004 not among the choices,
/// SCHEMA0005 required and missing. All errors of a document are reported at once.
Expected<std::vector<ReadField>> ReadFields(const TomlDocument& document,
                                            std::span<const TypedSpec> specs, Surface surface);
/// The same from the nested JSON object that ToJson gives.
Expected<std::vector<ReadField>> ReadFields(const nlohmann::json& object, const std::string& file,
                                            std::span<const TypedSpec> specs, Surface surface);
/// {"moe.num_experts": 16, ...} nested by the dots.
nlohmann::json Nest(const std::vector<std::pair<std::string, FieldValue>>& fields);

template <class T>
FieldValue GetField(const Field<T>& field, const T& object) {
  return std::visit(
      [&](auto ref) -> FieldValue { return ref(const_cast<T&>(object)); },  // NOLINT: only read
      field.ref);
}

template <class T>
void SetField(const Field<T>& field, T& object, FieldValue value) {
  std::visit(
      [&](auto ref) {
        auto& target = ref(object);
        target = std::get<std::remove_reference_t<decltype(target)>>(std::move(value));
      },
      field.ref);
}

template <class T, class Source>
Expected<Loaded<T>> LoadFrom(const Source& source, const std::string& file, const Schema<T>& schema,
                             Expected<std::vector<ReadField>> (*read)(const Source&,
                                                                      const std::string&,
                                                                      std::span<const TypedSpec>,
                                                                      Surface),
                             Surface surface) {
  Loaded<T> loaded;
  loaded.file = file;
  std::vector<TypedSpec> specs;
  specs.reserve(schema.size());
  for (const Field<T>& field : schema)
    specs.push_back({&field.spec, GetField(field, loaded.value)});
  auto fields = read(source, file, specs, surface);
  if (!fields) return fields.errors();
  for (std::size_t i = 0; i < schema.size(); ++i) {
    ReadField& got = (*fields)[i];
    SetField(schema[i], loaded.value, std::move(got.value));
    loaded.origins[schema[i].spec.key] = std::move(got.origin);
    loaded.origins.merge(got.element_origins);
  }
  return loaded;
}

}  // namespace internal

/// Fills a T from |document|; what the document does not say keeps T's own default.
template <class T>
Expected<Loaded<T>> Load(const TomlDocument& document, const Schema<T>& schema, Surface surface) {
  return internal::LoadFrom<T, TomlDocument>(
      document, document.file, schema,
      [](const TomlDocument& d, const std::string&, std::span<const internal::TypedSpec> s,
         Surface where) { return internal::ReadFields(d, s, where); },
      surface);
}

/// The inverse of ToJson. |file| names the source in errors.
template <class T>
Expected<Loaded<T>> LoadJson(const nlohmann::json& object, const std::string& file,
                             const Schema<T>& schema, Surface surface) {
  return internal::LoadFrom<T, nlohmann::json>(
      object, file, schema,
      [](const nlohmann::json& j, const std::string& f, std::span<const internal::TypedSpec> s,
         Surface where) { return internal::ReadFields(j, f, s, where); },
      surface);
}

/// Every field, defaults included, nested by the dots of their keys.
template <class T>
nlohmann::json ToJson(const T& object, const Schema<T>& schema) {
  std::vector<std::pair<std::string, FieldValue>> fields;
  fields.reserve(schema.size());
  for (const Field<T>& field : schema) {
    fields.emplace_back(field.spec.key, internal::GetField(field, object));
  }
  return internal::Nest(fields);
}

}  // namespace nam56r::base
