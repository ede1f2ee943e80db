#include "src/script/emit.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <map>

#include "src/base/dotted_key.h"
#include "src/base/utf8.h"
#include "src/dialect/release.h"
#include "src/policy/environment.h"
#include "src/script/command_line.h"
#include "src/script/raise.h"
#include "src/script/toml_writer.h"

namespace nam56r::script {
namespace {

using contract::Contract;
using Strings = std::vector<std::string>;

struct Line {
  std::string flag;
  Strings values;
};

/// "host datasets.clang-4k" -> "NAM56R_HOST_DATASETS_CLANG_4K".
std::string HostVariable(std::string_view key) {
  std::string variable = "NAM56R_HOST_";
  for (char c : key) {
    const auto u = static_cast<unsigned char>(c);
    variable += std::isalnum(u) != 0 ? static_cast<char>(std::toupper(u)) : '_';
  }
  return variable;
}

std::string HostWord(std::string_view key, const std::string& what) {
  std::string meaning;
  for (char c : what) {
    // Within "${X:?...}": nothing that the shell would read.
    meaning += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ' ' || c == '.' ||
                       c == '-' || c == '_' || c == ','
                   ? c
                   : ' ';
  }
  return fmt::format("\"${{{}:?{}}}\"", HostVariable(key), meaning);
}

class Emitter {
 public:
  Emitter(const Contract& contract, const Strings& comments)
      : contract_(contract), comments_(comments) {}

  std::string Megatron() {
    Heading();
    Comments();
    Environment();
    Array("MODEL_ARGS", "The model: follows from the recipe.", Generated(base::Surface::kPlan));
    Array("LAYOUT_ARGS", "The layout.", Generated(base::Surface::kPolicy));
    Array("POLICY_ARGS", "The rest of the launch policy.", Policy());
    Host();
    Command();
    return std::move(text_);
  }

  std::string Native() {
    Heading();
    text_ += "\ndirectory=$(mktemp -d)\n";
    for (const auto& [name, toml] : {std::pair{"recipe", RecipeToml(contract_.recipe)},
                                     std::pair{"policy", PolicyToml(contract_.policy)}}) {
      text_ += fmt::format("\ncat > \"${{directory}}/{0}.toml\" <<'NAM56R_TOML'\n{1}NAM56R_TOML\n",
                           name, toml);
    }
    text_ +=
        "\nnam56r launch \"${directory}/recipe.toml\" --policy \"${directory}/policy.toml\" \\\n"
        "  --host \"${NAM56R_HOST_FILE:?host file of this machine}\"\n";
    return std::move(text_);
  }

 private:
  void Heading() {
    const nlohmann::json document = contract::ToJson(contract_);
    text_ += "#!/usr/bin/env bash\n";
    text_ += fmt::format("# {} with {}, for {}.\n", Shown(contract_.recipe.model.name),
                         Shown(contract_.policy.run.name), contract_.dialect);
    text_ += fmt::format("# Contract {}.\n", document.at("digest").get<std::string>());
    text_ += fmt::format("# Read it back: nam56r import FILE --dialect {}\n", contract_.dialect);
    text_ += "set -euo pipefail\n";
  }
  static std::string Shown(const std::string& name) { return base::EscapeControls(name); }

  void Comments() {
    if (comments_.empty()) return;
    text_ += "\n# What neither a flag nor a variable below says.\n";
    for (const std::string& comment : comments_) text_ += comment + "\n";
  }

  void Export(const std::string& name, const std::string& word) {
    text_ += fmt::format("export {}={}\n", name, word);
  }

  void Environment() {
    // By when they are read; what is read first stands first.
    std::map<policy::ReadTime, std::map<std::string, std::string>> groups;
    for (const dialect::PolicyField& field : contract_.fixed_policy.fields) {
      for (const auto& [name, value] : field.environment) {
        const policy::EnvironmentVariable* known = policy::FindVariable(name);
        groups[known != nullptr ? known->read : policy::ReadTime::kBeforePython][name] =
            ShellQuote(value);
      }
    }
    for (const dialect::Unresolved& item : contract_.unresolved) {
      const policy::EnvironmentVariable* known = policy::FindVariable(item.name);
      if (known == nullptr || !known->owner.starts_with("caches.")) continue;
      const std::string cache(known->owner.substr(std::string_view("caches.").size()));
      groups[known->read][item.name] = fmt::format("\"${{{}:?directory for compiled kernels}}/{}\"",
                                                   HostVariable("paths.cache_root"), cache);
    }
    for (const seams::SeamUse& use : contract_.seams) {
      if (use.recorded_only) continue;
      for (const auto& [name, value] : use.settings) {
        groups[policy::ReadTime::kModelBuild][name] = ShellQuote(value);
      }
    }
    for (const auto& [time, variables] : groups) {
      text_ += fmt::format("\n# Environment, read {}.\n", policy::ReadTimeName(time));
      for (const auto& [name, word] : variables) Export(name, word);
    }
    const auto& bootstrap = contract_.policy.bootstrap_environment;
    if (bootstrap.empty()) return;
    text_ += "\n# Meant to be set inside the interpreter, before the seams.\n";
    for (const auto& [name, value] : bootstrap) {
      text_ += fmt::format("# nam56r policy: bootstrap_environment.{} = {}\n",
                           base::SpellKeyPart(name), base::QuoteToml(value));
      Export(name, ShellQuote(value));
    }
  }

  std::vector<Line> Generated(base::Surface owner) const {
    std::vector<Line> lines;
    for (const dialect::NativeArg& arg : contract_.generated_native_args.args) {
      if (arg.owner == owner) lines.push_back({arg.flag, arg.values});
    }
    return lines;
  }
  std::vector<Line> Policy() const {
    std::vector<Line> lines;
    for (const dialect::PolicyField& field : contract_.fixed_policy.fields) {
      for (const std::string& word : field.argv) {
        if (word.starts_with("--")) {
          lines.push_back({word, {}});
        } else if (!lines.empty()) {
          lines.back().values.push_back(word);
        }
      }
    }
    return lines;
  }

  void Array(const std::string& name, const std::string& heading, const std::vector<Line>& lines) {
    text_ += fmt::format("\n# {}\n{}=(\n", heading, name);
    for (const Line& line : lines) {
      text_ += "  " + line.flag;
      for (const std::string& value : line.values) text_ += " " + ShellQuote(value);
      text_ += "\n";
    }
    text_ += ")\n";
  }

  void Host() {
    text_ += "\n# Where it runs.\nHOST_ARGS=(\n";
    for (const dialect::Unresolved& item : contract_.unresolved) {
      constexpr std::string_view kHost = "host ";
      if (!item.name.starts_with("--") || !item.bound_by.starts_with(kHost)) continue;
      const std::string key = item.bound_by.substr(kHost.size());
      text_ += fmt::format("  {} {}\n", item.name, HostWord(key, "host " + key));
    }
    text_ += ")\n";
  }

  void Command() {
    const dialect::Release* release = dialect::FindRelease(contract_.dialect);
    text_ += fmt::format(
        "\nNAM56R_HOST_NODES=\"${{NAM56R_HOST_NODES:-1}}\"\n"
        "{} -m torch.distributed.run \\\n"
        "  --nnodes=\"${{NAM56R_HOST_NODES}}\" \\\n"
        "  --nproc-per-node=\"$(({} / NAM56R_HOST_NODES))\" \\\n"
        "  --node-rank=\"${{NAM56R_HOST_NODE_RANK:-0}}\" \\\n"
        "  --master-addr=\"${{NAM56R_HOST_MASTER_ADDR:-127.0.0.1}}\" \\\n"
        "  --master-port=\"${{NAM56R_HOST_MASTER_PORT:-29500}}\" \\\n"
        "  {}/{} \\\n"
        "  \"${{MODEL_ARGS[@]}}\" \"${{LAYOUT_ARGS[@]}}\" \"${{POLICY_ARGS[@]}}\" "
        "\"${{HOST_ARGS[@]}}\"\n",
        HostWord("paths.python", "Python of the Megatron environment"),
        contract_.policy.layout.world_size, HostWord("paths.megatron", "checkout of Megatron-LM"),
        dialect::EntryPoint(*release));
  }

  const Contract& contract_;
  const Strings& comments_;
  std::string text_;
};

template <class T>
void Differing(const base::Schema<T>& schema, const std::string& surface, const T& wanted,
               const std::optional<base::Loaded<T>>& read, Strings& comments) {
  const T defaults;
  for (const base::Field<T>& field : schema) {
    const std::string& key = field.spec.key;
    const base::FieldValue value = base::internal::GetField(field, wanted);
    if (std::holds_alternative<std::map<std::string, std::string>>(value)) continue;
    if (read && base::internal::GetField(field, read->value) == value) continue;
    if (!read && value == base::internal::GetField(field, defaults)) continue;
    comments.push_back(fmt::format("# nam56r {}: {} = {}", surface, key, base::ToString(value)));
  }
}

base::Diagnostic NotExact(const std::string& what, Strings fields) {
  base::Diagnostic error;
  error.code = "SCRIPT0007";
  error.surface = base::Surface::kPolicy;
  error.message = "the script would not be read back as the same contract: " + what;
  error.fields = std::move(fields);
  error.fix = "publish the contract instead";
  return error;
}

base::Expected<Import> ReadBack(const Contract& contract, const std::string& text) {
  auto source = ReadSource(text, "launch.sh");
  if (!source) return source.errors();
  return Raise(*source, {contract.dialect, 0});
}

// No command line says what a policy waives.
Strings WaiverComments(const Contract& contract) {
  Strings comments;
  for (const auto& [code, text] : contract.policy.waivers) {
    comments.push_back(fmt::format("# nam56r policy: waivers.{} = {}", base::SpellKeyPart(code),
                                   base::QuoteToml(text)));
  }
  return comments;
}

// What only a comment can say: names, which the script has no other place for, and whatever the
// script without comments is read back as otherwise.
base::Expected<Strings> CommentsFor(const Contract& contract) {
  Strings names = {
      fmt::format("# nam56r recipe: model.name = {}", base::QuoteToml(contract.recipe.model.name)),
      fmt::format("# nam56r policy: run.name = {}", base::QuoteToml(contract.policy.run.name))};
  // A variable that the registry does not know is read only where the policy vouches for it.
  if (const Strings& vouched = contract.policy.run.unlisted_environment; !vouched.empty()) {
    names.push_back(fmt::format("# nam56r policy: run.unlisted_environment = {}",
                                base::ToString(base::FieldValue(vouched))));
  }
  for (std::string& waiver : WaiverComments(contract)) names.push_back(std::move(waiver));
  // A comment can change what the flags beside it mean: until nothing differs any more.
  Strings comments = names;
  constexpr int kMostRounds = 4;
  for (int round = 0; round < kMostRounds; ++round) {
    auto import = ReadBack(contract, Emitter(contract, comments).Megatron());
    if (!import) return import.errors();
    Strings differing;
    Differing(recipe::Schema(), "recipe", contract.recipe, import->recipe, differing);
    Differing(policy::Schema(), "policy", contract.policy, import->policy, differing);
    // A variable that reads back as a field of its own, or as nobody's.
    for (const auto& [name, value] : contract.policy.environment) {
      if (import->policy) {
        const auto& read = import->policy->value.environment;
        if (const auto it = read.find(name); it != read.end() && it->second == value) continue;
      }
      differing.push_back(fmt::format("# nam56r policy: environment.{} = {}",
                                      base::SpellKeyPart(name), base::QuoteToml(value)));
    }
    const std::size_t before = comments.size();
    for (std::string& line : differing) {
      if (std::find(comments.begin(), comments.end(), line) == comments.end()) {
        comments.push_back(std::move(line));
      }
    }
    if (comments.size() == before) break;
  }
  return comments;
}

}  // namespace

std::string ShellQuote(const std::string& text) {
  constexpr std::string_view kPlain = "_./:,=+@%^-";
  bool plain = !text.empty();
  for (char c : text) {
    plain = plain && (std::isalnum(static_cast<unsigned char>(c)) != 0 ||
                      kPlain.find(c) != std::string_view::npos);
  }
  if (plain) return text;
  std::string quoted = "'";
  for (char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

base::Expected<std::string> EmitScript(const Contract& contract) {
  std::string text;
  if (dialect::FindRelease(contract.dialect) == nullptr) {
    text = Emitter(contract, {}).Native();
  } else {
    auto comments = CommentsFor(contract);
    if (!comments) return comments.errors();
    text = Emitter(contract, *comments).Megatron();
  }
  auto import = ReadBack(contract, text);
  if (!import) return import.errors();
  if (!import->recipe || !import->policy) {
    return import->findings.empty()
               ? base::Diagnostics{NotExact("it holds no recipe and policy", {})}
               : import->findings;
  }
  Strings differing;
  Differing(recipe::Schema(), "recipe", contract.recipe, import->recipe, differing);
  Differing(policy::Schema(), "policy", contract.policy, import->policy, differing);
  if (import->policy->value.environment != contract.policy.environment) {
    differing.emplace_back("policy environment");
  }
  if (import->policy->value.bootstrap_environment != contract.policy.bootstrap_environment) {
    differing.emplace_back("policy bootstrap_environment");
  }
  if (import->policy->value.waivers != contract.policy.waivers) {
    differing.emplace_back("policy waivers");
  }
  if (!differing.empty()) return NotExact(differing.front(), differing);
  return text;
}

}  // namespace nam56r::script
