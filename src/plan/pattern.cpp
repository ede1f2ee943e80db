#include "src/plan/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <stdexcept>

namespace nam56r::plan {
namespace {

constexpr std::size_t kMaxQuoted = 120;
constexpr std::size_t kMaxReportedLetters = 8;

std::string_view Meaning(char letter) {
  switch (letter) {
    case 'A':
      return "attention";
    case 'E':
      return "experts";
    case 'M':
      return "Mamba-3";
    case 'R':
      return "M2RNN";
    case 'F':
      return "dense feed-forward";
    default:
      throw std::logic_error("pattern letter without a meaning");
  }
}

std::string Escaped(unsigned char byte) {
  if (byte >= 0x20 && byte < 0x7f) return std::string(1, static_cast<char>(byte));
  return fmt::format("\\x{:02x}", static_cast<unsigned>(byte));
}

struct Advice {
  std::string explanation;  ///< what the letter means elsewhere; may be empty
  std::string fix;
};

// Megatron's symbols: megatron/core/models/hybrid/hybrid_layer_allocation.py, class Symbols.
Advice AdviceFor(char letter, const PatternSource& source) {
  const auto allowed = [&](char wanted) {
    return source.letters.find(wanted) != std::string_view::npos;
  };
  switch (letter) {
    case '*':
      return {"'*' is Megatron's symbol for attention; a recipe says 'A'", "write 'A' for '*'"};
    case '+':
      return {"'+' is Megatron's symbol for multi-head latent attention; a recipe says 'A'",
              "write 'A' for '+'"};
    case 'D':
      return {
          "'D' is Megatron's symbol for sparse attention; a recipe says 'A' and lists the "
          "slot's A-rank in dsa.ranks",
          "write 'A' for 'D' and add its A-rank to dsa.ranks"};
    case '-':
      return {"'-' is Megatron's symbol for a dense feed-forward layer; a recipe says 'F'",
              allowed('F') ? "write 'F' for '-'" : ""};
    case 'G':
      return {"'G' is Megatron's symbol for a gated delta net, which is no family of a recipe",
              "replace 'G' by one of the valid letters"};
    case '/':
      return {
          "'/' is Megatron's separator for multi-token prediction; a recipe gives that block's "
          "layers in mtp.pattern, and a policy how many execute",
          "remove '/' and what follows it"};
    case '|':
      return {"'|' cuts the model into pipeline chunks; this pattern is never cut", "remove '|'"};
    default:
      break;
  }
  if (std::isspace(static_cast<unsigned char>(letter)) != 0) {
    return {"a pattern has no white space", "remove it"};
  }
  const char upper = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  if (upper != letter && allowed(upper)) {
    return {"letters are upper case", fmt::format("write '{}' for '{}'", upper, letter)};
  }
  if (std::string_view("AEMRF").find(letter) != std::string_view::npos) {
    return {fmt::format("'{}' ({}) cannot stand here", letter, Meaning(letter)),
            "use one of the valid letters"};
  }
  return {"", "use one of the valid letters"};
}

base::Diagnostic Refusal(const PatternSource& source, std::string message, std::string fix) {
  base::Diagnostic d;
  d.code = "PLAN0001";
  d.surface = base::Surface::kPlan;
  d.message = std::move(message);
  d.where = {{source.at, fmt::format("{} = {}", source.field, Quoted(source.text))}};
  d.fields = {source.field};
  d.valid = LetterMeanings(source.letters);
  if (source.cuts) d.valid.emplace_back("| a cut between pipeline chunks");
  d.fix = std::move(fix);
  return d;
}

}  // namespace

std::vector<std::string> LetterMeanings(std::string_view letters) {
  std::vector<std::string> meanings;
  for (char letter : letters) meanings.push_back(fmt::format("{} {}", letter, Meaning(letter)));
  return meanings;
}

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text.substr(0, kMaxQuoted)) {
    if (c == '"' || c == '\\') out += '\\';
    out += Escaped(static_cast<unsigned char>(c));
  }
  out += text.size() > kMaxQuoted ? "\"..." : "\"";
  return out;
}

base::Expected<Pattern> ParsePattern(const PatternSource& source) {
  if (source.text.empty()) {
    return Refusal(source, fmt::format("{} is empty", source.field),
                   "write at least one letter, for instance \"AEMEAEMEAEMR\"");
  }
  if (source.text.size() > kMaxPatternLength) {
    return Refusal(source,
                   fmt::format("{} has {} bytes; at most {} are read", source.field,
                               source.text.size(), kMaxPatternLength),
                   "write one period: a pattern without '|' is tiled to model.depth");
  }

  struct Unknown {
    std::size_t first;  ///< from 1
    std::size_t times;
  };
  std::map<char, Unknown> unknown;
  std::optional<std::size_t> empty_piece;
  Pattern pattern;
  pattern.pieces.push_back(0);
  for (std::size_t i = 0; i < source.text.size(); ++i) {
    const char c = source.text[i];
    if (c == '|' && source.cuts) {
      if (pattern.pieces.back() == 0 && !empty_piece) empty_piece = pattern.pieces.size();
      pattern.pieces.push_back(0);
      continue;
    }
    // An unknown letter still takes its place, so that the pieces around it are judged rightly.
    ++pattern.pieces.back();
    if (source.letters.find(c) == std::string_view::npos) {
      auto [it, fresh] = unknown.try_emplace(c, Unknown{i + 1, 0});
      ++it->second.times;
    } else {
      pattern.letters += c;
    }
  }
  if (pattern.pieces.back() == 0 && !empty_piece) empty_piece = pattern.pieces.size();

  base::Diagnostics errors;
  std::vector<std::pair<char, Unknown>> in_order(unknown.begin(), unknown.end());
  std::sort(in_order.begin(), in_order.end(),
            [](const auto& a, const auto& b) { return a.second.first < b.second.first; });
  for (const auto& [letter, seen] : in_order) {
    if (errors.size() == kMaxReportedLetters) break;
    Advice advice = AdviceFor(letter, source);
    std::string message = fmt::format("{} has '{}' at position {}", source.field,
                                      Escaped(static_cast<unsigned char>(letter)), seen.first);
    if (seen.times > 1) message += fmt::format(" (and {} more)", seen.times - 1);
    message += ", which is no letter of it";
    if (!advice.explanation.empty()) message += ": " + advice.explanation;
    errors.push_back(Refusal(source, std::move(message), std::move(advice.fix)));
  }
  if (empty_piece) {
    errors.push_back(Refusal(source,
                             fmt::format("piece {} of {} in {} has no layer", *empty_piece,
                                         pattern.pieces.size(), source.field),
                             "give every piece between '|' at least one letter"));
  }
  if (!errors.empty()) return errors;
  return pattern;
}

std::string TileLetters(const Pattern& pattern, std::int64_t depth) {
  if (pattern.letters.empty() || depth < 1 || depth > kMaxDepth) {
    throw std::logic_error("TileLetters: no pattern or no depth");
  }
  const auto length = static_cast<std::size_t>(depth);
  if (pattern.cut()) return pattern.letters.size() == length ? pattern.letters : std::string();
  std::string letters;
  letters.reserve(length + pattern.letters.size());
  while (letters.size() < length) letters += pattern.letters;
  letters.resize(length);
  return letters;
}

}  // namespace nam56r::plan
