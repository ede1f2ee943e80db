#include <array>
#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "src/launch/receipt.h"

namespace nam56r::launch {
namespace {

// Letters of a name in upper case, cut at everything else and where camel case begins a word:
// "apiKey_2" -> API, KEY.
std::vector<std::string> Words(std::string_view name) {
  std::vector<std::string> words(1);
  bool after_lower = false;
  for (const char c : name) {
    const auto letter = static_cast<unsigned char>(c);
    if (std::isalpha(letter) == 0) {
      words.emplace_back();
    } else {
      if (after_lower && std::isupper(letter) != 0) words.emplace_back();
      words.back() += static_cast<char>(std::toupper(letter));
    }
    after_lower = std::islower(letter) != 0;
  }
  return words;
}

}  // namespace

bool NamesSecret(std::string_view name) {
  constexpr std::array<std::string_view, 8> kSecret = {
      "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "KEY", "APIKEY", "CREDENTIAL"};
  for (std::string_view word : Words(name)) {
    for (const std::string_view secret : kSecret) {
      if (word == secret) return true;
      if (word.size() == secret.size() + 1 && word.starts_with(secret) && word.back() == 'S') {
        return true;
      }
    }
  }
  return false;
}

}  // namespace nam56r::launch
