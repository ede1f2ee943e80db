#include "src/base/secrets.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <vector>

namespace nam56r::base {
namespace {

bool IsUpper(char c) { return std::isupper(static_cast<unsigned char>(c)) != 0; }
bool IsLower(char c) { return std::islower(static_cast<unsigned char>(c)) != 0; }
bool IsDigit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool IsHex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

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
  std::erase(words, "");
  return words;
}

struct Prefix {
  std::string_view text;
  std::size_t after;  ///< characters of a key that follow it, at least
};
constexpr std::array kPrefixes = {
    Prefix{"hf_", 16},        Prefix{"sk-", 16},    Prefix{"sk_live_", 8},  Prefix{"sk_test_", 8},
    Prefix{"ghp_", 16},       Prefix{"gho_", 16},   Prefix{"ghu_", 16},     Prefix{"ghs_", 16},
    Prefix{"ghr_", 16},       Prefix{"glpat-", 12}, Prefix{"xoxa-", 8},     Prefix{"xoxb-", 8},
    Prefix{"xoxp-", 8},       Prefix{"xoxr-", 8},   Prefix{"xoxs-", 8},     Prefix{"AKIA", 12},
    Prefix{"ASIA", 12},       Prefix{"AIza", 20},   Prefix{"ya29.", 16},    Prefix{"nvapi-", 16},
    Prefix{"pypi-", 16},      Prefix{"npm_", 16},   Prefix{"dckr_pat_", 8}, Prefix{"eyJ", 16},
    Prefix{"github_pat_", 16}};

bool IsKeyCharacter(char c) {
  return IsUpper(c) || IsLower(c) || IsDigit(c) || c == '_' || c == '-' || c == '.' || c == '/' ||
         c == '+' || c == '=';
}

// A prefix counts where a run of key characters begins, or behind "=" and "/".
bool HasKnownPrefix(std::string_view run) {
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (i > 0 && run[i - 1] != '=' && run[i - 1] != '/') continue;
    for (const Prefix& prefix : kPrefixes) {
      const std::string_view rest = run.substr(i);
      if (rest.starts_with(prefix.text) && rest.size() >= prefix.text.size() + prefix.after) {
        return true;
      }
    }
  }
  return false;
}

constexpr std::size_t kLongRun = 32;

// 32 hexadecimal digits or more, dashes aside: a digest, a UUID, a key.
bool HasLongHex(std::string_view run) {
  std::size_t digits = 0;
  for (const char c : run) {
    if (IsHex(c)) {
      if (++digits >= kLongRun) return true;
    } else if (c != '-') {
      digits = 0;
    }
  }
  return false;
}

// Cases and digits alternate in a key far more often than in a name of the same length.
bool IsMixedLikeAKey(std::string_view run) {
  if (run.size() < kLongRun) return false;
  const auto kind = [](char c) { return IsUpper(c) ? 1 : IsLower(c) ? 2 : IsDigit(c) ? 3 : 0; };
  const bool all = std::any_of(run.begin(), run.end(), IsUpper) &&
                   std::any_of(run.begin(), run.end(), IsLower) &&
                   std::any_of(run.begin(), run.end(), IsDigit);
  std::size_t changes = 0;
  for (std::size_t i = 1; i < run.size(); ++i) {
    const int before = kind(run[i - 1]);
    const int now = kind(run[i]);
    if (before != 0 && now != 0 && before != now) ++changes;
  }
  return all && changes * 4 >= run.size();
}

// "user:password@host", in a URL or without one.
bool HasCredentials(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return false;
  std::string_view before = text.substr(0, at);
  if (const std::size_t scheme = before.find("//"); scheme != std::string_view::npos) {
    before.remove_prefix(scheme + 2);
  }
  return before.find(':') != std::string_view::npos;
}

}  // namespace

bool NamesSecret(std::string_view name) {
  constexpr std::array<std::string_view, 8> kSecret = {
      "TOKEN", "SECRET", "PASSWORD", "PASSWD", "PASSPHRASE", "KEY", "APIKEY", "CREDENTIAL"};
  constexpr std::array<std::string_view, 4> kSizes = {"DIM", "SIZE", "LENGTH", "COUNT"};
  const std::vector<std::string> words = Words(name);
  if (!words.empty() && std::find(kSizes.begin(), kSizes.end(), words.back()) != kSizes.end()) {
    return false;
  }
  for (std::string_view word : words) {
    for (const std::string_view secret : kSecret) {
      if (word == secret) return true;
      if (word.size() == secret.size() + 1 && word.starts_with(secret) && word.back() == 'S') {
        return true;
      }
    }
  }
  return false;
}

bool LooksLikeSecret(std::string_view text) {
  if (text.find("-----BEGIN") != std::string_view::npos || HasCredentials(text)) return true;
  for (const std::string_view scheme : {"Bearer ", "bearer ", "Basic "}) {
    if (text.starts_with(scheme)) return true;
  }
  while (!text.empty()) {
    const auto end = std::find_if_not(text.begin(), text.end(), IsKeyCharacter);
    const std::string_view run = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    if (HasKnownPrefix(run) || HasLongHex(run) || IsMixedLikeAKey(run)) return true;
    text.remove_prefix(std::min(run.size() + 1, text.size()));
  }
  return false;
}

namespace {

bool EndsWord(char c) {
  return c == ' ' || c == '\t' || c == '"' || c == '\'' || c == ',' || c == ';';
}
bool InName(char c) { return IsUpper(c) || IsLower(c) || IsDigit(c) || c == '_' || c == '-'; }

// Of a line nobody vouches for: only the last word counts, or the one before ID. "HF_TOKEN" and
// "AWS_ACCESS_KEY_ID" name secrets, "--moe-token-dispatcher-type" does not.
bool EndsInSecret(std::string_view name) {
  const auto last_word = [&] {
    const std::size_t cut = name.find_last_of("_-");
    return cut == std::string_view::npos ? name : name.substr(cut + 1);
  };
  std::string_view word = last_word();
  if ((word == "ID" || word == "id") && word.size() < name.size()) {
    name.remove_suffix(word.size() + 1);
    word = last_word();
  }
  // The first letters of the words that say so: most names need no closer look.
  constexpr std::string_view kFirst = "aAcCkKpPsStT";
  return word.size() >= 3 && kFirst.find(word.front()) != std::string_view::npos &&
         NamesSecret(word);
}

// Whether a word can look like a secret at all; those of a sentence do not.
bool MayLookLikeSecret(std::string_view word) {
  constexpr std::size_t kShortest = 13;  // "xoxb-" and eight more
  if (word.starts_with("--") && word.find('=') == std::string_view::npos) return false;
  return word.size() >= kShortest || word.find('@') != std::string_view::npos;
}

// Behind |at|: blanks, and the quote that opens a value.
std::size_t SkipToValue(std::string_view line, std::size_t at) {
  while (at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
  return at < line.size() && (line[at] == '"' || line[at] == '\'') ? at + 1 : at;
}

std::size_t EndOfValue(std::string_view line, std::size_t begin) {
  const bool quoted = begin > 0 && (line[begin - 1] == '"' || line[begin - 1] == '\'');
  if (quoted) return std::min(line.find(line[begin - 1], begin), line.size());
  while (begin < line.size() && !EndsWord(line[begin])) ++begin;
  return begin;
}

}  // namespace

std::string WithoutSecrets(std::string_view line) {
  std::string shown(line);
  const auto hide = [&](std::size_t begin, std::size_t end) {
    std::fill(shown.begin() + static_cast<std::ptrdiff_t>(begin),
              shown.begin() + static_cast<std::ptrdiff_t>(end), '*');
  };
  for (std::size_t at = 0; at < line.size();) {
    if (EndsWord(line[at])) {
      ++at;
      continue;
    }
    std::size_t name_end = at;
    while (name_end < line.size() && InName(line[name_end])) ++name_end;
    const std::string_view name = line.substr(at, name_end - at);
    const std::size_t sign = SkipToValue(line, name_end);
    const bool assigned = sign < line.size() && (line[sign] == '=' || line[sign] == ':');
    // A lone "key" is what a cache or a table is sorted by.
    if ((assigned || name.starts_with("--")) && name != "key" && EndsInSecret(name)) {
      const std::size_t value = SkipToValue(line, assigned ? sign + 1 : name_end);
      at = std::max(EndOfValue(line, value), value);
      if (value < line.size() && line[value] != '[') hide(value, at);  // a list of names
      continue;
    }
    const std::size_t end = std::max(EndOfValue(line, at), at + 1);
    const std::string_view word = line.substr(at, end - at);
    if (MayLookLikeSecret(word) && !word.starts_with("sha256:") && LooksLikeSecret(word))
      hide(at, end);  // a digest is none
    at = end;
  }
  return shown;
}

}  // namespace nam56r::base
