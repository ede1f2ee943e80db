#include "src/report/check_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "src/base/render.h"
#include "src/base/utf8.h"
#include "src/dialect/rule_codes.h"

namespace nam56r::report {
namespace {

using base::EscapeControls;
using check::Finding;
using check::Stage;
using dialect::Rewrite;

constexpr std::size_t kMostValue = 60;  // columns
constexpr std::size_t kMostText = 400;  // of a message, or of a label

std::string_view WhenItEnds(Stage stage) {
  switch (stage) {
    case Stage::kParse:
      return "parse: the command line does not parse";
    case Stage::kValidate:
      return "validate: refused before anything is built";
    case Stage::kBuild:
      return "build: fails when the model is built, on every rank";
    case Stage::kRun:
      return "run: nothing stops it before training, or at all";
  }
  return "";
}

std::string Plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// As a person writes it: a text without quotes, null as "unset".
std::string Value(const nlohmann::json& value) {
  std::string text = value.is_null() ? "unset"
                     : value.is_string()
                         ? value.get<std::string>()
                         : value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  if (text.empty()) text = "\"\"";
  text = EscapeControls(text);
  if (base::CodePoints(text) > kMostValue) {
    std::string_view rest = text;
    for (std::size_t i = 0; i < kMostValue; ++i) base::TakeCodePoint(rest);
    text.resize(text.size() - rest.size());
    text += "...";
  }
  return text;
}

// A value may be as long as a command line.
std::string Shortened(std::string text) {
  if (text.size() <= kMostText) return text;
  std::string_view rest = text;
  for (std::size_t i = 0; i < kMostText && !rest.empty(); ++i) base::TakeCodePoint(rest);
  if (rest.empty()) return text;
  text.resize(text.size() - rest.size());
  return text + "...";
}

std::string Finish(const Finding& finding, const CheckTextOptions& options) {
  base::Diagnostic shown = finding.diagnostic;
  base::RenderOptions render;
  render.colour = options.colour;
  if (finding.waived) {
    render.head = fmt::format("waived {}", base::SeverityName(shown.severity));
    render.facts.emplace_back("waived", *finding.waived);
  }
  // A side that stands in no file is told, not shown.
  for (base::SourceNote& note : shown.where) {
    if (note.at.file.empty()) shown.notes.push_back(std::move(note.label));
  }
  std::erase_if(shown.where, [](const base::SourceNote& note) { return note.at.file.empty(); });
  const bool refuses = shown.severity == base::Severity::kError && !finding.waived;
  const dialect::RuleEntry* rule = dialect::FindRule(shown.code);
  const bool harms = shown.severity != base::Severity::kNote;
  const bool unread = rule == nullptr && finding.stage == Stage::kParse;  // a file, not a launch
  if ((refuses && !unread) || (rule != nullptr && harms)) {
    render.facts.emplace_back("stage", std::string(WhenItEnds(finding.stage)));
  }
  if (rule != nullptr && !rule->rule->source.empty()) {
    // The message ends with it for those who only see a message.
    const std::string tail = fmt::format(" ({})", rule->rule->source);
    if (shown.message.ends_with(tail)) shown.message.resize(shown.message.size() - tail.size());
    render.facts.emplace_back("source", fmt::format("{}: {}", options.dialect, rule->rule->source));
  }
  shown.message = Shortened(shown.message);
  for (base::SourceNote& note : shown.where) note.label = Shortened(note.label);
  for (std::string& note : shown.notes) note = Shortened(note);
  render.facts.emplace_back("more", fmt::format("nam56r explain {}", shown.code));
  return base::Render(shown, render);
}

void AppendRewrites(const std::vector<Rewrite>& rewrites, const CheckTextOptions& options,
                    std::string& out) {
  const auto given = static_cast<std::size_t>(
      std::count_if(rewrites.begin(), rewrites.end(), [](const Rewrite& r) { return r.given; }));
  const std::size_t others = rewrites.size() - given;
  const auto append = [&](bool of_given) {
    std::size_t flag = 0;
    for (const Rewrite& rewrite : rewrites) {
      if (rewrite.given == of_given) flag = std::max(flag, rewrite.flag.size());
    }
    for (const Rewrite& rewrite : rewrites) {
      if (rewrite.given != of_given) continue;
      const std::string& name = rewrite.flag.empty() ? rewrite.dest : rewrite.flag;
      out += fmt::format("  {} {:<{}}  {} -> {}\n", of_given ? '~' : '+', EscapeControls(name),
                         flag, Value(rewrite.from), Value(rewrite.to));
      out += fmt::format("      {}{}\n", EscapeControls(rewrite.why),
                         rewrite.source.empty() ? "" : fmt::format(" ({})", rewrite.source));
    }
  };
  if (given > 0) {
    out +=
        fmt::format("{} changes {} that you wrote:\n\n", options.dialect, Plural(given, "value"));
    append(true);
    out += '\n';
  }
  if (others == 0) return;
  if (options.all) {
    out +=
        fmt::format("{} sets {} that nobody wrote:\n\n", options.dialect, Plural(others, "value"));
    append(false);
    out += '\n';
  } else {
    out += fmt::format("{} sets {} that nobody wrote (--all lists them)\n\n", options.dialect,
                       Plural(others, "value"));
  }
}

void AppendOpinion(const check::Opinion& opinion, std::string& out) {
  if (!opinion.asked) {
    out += fmt::format("second opinion: not asked: {}\n\n", EscapeControls(opinion.why_not));
    return;
  }
  out += fmt::format("second opinion: {} {} it", EscapeControls(opinion.version),
                     opinion.refused ? "refuses" : "accepts");
  if (opinion.refused) {
    out += fmt::format(" ({}): {}", EscapeControls(opinion.stage), EscapeControls(opinion.error));
  }
  out += '\n';
  if (!opinion.stubbed.empty()) {
    out += fmt::format("  without these packages, which something stood in for: {}\n",
                       EscapeControls(fmt::format("{}", fmt::join(opinion.stubbed, ", "))));
  }
  out += '\n';
}

std::string Summary(const check::Result& result, const CheckTextOptions& options) {
  std::array<std::size_t, 4> stages{};
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t notes = 0;
  std::size_t waived = 0;
  for (const Finding& finding : result.findings) {
    if (finding.waived) {
      ++waived;
    } else if (finding.diagnostic.severity == base::Severity::kError) {
      ++errors;
      ++stages[static_cast<std::size_t>(finding.stage)];
    } else {
      ++(finding.diagnostic.severity == base::Severity::kWarning ? warnings : notes);
    }
  }
  std::vector<std::string> parts;
  if (errors > 0) {
    std::vector<std::string> when;
    for (std::size_t i = 0; i < stages.size(); ++i) {
      if (stages[i] > 0) {
        when.push_back(fmt::format("{} {}", stages[i], check::StageName(static_cast<Stage>(i))));
      }
    }
    parts.push_back(fmt::format("{} ({})", Plural(errors, "error"), fmt::join(when, ", ")));
  }
  if (warnings > 0) parts.push_back(Plural(warnings, "warning"));
  if (notes > 0) parts.push_back(Plural(notes, "note"));
  if (waived > 0) parts.push_back(fmt::format("{} waived", waived));
  if (parts.empty()) parts.emplace_back("no findings");
  const auto given =
      static_cast<std::size_t>(std::count_if(result.rewrites.begin(), result.rewrites.end(),
                                             [](const Rewrite& rewrite) { return rewrite.given; }));
  if (given > 0) parts.push_back(fmt::format("{} that you wrote changed", Plural(given, "value")));
  return fmt::format("{}: {}{}: {}\n", EscapeControls(options.subject),
                     options.dialect.empty() ? "" : options.dialect + " ",
                     result.refused() ? "refused" : "ok", fmt::join(parts, ", "));
}

}  // namespace

std::string CheckText(const check::Result& result, const check::Opinion* opinion,
                      const CheckTextOptions& options) {
  std::string out;
  for (const Finding& finding : result.findings) out += Finish(finding, options) + '\n';
  AppendRewrites(result.rewrites, options, out);
  if (opinion != nullptr) AppendOpinion(*opinion, out);
  return out + Summary(result, options);
}

}  // namespace nam56r::report
