#include "src/check/contract_check.h"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "src/base/files.h"
#include "src/check/positions.h"
#include "src/contract/derived.h"
#include "src/contract/waivers.h"
#include "src/dialect/megatron.h"
#include "src/dialect/rule_codes.h"

namespace nam56r::check {
namespace {

using nlohmann::json;

// What a contract says of the lines that set its fields. Lines are those of the files at the time
// at which it was compiled.
base::Origins OriginsOf(const json& provenance, std::string_view room) {
  base::Origins origins;
  for (const auto& [key, entry] : provenance.items()) {
    if (!key.starts_with(room)) continue;
    const auto file = entry.find("file");
    if (file == entry.end()) continue;
    origins[key.substr(room.size())] =
        base::Origin::File({file->get<std::string>(), entry.value("line", 0), 0});
  }
  return origins;
}

template <class T>
base::Loaded<T> Loaded(const T& value, const json& provenance, std::string_view room) {
  base::Loaded<T> loaded;
  loaded.value = value;
  loaded.origins = OriginsOf(provenance, room);
  for (const auto& [key, origin] : loaded.origins) {
    if (loaded.file.empty()) loaded.file = origin.at.file;
  }
  return loaded;
}

class Findings {
 public:
  Findings(const base::Loaded<policy::Policy>& policy, const std::string& today) : policy_(policy) {
    waivers_ = contract::ReadWaivers(policy, today).valid;
  }

  void Add(base::Diagnostic diagnostic) {
    Finding finding;
    finding.stage = StageOf(diagnostic);
    for (const contract::Waiver& waiver : waivers_) {
      if (waiver.code == diagnostic.code && contract::CanBeWaived(waiver.code)) {
        finding.waived = "until " + waiver.expires + ": " + waiver.reason;
      }
    }
    finding.diagnostic = std::move(diagnostic);
    findings_.push_back(std::move(finding));
  }

  std::vector<Finding> Take() {
    base::Diagnostics found;
    for (const Finding& finding : findings_) found.push_back(finding.diagnostic);
    for (base::Diagnostic& unused : contract::UnusedWaivers(policy_, found)) {
      const bool read = std::any_of(waivers_.begin(), waivers_.end(), [&](const auto& waiver) {
        return unused.fields.front() == "policy.waivers." + waiver.code;
      });
      if (read) Add(std::move(unused));  // of the others something worse is said
    }
    return std::move(findings_);
  }

 private:
  const base::Loaded<policy::Policy>& policy_;
  std::vector<contract::Waiver> waivers_;
  std::vector<Finding> findings_;
};

// The line of |at|, where its file is here and has it.
std::optional<std::string> LineAt(const base::SourceLocation& at) {
  constexpr std::uintmax_t kMostBytes = 1 << 20;
  const auto text = base::ReadFile(at.file, base::Surface::kPolicy, kMostBytes);
  if (!text) return std::nullopt;
  std::istringstream lines(*text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (number == at.line) return line;
  }
  return "";
}

std::string LastPart(std::string_view key) {
  return std::string(key.substr(key.rfind('.') == std::string_view::npos ? 0 : key.rfind('.') + 1));
}

// The names in a label: fields' last parts, variables.
std::vector<std::string> WordsOf(std::string_view label) {
  constexpr std::size_t kShortest = 4;
  std::vector<std::string> words(1);
  for (const char c : label) {
    const bool part = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
    if (part) {
      words.back() += c;
    } else {
      words.emplace_back();
    }
  }
  std::erase_if(words, [](const std::string& word) { return word.size() < kShortest; });
  return words;
}

// A contract outlives the files that it was compiled from: a line that does not speak of the field
// any more is named, and not shown as if it did.
void NameStaleLines(Result& result) {
  for (Finding& finding : result.findings) {
    std::vector<std::string> names;
    for (const std::string& field : finding.diagnostic.fields) names.push_back(LastPart(field));
    for (base::SourceNote& note : finding.diagnostic.where) {
      if (note.at.file.empty() || note.at.line == 0) continue;
      const auto line = LineAt(note.at);
      if (!line) continue;
      const auto speaks = [&](const std::string& name) {
        return line->find(name) != std::string::npos;
      };
      const std::vector<std::string> labels = WordsOf(note.label);
      if (std::any_of(names.begin(), names.end(), speaks) ||
          std::any_of(labels.begin(), labels.end(), speaks)) {
        continue;
      }
      note.label += (note.label.empty() ? "" : " ");
      note.label += "(its line " + std::to_string(note.at.line) +
                    " when the contract was compiled; the file has changed since)";
      note.at.line = 0;
    }
  }
}

struct Checked {
  CheckedLaunch launch;
  std::string digest;  // of the contract that it compiles to, if it does
};

LaunchLine LineOf(const seams::Context& context, const dialect::Release& release,
                  const dialect::Lowered& lowered) {
  LaunchLine line;
  line.world_size = context.policy.value.layout.world_size;
  for (const dialect::NativeArg& arg : lowered.args) {
    line.argv.push_back(arg.flag);
    line.argv.insert(line.argv.end(), arg.values.begin(), arg.values.end());
  }
  for (const dialect::PolicyField& field : lowered.fields) {
    line.argv.insert(line.argv.end(), field.argv.begin(), field.argv.end());
  }
  line.environment = dialect::ArgumentsOf(context, release, lowered).surroundings().environment;
  return line;
}

// A rule's findings come from the rules themselves: the compiler stops at its errors. Nothing where
// a field has no words in the release.
std::optional<dialect::Lowered> LowerAnyway(const base::Loaded<recipe::Recipe>& recipe,
                                            const base::Loaded<policy::Policy>& policy,
                                            const plan::Plan& plan, const std::string& dialect,
                                            const dialect::Release& release) {
  auto lowered = dialect::LowerAndFind({recipe, policy, plan, dialect}, release);
  if (!lowered) return std::nullopt;
  return std::move(*lowered);
}

Checked Check(const base::Loaded<recipe::Recipe>& recipe,
              const base::Loaded<policy::Policy>& policy, const std::string& dialect,
              const std::string& today, bool want_digest) {
  Checked checked;
  Findings findings(policy, today);
  auto compiled = contract::Compile(recipe, policy, {dialect, today});
  std::string& name = checked.launch.dialect;
  name = dialect.empty() ? contract::DialectOf(policy.value.run) : dialect;
  const dialect::Release* release = dialect::FindRelease(name);
  if (compiled && want_digest) checked.digest = contract::ToJson(*compiled).at("digest");

  std::optional<dialect::Lowered> lowered;
  std::optional<plan::Plan> plan;
  if (compiled) {
    plan = std::move(compiled->plan);
    lowered.emplace();
    lowered->args = std::move(compiled->generated_native_args.args);
    lowered->fields = std::move(compiled->fixed_policy.fields);
    lowered->rewrites = std::move(compiled->rewrites);
    lowered->findings = std::move(compiled->findings);  // the seams' too
  } else if (release != nullptr) {
    auto expanded =
        plan::Expand(recipe, contract::CutsOf(policy.value), contract::CutsOriginOf(policy));
    if (expanded) {
      plan = std::move(*expanded);
      lowered = LowerAnyway(recipe, policy, *plan, name, *release);
    }
  }
  if (lowered && release != nullptr) {
    checked.launch.line = LineOf({recipe, policy, *plan, name}, *release, *lowered);
  }
  if (!compiled) {
    for (const base::Diagnostic& error : compiled.errors()) {
      if (!lowered || dialect::FindRule(error.code) == nullptr) findings.Add(error);
    }
  }
  if (lowered) {
    for (base::Diagnostic& finding : lowered->findings) findings.Add(std::move(finding));
    checked.launch.result.rewrites = std::move(lowered->rewrites);
  }
  checked.launch.result.findings = findings.Take();
  Order(checked.launch.result);
  return checked;
}

}  // namespace

Stage StageOf(const base::Diagnostic& finding) {
  if (const dialect::RuleEntry* entry = dialect::FindRule(finding.code)) return entry->rule->stage;
  if (finding.severity != base::Severity::kError) return Stage::kRun;
  if (finding.surface == base::Surface::kSeam) return Stage::kBuild;
  // The rest this project refuses itself, before anything starts.
  const bool unread = finding.code.starts_with("BASE") || finding.code.starts_with("SCHEMA") ||
                      finding.code.starts_with("CHECK") || finding.code == "CONTRACT0001";
  return unread ? Stage::kParse : Stage::kValidate;
}

CheckedLaunch CheckLaunch(const base::Loaded<recipe::Recipe>& recipe,
                          const base::Loaded<policy::Policy>& policy, const std::string& dialect,
                          const std::string& today) {
  return Check(recipe, policy, dialect, today, /*want_digest=*/false).launch;
}

CheckedLaunch CheckContract(const contract::ReadContract& contract, const std::string& today) {
  const json& provenance = contract.document.at("provenance");
  const auto recipe = Loaded(contract.recipe, provenance, "recipe.");
  const auto policy = Loaded(contract.policy, provenance, "policy.");
  Checked checked = Check(recipe, policy, contract.dialect, today, /*want_digest=*/true);
  if (!checked.digest.empty() && checked.digest != contract.digest) {
    Result another = Unreadable({contract::AnotherContract(contract, checked.digest)});
    for (Finding& finding : another.findings) {
      checked.launch.result.findings.insert(checked.launch.result.findings.begin(),
                                            std::move(finding));
    }
  }
  NameStaleLines(checked.launch.result);
  return std::move(checked.launch);
}

Result Unreadable(const base::Diagnostics& errors) {
  Result result;
  for (const base::Diagnostic& error : errors) {
    result.findings.push_back({error, StageOf(error), std::nullopt});
  }
  return result;
}

}  // namespace nam56r::check
