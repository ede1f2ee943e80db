#include "src/contract/rule_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "src/dialect/rule_codes.h"
#include "src/dialect/rule_examples.h"
#include "src/dialect/rule_wording.h"

namespace nam56r::contract {
namespace {

using dialect::ArgumentRule;
using dialect::RuleEntry;
using Stage = ArgumentRule::Stage;
using Reach = ArgumentRule::Reach;

std::string_view StageText(Stage stage) {
  switch (stage) {
    case Stage::kParse:
      return "parse: the release's parser stops";
    case Stage::kValidate:
      return "validate: the release refuses it before anything is built";
    case Stage::kBuild:
      return "build: it ends when the configuration or the model is built";
    case Stage::kRun:
      return "run: it ends later, or never and trains something else";
  }
  return "";
}

std::string_view RaisedBy(const dialect::ArgumentRule& rule) {
  switch (rule.reach) {
    case Reach::kAnywhere:
      return "check, contract, launch";
    case Reach::kCommandLine:
      return "check of a command line; a contract cannot say it, or is refused for more";
    case Reach::kContract:
      return rule.stage == dialect::ArgumentRule::Stage::kRun
                 ? "check and contract; the release ignores it, which a contract must not"
                 : "check and contract; of a command line the parser's own complaint is told";
  }
  return "";
}

std::string FlagOf(std::string_view dest) {
  std::string flag;
  for (const dialect::Release& release : dialect::Releases()) {  // the newest that has it
    if (const dialect::Argument* argument = release.FindDest(dest)) flag = argument->flags.front();
  }
  return flag;
}

dialect::DestName NameOnPage(std::string_view dest) {
  if (dest.starts_with(dialect::kVariable)) {
    return {std::string(dest.substr(dialect::kVariable.size()))};
  }
  const dialect::Argument* newest = nullptr;
  for (const dialect::Release& release : dialect::Releases()) {
    if (const dialect::Argument* argument = release.FindDest(dest)) newest = argument;
  }
  if (newest == nullptr) return {std::string(dest)};
  return {std::string(newest->flags.front()), newest->action == dialect::Action::kStoreFalse};
}

// "{dest}" as the flag it is.
std::string WithFlags(std::string_view text) { return dialect::Spoken(text, NameOnPage); }

// A cell of a Markdown table, or a line of text: nothing of it is markup.
std::string Plain(std::string_view text) {
  constexpr std::string_view kMarkup = "|*_<>[]`\\";
  std::string plain;
  for (const char c : text) {
    if (kMarkup.find(c) != std::string_view::npos) plain += '\\';
    plain += c;
  }
  return plain;
}

std::string Sentence(std::string text) {
  if (text.empty()) return text;
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  if (text.back() != '.') text += '.';
  return text;
}

std::string Ticked(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", text);
}

// Words that change the example's command line, as somebody reads them.
std::string ExampleText(std::string_view words) {
  return words.empty() ? "(the example as it is)" : std::string(words);
}

std::string Fenced(std::string_view text) { return fmt::format("\n```\n{}\n```\n", text); }

constexpr std::string_view kHeader =
    "<!-- Written from the rules by the target reference_pages; a test compares the two. -->\n\n";

// The examples change one command line; what the words mean stands in the index.
constexpr std::string_view kExampleNote =
    "Changes to the [example's command line](README.md#the-example).\n";

std::string GroupTitle(std::string_view group) {
  static const std::map<std::string_view, std::string_view> titles = {
      {"commandline", "Command line"},
      {"layout", "Layout"},
      {"batch", "Batch"},
      {"pattern", "Pattern"},
      {"attention", "Attention"},
      {"experts", "Experts"},
      {"recurrent", "State-space and recurrent layers"},
      {"mtp", "Multi-token prediction"},
      {"recompute", "Recompute"},
      {"graphs", "CUDA graphs"},
      {"precision", "Precision"},
      {"optimizer", "Optimizer"},
      {"overlap", "Overlap"},
      {"data", "Data and checkpoints"},
      {"environment", "Environment"},
      {"host", "Host"}};
  const auto it = titles.find(group);
  return it == titles.end() ? Sentence(std::string(group)) : std::string(it->second);
}

}  // namespace

RuleFacts FactsOf(const RuleEntry& entry) {
  const ArgumentRule& rule = *entry.rule;
  RuleFacts facts;
  facts.code = rule.code;
  facts.group = entry.group;
  facts.title = rule.title.empty() ? Sentence(std::string(rule.why)) : std::string(rule.title);
  facts.surface = facts.code.starts_with("PLAN")   ? "plan"
                  : facts.code.starts_with("SEAM") ? "seam"
                  : facts.code.starts_with("HOST") ? "host"
                                                   : "policy";
  facts.severity = base::SeverityName(rule.severity);
  facts.stage = StageText(rule.stage);
  facts.raised_by = RaisedBy(rule);
  for (const dialect::Release& release : dialect::Releases()) {
    if (rule.releases.Includes(release.minor)) facts.releases.emplace_back(release.dialect);
  }
  facts.why = Sentence("it " + WithFlags(rule.why));
  facts.fix = Sentence(WithFlags(rule.fix));
  for (std::string_view rest = rule.valid; !rest.empty();) {
    const std::size_t bar = rest.find('|');
    if (!facts.valid.empty()) facts.valid += ", ";
    facts.valid += rest.substr(0, bar);
    rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
  }
  if (rule.valid_of != nullptr) facts.valid = "computed from the other values";
  facts.waiver = dialect::CanBeWaived(rule) ? "a policy may waive it below [waivers]"
                                            : "none: the release itself refuses the command line";
  facts.source = rule.source;
  facts.fails = rule.fails;
  facts.passes = rule.passes;
  for (std::string_view dest : rule.dests) {
    if (dest.empty()) continue;
    if (dest.starts_with(dialect::kVariable)) {
      facts.sides.push_back({std::string(dest.substr(dialect::kVariable.size())), "",
                             std::string(dialect::FieldOfDest(dest))});
    } else {
      facts.sides.push_back(
          {std::string(dest), FlagOf(dest), std::string(dialect::FieldOfDest(dest))});
    }
  }
  return facts;
}

std::string RulePage(const RuleEntry& entry) {
  const RuleFacts facts = FactsOf(entry);
  std::string page(kHeader);
  page += fmt::format("# {}: {}\n\n", facts.code, Plain(facts.title));
  page += fmt::format("{} {}\n\n", Plain(facts.why), Plain(facts.fix));
  page += "| | |\n|---|---|\n";
  const auto row = [&](std::string_view label, const std::string& text) {
    if (!text.empty()) page += fmt::format("| {} | {} |\n", label, Plain(text));
  };
  row("severity", facts.severity);
  row("surface", facts.surface);
  row("stage", facts.stage);
  row("raised by", facts.raised_by);
  row("releases", fmt::format("{}", fmt::join(facts.releases, ", ")));
  row("valid", facts.valid);
  row("waiver", facts.waiver);
  row("source", facts.source);
  if (!facts.sides.empty()) {
    page += "\n## What it looks at\n\n| argument | flag | field |\n|---|---|---|\n";
  }
  for (const RuleFacts::Side& side : facts.sides) {
    page +=
        fmt::format("| {} | {} | {} |\n", Ticked(side.dest), Ticked(side.flag), Ticked(side.field));
  }
  if (!facts.fails.empty()) {
    page += fmt::format("\n## Fails\n\n{}{}", kExampleNote, Fenced(ExampleText(facts.fails)));
    page += fmt::format("\n## Passes\n{}", Fenced(ExampleText(facts.passes)));
  }
  return page;
}

std::string CodePage(const Code& code) {
  std::string page(kHeader);
  page += fmt::format("# {}: {}\n\n{}\n\n| | |\n|---|---|\n", code.code, Plain(code.meaning),
                      Plain(code.why));
  page += fmt::format("| surface | {} |\n| raised by | {} |\n", Plain(code.surface),
                      Plain(code.raised_by));
  page += fmt::format("\n## Wrong\n{}\n## Mended\n{}", Fenced(code.wrong), Fenced(code.mended));
  return page;
}

std::string RulesIndex() {
  std::string page(kHeader);
  page +=
      "# Rules\n\nEvery code that a finding can have, a page each. `nam56r explain CODE` prints "
      "the same. [How a check is read](../check.md).\n\n## The example\n\nThe pages of rules "
      "change one command line that every release takes: NAM56R at full width with MLA\n"
      "everywhere, on 8 ranks. `--flag value` is given instead or as well, `!--flag` is not given, "
      "`NAME=value` is set in the\nenvironment and `!NAME` is not, `@16` starts that many ranks, "
      "`sm:10` is another major compute capability, and `gpt`\nin front changes a "
      "mixture-of-experts GPT with TP 2 and PP 2 instead.\n";
  std::string_view group;
  for (const RuleEntry& entry : dialect::ArgumentRules()) {
    if (entry.group != group) {
      group = entry.group;
      page += fmt::format("\n## {}\n\n| code | severity | stage | |\n|---|---|---|---|\n",
                          GroupTitle(group));
    }
    const RuleFacts facts = FactsOf(entry);
    page += fmt::format("| [{0}]({0}.md) | {1} | {2} | {3} |\n", facts.code, facts.severity,
                        facts.stage.substr(0, facts.stage.find(':')), Plain(facts.title));
  }
  page += "\n## Other codes\n\n| code | surface | |\n|---|---|---|\n";
  for (const Code& code : Codes()) {
    page += fmt::format("| [{0}]({0}.md) | {1} | {2} |\n", code.code, code.surface,
                        Plain(code.meaning));
  }
  return page;
}

std::vector<std::pair<std::string, std::string>> RulePages() {
  std::vector<std::pair<std::string, std::string>> pages;
  for (const RuleEntry& entry : dialect::ArgumentRules()) {
    pages.emplace_back(std::string(entry.rule->code) + ".md", RulePage(entry));
  }
  for (const Code& code : Codes()) {
    pages.emplace_back(std::string(code.code) + ".md", CodePage(code));
  }
  pages.emplace_back("README.md", RulesIndex());
  std::sort(pages.begin(), pages.end());
  return pages;
}

}  // namespace nam56r::contract
