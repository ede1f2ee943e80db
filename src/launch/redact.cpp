#include "src/launch/redact.h"

#include <algorithm>
#include <array>

#include "src/base/secrets.h"

namespace nam56r::launch {
namespace {

using nlohmann::json;

// A path is a long run of key characters; what has a user and a password in it is none.
bool IsSecretWord(std::string_view text) {
  const bool path =
      text.find('/') != std::string_view::npos && text.find('@') == std::string_view::npos;
  return !path && !text.starts_with("sha256:") && base::LooksLikeSecret(text);
}

// Whether a value behind |option| would be hidden in a line of text.
bool AsksForSecret(std::string_view option) {
  return option.starts_with("--") &&
         base::WithoutSecrets(std::string(option) + " x").ends_with('*');
}

bool NamesIdentity(std::string_view key) {
  constexpr std::array<std::string_view, 7> kEndings = {"digest", "sha256", "uuid",     "id",
                                                        "path",   "file",   "directory"};
  return std::any_of(kEndings.begin(), kEndings.end(),
                     [&](std::string_view ending) { return key.ends_with(ending); });
}

void RedactIn(json& value, std::string_view key) {
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    if (key != "key" && base::NamesSecret(key)) {
      value = kRedacted;
    } else if (!NamesIdentity(key)) {
      value = base::WithoutSecrets(text);
    }
  } else if (value.is_object()) {
    for (auto& [name, element] : value.items()) RedactIn(element, name);
  } else if (value.is_array()) {
    for (json& element : value) RedactIn(element, key);
  }
}

}  // namespace

std::string RedactedValue(const std::string& name, const std::string& value) {
  return base::NamesSecret(name) || IsSecretWord(value) ? std::string(kRedacted) : value;
}

std::string RedactedWord(const std::vector<std::string>& argv, std::size_t at) {
  const std::string& word = argv[at];
  const std::size_t sign = word.find('=');
  if (word.starts_with("--") && sign != std::string::npos) {
    const std::string option = word.substr(0, sign);
    const bool secret = AsksForSecret(option) || IsSecretWord(word.substr(sign + 1));
    return secret ? option + "=" + std::string(kRedacted) : word;
  }
  if (word.starts_with("--")) return word;
  const bool asked =
      at > 0 && argv[at - 1].find('=') == std::string::npos && AsksForSecret(argv[at - 1]);
  return asked || IsSecretWord(word) ? std::string(kRedacted) : word;
}

json Redacted(json value) {
  RedactIn(value, "");
  return value;
}

}  // namespace nam56r::launch
