#include "src/policy/environment_values.h"

#include <fmt/format.h>

#include <charconv>

#include "src/base/secrets.h"

namespace nam56r::policy::internal {

std::optional<std::int64_t> WholeNumber(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool FoldsCase(const EnvironmentVariable& known) { return known.reader == "NCCL"; }

std::string Folded(std::string_view name, std::string_view value) {
  std::string folded(value);
  const EnvironmentVariable* known = FindVariable(name);
  if (known == nullptr || !FoldsCase(*known)) return folded;
  for (char& c : folded) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return folded;
}

std::string Setting(std::string_view field, std::string_view value) {
  const std::string_view name = field.substr(field.rfind('.') + 1);
  if (base::NamesSecret(name) || base::LooksLikeSecret(value)) {
    return fmt::format("{} = (withheld)", field);
  }
  return fmt::format("{} = \"{}\"", field, value);
}

}  // namespace nam56r::policy::internal
