#include "src/contract/private_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>

namespace nam56r::contract {
namespace {

using base::Diagnostic;
using base::Diagnostics;

// Lists of paths and settings with paths in them: "a=/x,b=/y:/z".
bool HoldsPath(std::string_view text) {
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find_first_of(":=,; \t\n\"'", begin), text.size());
    const std::string_view piece = text.substr(begin, end - begin);
    if (piece.starts_with('/') || piece.starts_with('~') || piece.starts_with('\\') ||
        piece == ".." || piece.starts_with("../") || piece.find("/../") != std::string::npos) {
      return true;
    }
    begin = end + 1;
  }
  return false;
}

bool NamesSecret(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  constexpr std::array kWords = {"SECRET",     "PASSWORD", "PASSWD",     "TOKEN",
                                 "CREDENTIAL", "API_KEY",  "ACCESS_KEY", "PRIVATE_KEY"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](const char* word) { return name.find(word) != std::string::npos; });
}

Diagnostic Refusal(base::Surface surface, base::SourceLocation at, std::string field,
                   std::string message, std::string fix) {
  Diagnostic error;
  error.code = "CONTRACT0004";
  error.surface = surface;
  error.message = std::move(message);
  error.where = {{std::move(at), field}};
  error.fields = {std::move(field)};
  error.fix = std::move(fix);
  return error;
}

template <class T>
void CheckFields(const base::Loaded<T>& loaded, const base::Schema<T>& schema,
                 base::Surface surface, Diagnostics& errors) {
  const std::string prefix = surface == base::Surface::kPlan ? "recipe." : "policy.";
  auto check = [&](const std::string& key, const std::string& text) {
    if (!HoldsPath(text)) return;
    errors.push_back(Refusal(surface, loaded.At(key), prefix + key,
                             fmt::format("{} holds a path, and a contract may be published", key),
                             "name it here and bind the name to a path in the host file"));
  };
  for (const base::Field<T>& field : schema) {
    const base::FieldValue value = base::internal::GetField(field, loaded.value);
    const std::string& key = field.spec.key;
    if (const auto* text = std::get_if<std::string>(&value)) check(key, *text);
    if (const auto* list = std::get_if<std::vector<std::string>>(&value)) {
      for (const std::string& text : *list) check(key, text);
    }
    if (const auto* map = std::get_if<std::map<std::string, std::string>>(&value)) {
      for (const auto& [name, text] : *map) {
        const std::string full = key + "." + name;
        check(full, text);
        if (HoldsPath(name) || NamesSecret(name)) {
          errors.push_back(Refusal(surface, loaded.At(full), prefix + full,
                                   "the variable's name says that it holds a secret or a path, "
                                   "and a contract may be published",
                                   "set it where the run is started, not in the policy"));
        }
      }
    }
  }
}

}  // namespace

Diagnostics CheckPrivateValues(const base::Loaded<recipe::Recipe>& recipe,
                               const base::Loaded<policy::Policy>& policy) {
  Diagnostics errors;
  CheckFields(recipe, recipe::Schema(), base::Surface::kPlan, errors);
  CheckFields(policy, policy::Schema(), base::Surface::kPolicy, errors);
  return errors;
}

std::string PublicFileName(const std::string& file) {
  const std::filesystem::path path = std::filesystem::path(file).lexically_normal();
  const bool inside =
      path.is_relative() && !path.empty() && *path.begin() != ".." && !file.starts_with('~');
  return inside ? path.generic_string() : path.filename().generic_string();
}

}  // namespace nam56r::contract
