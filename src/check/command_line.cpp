#include "src/check/command_line.h"

#include <fmt/format.h>

#include <numeric>

#include "src/check/positions.h"
#include "src/dialect/rewrite_rules.h"

namespace nam56r::check {
namespace {

using dialect::EffectiveArgs;

// What Linux starts a program with: 128 KiB a word (MAX_ARG_STRLEN), 2 MiB in all with the usual
// limit of the stack, pointers included (execve(2)).
constexpr std::size_t kMostWordBytes = std::size_t{128} << 10;
constexpr std::size_t kMostBytes = std::size_t{2} << 20;

std::size_t Bytes(std::span<const std::string> argv) {
  return std::accumulate(argv.begin(), argv.end(), std::size_t{0},
                         [](std::size_t sum, const std::string& word) {
                           return sum + word.size() + 1 + sizeof(char*);
                         });
}

std::optional<Finding> BeyondBounds(std::span<const std::string> argv) {
  base::Diagnostic error;
  for (std::size_t word = 0; word < argv.size() && error.message.empty(); ++word) {
    if (argv[word].size() < kMostWordBytes) continue;
    error.message = fmt::format("a word of {} bytes; no program is started with one above {}",
                                argv[word].size(), kMostWordBytes - 1);
    error.where.push_back(
        {{.file = std::string(dialect::kArgv), .line = static_cast<int>(word) + 1}, "this word"});
  }
  if (const std::size_t bytes = Bytes(argv); error.message.empty() && bytes > kMostBytes) {
    error.message = fmt::format(
        "a command line of {} bytes; no program is started with one above {}", bytes, kMostBytes);
  }
  if (error.message.empty()) return std::nullopt;
  error.code = "POLICY0911";
  error.surface = base::Surface::kPolicy;
  error.valid = {fmt::format("words below {} bytes, and {} bytes in all with 9 for each word",
                             kMostWordBytes, kMostBytes)};
  error.fix = "move long lists into a file, as --data-args-path takes them";
  return Finding{std::move(error), Stage::kParse};
}

bool IsParse(const dialect::RuleFinding& found) {
  return found.rule->stage == Stage::kParse && found.rule->severity == base::Severity::kError;
}

}  // namespace

Result CheckCommandLine(const dialect::Release& release, std::span<const std::string> argv,
                        const dialect::Surroundings& surroundings) {
  Result result;
  if (std::optional<Finding> beyond = BeyondBounds(argv)) {
    result.findings.push_back(std::move(*beyond));
    return result;
  }
  const EffectiveArgs raw(release, argv, surroundings);
  EffectiveArgs args = raw;
  const bool parses = raw.problem_count() == 0;
  if (parses) result.rewrites = dialect::ApplyRewrites(args, {.unused_removals = true});
  std::vector<dialect::RuleFinding> found = dialect::CheckCommandLine(args, raw);
  // The release goes no further than its parser; nor does what a file would tell it stand here.
  const bool ends = std::any_of(found.begin(), found.end(), IsParse);
  const bool elsewhere = !raw.IsNull("yaml_cfg");
  if (ends || elsewhere) {
    result.rewrites.clear();
    std::erase_if(found, [&](const dialect::RuleFinding& one) {
      return ends ? !IsParse(one) : one.rule->dests.front() != "yaml_cfg";
    });
  }
  for (dialect::RuleFinding& one : found) {
    result.findings.push_back({std::move(one.diagnostic), one.rule->stage});
  }
  if (raw.problem_count() > raw.problems().size()) {
    result.findings.back().diagnostic.notes.push_back(
        fmt::format("and {} more like these", raw.problem_count() - raw.problems().size()));
  }
  Order(result);
  return result;
}

}  // namespace nam56r::check
