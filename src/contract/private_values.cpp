#include "src/contract/private_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "src/base/secrets.h"
#include "src/base/utf8.h"

namespace nam56r::contract {
namespace {

using base::Diagnostic;
using base::Diagnostics;

// One word of a text: "-I/usr/include", "..", "C:\x" cut at its colon, "%2Fhome", "$HOME".
bool IsPath(std::string_view word) {
  constexpr std::string_view kBegins = "/~$%\\";
  if (word.empty()) return false;
  if (kBegins.find(word.front()) != std::string_view::npos) return true;
  if (word == "." || word == ".." || word.starts_with("./") || word.starts_with("../")) return true;
  const bool option = word.starts_with('-') && word.find('/') != std::string_view::npos;
  return option || word.find("/../") != std::string_view::npos || word.ends_with("/..") ||
         word.find('\\') != std::string_view::npos || word.find("%2F") != std::string_view::npos ||
         word.find("%2f") != std::string_view::npos;
}

// Lists of paths and settings with paths in them: "a=/x,b=/y:/z". Any character that is not part of
// a name or of a path cuts.
bool HoldsPath(std::string_view text) {
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("/~$%\\._-+").find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_part);
    const std::string_view word = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    if (IsPath(word)) return true;
    text.remove_prefix(std::min(word.size() + 1, text.size()));
  }
  return false;
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
    if (HoldsPath(text)) {
      errors.push_back(Refusal(surface, loaded.At(key), prefix + key,
                               fmt::format("{} holds a path, and a contract may be published", key),
                               "name it here and bind the name to a path in the host file"));
    } else if (base::LooksLikeSecret(text)) {
      errors.push_back(Refusal(
          surface, loaded.At(key), prefix + key,
          fmt::format("{} holds what looks like a secret, and a contract may be published", key),
          "set it where the run is started, or choose a plainer name"));
    }
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
        if (HoldsPath(name) || base::NamesSecret(name) || base::LooksLikeSecret(name)) {
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

bool IsPrivate(std::string_view text) { return HoldsPath(text) || base::LooksLikeSecret(text); }

std::string PublicFileName(const std::string& file) {
  std::string text = base::WithValidUtf8(file);
  // Elsewhere a backslash parts directories and a colon follows the drive.
  const std::size_t foreign = text.find_last_of("\\:");
  if (foreign != std::string::npos) text = "/" + text.substr(foreign + 1);
  const std::filesystem::path path = std::filesystem::path(text).lexically_normal();
  const bool inside = path.is_relative() && !path.empty() && *path.begin() != ".." &&
                      !HoldsPath(path.generic_string());
  std::string name = inside ? path.generic_string() : path.filename().generic_string();
  return base::LooksLikeSecret(name) ? "withheld" : name;
}

}  // namespace nam56r::contract
