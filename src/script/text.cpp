#include "src/script/text.h"

#include <charconv>

#include "src/base/secrets.h"

namespace nam56r::script {
namespace {

constexpr std::string_view kWithheld = "(withheld)";

}  // namespace

std::optional<std::int64_t> Integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string BaseName(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(path.find_last_of('/') + 1));
}

std::string Redacted(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\n";
  std::string shown;
  bool secret = false;  // of the word before, which may be a flag
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = std::min(text.find_first_not_of(kBlanks, at), text.size());
    const std::size_t end = std::min(text.find_first_of(kBlanks, begin), text.size());
    shown += text.substr(at, begin - at);
    const std::string_view word = text.substr(begin, end - begin);
    at = end;
    if (word.empty()) break;
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    if (equals != std::string_view::npos && base::NamesSecret(name)) {
      shown += name;
      shown += '=';
      shown += kWithheld;
    } else if (secret && !word.starts_with("--")) {
      shown += kWithheld;
    } else {
      shown += base::LooksLikeSecret(word) ? kWithheld : word;
    }
    secret = equals == std::string_view::npos && word.starts_with("--") && base::NamesSecret(word);
  }
  return shown;
}

std::string RedactedValue(std::string_view name, std::string_view value) {
  return std::string(base::NamesSecret(name) || base::LooksLikeSecret(value) ? kWithheld : value);
}

}  // namespace nam56r::script
