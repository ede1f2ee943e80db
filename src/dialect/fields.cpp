#include "src/dialect/fields.h"

#include <fmt/format.h>

#include <stdexcept>

namespace nam56r::dialect {
namespace {

constexpr std::string_view kRecipe = "recipe.";
constexpr std::string_view kPolicy = "policy.";

template <class T>
base::FieldValue Find(const T& object, const base::Schema<T>& schema, std::string_view key) {
  for (const base::Field<T>& field : schema) {
    if (field.spec.key == key) return base::internal::GetField(field, object);
  }
  throw std::logic_error(fmt::format("no schema has the field '{}'", key));
}

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};

}  // namespace

base::FieldValue ValueOf(const seams::Context& context, std::string_view field) {
  if (field.starts_with(kRecipe)) {
    return Find(context.recipe.value, recipe::Schema(), field.substr(kRecipe.size()));
  }
  if (field.starts_with(kPolicy)) {
    return Find(context.policy.value, policy::Schema(), field.substr(kPolicy.size()));
  }
  throw std::logic_error(fmt::format("'{}' is a field of neither recipe nor policy", field));
}

base::SourceLocation At(const seams::Context& context, std::string_view field) {
  if (field.starts_with(kRecipe)) {
    return context.recipe.At(std::string(field.substr(kRecipe.size())));
  }
  return context.policy.At(std::string(field.substr(kPolicy.size())));
}

std::string Word(double value) { return fmt::format("{}", value); }

std::vector<std::string> Words(const base::FieldValue& value) {
  using Strings = std::vector<std::string>;
  return std::visit(Overloaded{
                        [](std::int64_t v) { return Strings{fmt::format("{}", v)}; },
                        [](double v) { return Strings{Word(v)}; },
                        [](bool v) { return Strings{v ? "true" : "false"}; },
                        [](const std::string& v) { return Strings{v}; },
                        [](const std::vector<std::int64_t>& v) {
                          Strings words;
                          for (std::int64_t item : v) words.push_back(fmt::format("{}", item));
                          return words;
                        },
                        [](const Strings& v) { return v; },
                        [](const std::map<std::string, std::string>& v) {
                          Strings words;
                          for (const auto& [name, text] : v) words.push_back(name + "=" + text);
                          return words;
                        },
                    },
                    value);
}

}  // namespace nam56r::dialect
