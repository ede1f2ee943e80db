#include "src/script/raise.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <set>

#include "src/base/dotted_key.h"
#include "src/base/nearest_name.h"
#include "src/base/toml_document.h"
#include "src/contract/derived.h"
#include "src/dialect/fields.h"
#include "src/dialect/lowering.h"
#include "src/dialect/spelling.h"
#include "src/plan/pattern.h"
#include "src/policy/environment.h"
#include "src/script/flag_line.h"
#include "src/script/host_toml.h"
#include "src/script/lane_variables.h"
#include "src/script/pattern_reader.h"
#include "src/script/toml_writer.h"
#include "src/seams/seam.h"

namespace nam56r::script {
namespace {

using base::FieldValue;
using dialect::Flags;
using dialect::Spelling;
using From = Found::From;
using Strings = std::vector<std::string>;

constexpr std::string_view kRecipe = "recipe.";
constexpr std::string_view kPolicy = "policy.";

std::string BaseName(std::string text) {
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text.substr(text.find_last_of('/') + 1);
}

/// A name for a thing of the host: letters, digits, '.', '_' and '-' of the last part of its path.
std::string NameOf(const std::string& path, const std::string& otherwise) {
  std::string name;
  for (char c : BaseName(path)) {
    const auto u = static_cast<unsigned char>(c);
    if (std::isalnum(u) != 0 || c == '_' || c == '-' || c == '.') name.push_back(c);
  }
  while (name.starts_with('.')) name.erase(0, 1);
  constexpr std::size_t kMost = 64;
  return name.empty() ? otherwise : name.substr(0, kMost);
}

// "dir/run.sh" -> "dir/run".
std::string StemOf(const std::string& file) {
  const std::size_t slash = file.find_last_of('/');
  const std::size_t dot = file.find_last_of('.');
  const bool has_extension =
      dot != std::string::npos && (slash == std::string::npos || dot > slash + 1);
  return has_extension ? file.substr(0, dot) : file;
}

bool LooksLikePath(const std::string& text) {
  for (std::string_view begin : {"/", "~", "./", "../"}) {
    if (text.starts_with(begin)) return true;
  }
  return text.find(":/") != std::string::npos || text.find("=/") != std::string::npos;
}

std::optional<std::int64_t> Integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Strings SplitAt(const std::string& text, char separator) {
  Strings parts;
  if (text.empty()) return parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::map<std::string, std::string> AllFields() {
  std::map<std::string, std::string> fields;  // setting variable -> field
  for (const auto& field : recipe::Schema()) {
    const std::string key = std::string(kRecipe) + field.spec.key;
    fields[seams::SettingVariable(key)] = key;
  }
  for (const auto& field : policy::Schema()) {
    const std::string key = std::string(kPolicy) + field.spec.key;
    fields.emplace(seams::SettingVariable(key), key);
  }
  return fields;
}

/// Of a variable or a setting: lists are separated by commas.
std::optional<FieldValue> FromText(const std::string& text, const std::string& field) {
  const FieldValue& like = dialect::DefaultOf(field);
  const bool list = std::holds_alternative<std::vector<std::int64_t>>(like) ||
                    std::holds_alternative<Strings>(like);
  if (std::holds_alternative<bool>(like)) {
    if (text == "true" || text == "1") return FieldValue(true);
    if (text == "false" || text == "0") return FieldValue(false);
    return std::nullopt;
  }
  if (std::holds_alternative<std::string>(like)) return FieldValue(text);
  const Strings words = list ? SplitAt(text, ',') : Strings{text};
  return dialect::FromWords(words, like);
}

class Raiser {
 public:
  Raiser(const Source& source, const RaiseOptions& options, const dialect::Release& release)
      : source_(source),
        options_(options),
        release_(release),
        flags_(ParseFlags(release, source.command.arguments)) {
    out_.dialect = options.dialect;
    out_.file = source.file;
  }

  Import Run() {
    line_ = flags_.Known();
    for (const GivenFlag& flag : flags_.flags) {
      if (!flag.undecided.empty() || flag.argument == nullptr) Blocked(flag.flag);
    }
    Comments();
    Variables();
    Spelled();
    Pattern();
    IndexReuse();
    Launcher();
    Bound();
    FixedFields();
    Join();
    DropInert();
    NoLossWithoutWeight();
    RequireSeams();
    Flags_();
    Reports();
    Finish();
    return std::move(out_);
  }

 private:
  // ---- What the sources say

  void Other(const std::string& field, Found found) {
    const auto it = other_.find(field);
    if (it == other_.end()) {
      other_.emplace(field, std::move(found));
    } else if (it->second.value != found.value) {
      // The one that is read while the model is built counts.
      const bool stronger = found.from < it->second.from;
      Contradiction(field, it->second, found);
      if (stronger) it->second = std::move(found);
    }
  }

  void Contradiction(const std::string& field, const Found& a, const Found& b) {
    base::Diagnostic warning;
    warning.code = "SCRIPT0004";
    warning.severity = base::Severity::kWarning;
    warning.surface = field.starts_with(kRecipe) ? base::Surface::kPlan : base::Surface::kPolicy;
    warning.message = fmt::format("{} is said twice, and not the same", field);
    for (const Found* one : {&a, &b}) {
      warning.where.push_back({{source_.file, one->line, 0},
                               fmt::format("{}: {}", one->source, base::ToString(one->value))});
    }
    warning.fields = {field};
    warning.fix = fmt::format("leave it to one of the two; {} was taken",
                              b.from < a.from ? b.source : a.source);
    out_.findings.push_back(std::move(warning));
  }

  void Comments() {
    for (const FieldComment& comment : source_.comments) {
      const std::string key = comment.field.substr(comment.field.find('.') + 1);
      auto document = base::ParseToml(fmt::format("{} = {}", key, comment.toml), source_.file,
                                      base::Surface::kPolicy);
      const bool known = document && document->entries.size() == 1 && Exists(comment.field);
      if (!known) {
        out_.unplaced.push_back({comment.line, "# nam56r " + comment.field + " = " + comment.toml,
                                 "no such field, or no TOML value", Nearest(comment.field)});
        continue;
      }
      Found found{document->entries.front().value, From::kComment, "# nam56r", comment.line};
      if (IsMapKey(comment.field)) {
        Other(comment.field, std::move(found));
        continue;
      }
      const FieldValue& like = dialect::DefaultOf(comment.field);
      if (const auto* integer = std::get_if<std::int64_t>(&found.value);
          integer != nullptr && std::holds_alternative<double>(like)) {
        found.value = static_cast<double>(*integer);
      }
      if (const auto* strings = std::get_if<Strings>(&found.value);
          strings != nullptr && strings->empty() &&
          std::holds_alternative<std::vector<std::int64_t>>(like)) {
        found.value = std::vector<std::int64_t>{};
      }
      if (found.value.index() != like.index()) {
        out_.unplaced.push_back({comment.line, "# nam56r " + comment.field + " = " + comment.toml,
                                 fmt::format("this is no {}", base::TypeName(like)), ""});
        continue;
      }
      Other(comment.field, std::move(found));
    }
  }

  static bool IsMapKey(const std::string& field) {
    return field.starts_with("policy.environment.") ||
           field.starts_with("policy.bootstrap_environment.") ||
           field.starts_with("policy.waivers.");
  }
  bool Exists(const std::string& field) const {
    if (IsMapKey(field)) return true;
    for (const auto& [variable, name] : all_) {
      if (name == field) return true;
    }
    return false;
  }
  std::string Nearest(const std::string& field) const {
    Strings names;
    for (const auto& [variable, name] : all_) names.push_back(name);
    return base::NearestName(field, names).value_or("");
  }

  void Variables() {
    out_.variables = source_.command.environment.size();
    for (const auto& [name, value] : source_.command.environment) {
      const std::string shown = fmt::format("{}={}", name, value.text);
      const auto unplaced = [&](std::string why, std::string nearest = "") {
        out_.unplaced.push_back({value.line, shown, std::move(why), std::move(nearest)});
      };
      if (Cache(name, value) || (FindLaneVariable(name) == nullptr && Owned(name, value))) {
        ++out_.variables_placed;
        continue;
      }
      if (!value.condition.empty()) {
        BlockVariable(name);
        unplaced(value.condition);
        continue;
      }
      if (!value.known) {
        BlockVariable(name);
        unplaced("its value is not known");
        continue;
      }
      if (const std::string why = Variable(name, value); why.empty()) {
        ++out_.variables_placed;
      } else {
        unplaced(why, NearestVariable(name));
      }
    }
  }

  // What an undecided variable would have said is not known either.
  void BlockVariable(const std::string& name) {
    if (const auto it = all_.find(name); it != all_.end()) blocked_.insert(it->second);
    if (const LaneVariable* lane = FindLaneVariable(name)) blocked_.emplace(lane->target);
  }

  // A directory that the host binds; recipe and policy know its lifetime alone.
  bool Cache(const std::string& name, const ReadWord& value) {
    const policy::EnvironmentVariable* known = policy::FindVariable(name);
    if (known == nullptr || !known->owner.starts_with("caches.")) return false;
    const std::string field = std::string(kPolicy) + std::string(known->owner);
    if (other_.contains(field)) return true;
    if (!value.condition.empty()) return false;
    // One directory for all runs, whatever its name.
    Other(field, {FieldValue(std::string("host")), From::kVariable, name, value.line});
    out_.notes.push_back(fmt::format(
        "{} names one directory: {} = \"host\"; the directory itself is not kept", name, field));
    return true;
  }

  // Set by launch, or by the field that owns it.
  bool Owned(const std::string& name, const ReadWord& value) {
    const policy::EnvironmentVariable* known = policy::FindVariable(name);
    if (known == nullptr || known->owner.empty()) return false;
    // What a lane's variable says is read; what it would say beyond that is not placed.
    if (name.starts_with("CPPMEGA_")) return false;
    if (name == "MASTER_ADDR") Host("network.master_addr", value, name);
    if (name == "MASTER_PORT") Host("network.master_port", value, name);
    return true;
  }

  void Host(std::string key, const ReadWord& value, std::string source) {
    out_.host.push_back({std::move(key), value.text, value.known && value.condition.empty(),
                         value.line, std::move(source)});
  }

  /// Empty, or why it has no place.
  std::string Variable(const std::string& name, const ReadWord& value) {
    if (other_.contains("policy.environment." + name)) return "";  // a comment says whose it is
    if (const auto it = all_.find(name); it != all_.end()) {
      const auto read = FromText(value.text, it->second);
      if (!read) return fmt::format("no value of {}", it->second);
      Other(it->second, {*read, From::kSetting, name, value.line});
      return "";
    }
    if (const LaneVariable* lane = FindLaneVariable(name)) return Lane(*lane, name, value);
    if (other_.contains("policy.bootstrap_environment." + name)) return "";
    const policy::EnvironmentVariable* known = policy::FindVariable(name);
    const bool vouched = Vouched(name);
    if (known == nullptr && !vouched) return "nothing that is known here reads it";
    if (known != nullptr && known->read == policy::ReadTime::kNever) {
      return "nothing reads it any more";
    }
    if (known != nullptr && known->read == policy::ReadTime::kShell) {
      return fmt::format("only a launch script reads it: {} says it here", known->instead);
    }
    if (LooksLikePath(value.text) && !vouched) {
      return "it holds a path of the machine, and no field of the host binds it";
    }
    base::Loaded<policy::Policy> alone;
    alone.value.environment[name] = value.text;
    if (known == nullptr) alone.value.run.unlisted_environment = {name};
    if (const auto errors = policy::CheckEnvironment(alone); !errors.empty()) {
      return errors.front().message;
    }
    Other("policy.environment." + name,
          {FieldValue(value.text), From::kVariable, name, value.line});
    return "";
  }

  bool Vouched(const std::string& name) const {
    const auto it = other_.find("policy.run.unlisted_environment");
    if (it == other_.end()) return false;
    const auto* names = std::get_if<Strings>(&it->second.value);
    return names != nullptr && std::find(names->begin(), names->end(), name) != names->end();
  }

  std::string Lane(const LaneVariable& lane, const std::string& name, const ReadWord& value) {
    const std::string target(lane.target);
    switch (lane.kind) {
      case LaneVariable::Kind::kField: {
        std::string text = value.text;
        if (target == "policy.attention.sparse_mode" &&
            (text == "gather-scatter" || text == "pytorch")) {
          text = "gather_scatter";
        }
        const auto read = FromText(text, target);
        if (!read) return fmt::format("no value of {}", target);
        Other(target, {*read, From::kVariable, name, value.line});
        return "";
      }
      case LaneVariable::Kind::kSwitch: {
        if (value.text != "0" && value.text != "1") return "neither 0 nor 1";
        const std::string_view text = value.text == "1" ? lane.when_on : lane.when_off;
        if (text.empty()) return "";
        Other(target, {*FromText(std::string(text), target), From::kVariable, name, value.line});
        return "";
      }
      case LaneVariable::Kind::kSeam:
        if (value.text == "1") switched_seams_.emplace(target, value.line);
        return "";
      case LaneVariable::Kind::kRLayers:
        for (const std::string& number : SplitAt(value.text, ',')) {
          const auto layer = Integer(number);
          if (!layer) return "not a list of layer numbers";
          r_layers_.insert(*layer);
        }
        r_layers_line_ = value.line;
        return "";
      case LaneVariable::Kind::kNeutral:
        return value.text == lane.when_off ? "" : "no field of recipe or policy says this";
      case LaneVariable::Kind::kOther:
        return fmt::format("{}: {}", target, lane.when_on);
      case LaneVariable::Kind::kShell:
        return "";  // its launcher has turned it into arguments
      case LaneVariable::Kind::kNothing:
        return "nothing reads it any more";
    }
    return "";
  }

  std::string NearestVariable(const std::string& name) const {
    Strings names;
    for (const policy::EnvironmentVariable& known : policy::KnownEnvironment()) {
      names.emplace_back(known.name);
    }
    for (const auto& [variable, field] : all_) names.push_back(variable);
    for (const LaneVariable& lane : LaneVariables()) {
      names.push_back("CPPMEGA_" + std::string(lane.name));
    }
    const auto nearest = base::NearestName(name, names);
    return nearest && *nearest != name ? *nearest : "";
  }

  // ---- Flags

  /// Fields that a flag speaks of: where its meaning is not known, silence means nothing.
  void Blocked(const std::string& flag) {
    for (const Spelling* spelling : dialect::SpellingsOf(release_, flag)) {
      blocked_.emplace(spelling->field);
      for (std::string_view field : spelling->also) blocked_.emplace(field);
    }
  }

  int LineOf(const Strings& flags) const {
    for (const GivenFlag& given : flags_.flags) {
      if (given.overruled) continue;
      if (std::find(flags.begin(), flags.end(), given.flag) != flags.end()) return given.line;
    }
    return source_.command.line;
  }

  void Spelled() {
    for (const Spelling& spelling : dialect::Spellings(release_)) {
      dialect::ReadBack read = dialect::Read(spelling, release_, line_);
      const int line =
          LineOf(read.flags.empty() ? Strings{std::string(spelling.flag)} : read.flags);
      for (const std::string& problem : read.problems) {
        // What is missing may stand in the part that is not known.
        if (read.flags.empty() && (flags_.open || blocked_.contains(spelling.field))) continue;
        Problem(problem, line, std::string(spelling.flag));
      }
      if (read.problems.empty()) accounted_.insert(read.flags.begin(), read.flags.end());
      for (dialect::FieldRead& field : read.fields) {
        if (!field.given) {
          if (flags_.open || blocked_.contains(field.field)) continue;
          silent_.emplace(field.field, Found{field.value, From::kSilence,
                                             std::string(spelling.flag) + " is not given", 0});
          continue;
        }
        const std::string source =
            read.flags.empty() ? std::string(spelling.flag) : read.flags.front();
        Found found{std::move(field.value), From::kFlag, source, line};
        const auto [it, added] = given_.emplace(field.field, found);
        if (!added && it->second.value != found.value)
          Contradiction(field.field, it->second, found);
      }
    }
  }

  void Problem(const std::string& text, int line, const std::string& flag) {
    base::Diagnostic warning;
    warning.code = "SCRIPT0006";
    warning.severity = base::Severity::kWarning;
    warning.surface = base::Surface::kPlan;
    warning.message = text;
    warning.where = {{{source_.file, line, 0}, flag}};
    warning.fix = "the recipe that is written differs from this run there";
    out_.findings.push_back(std::move(warning));
  }

  const Strings* Values(std::string_view flag) const {
    const auto it = line_.find(flag);
    return it == line_.end() ? nullptr : &it->second;
  }

  void Given(const std::string& field, FieldValue value, const std::string& flag) {
    given_.insert_or_assign(field, Found{std::move(value), From::kFlag, flag, LineOf({flag})});
  }

  void Pattern() {
    const char* flag = nullptr;
    for (const char* name : {"--hybrid-layer-pattern", "--hybrid-override-pattern"}) {
      if (Values(name) != nullptr) flag = name;
    }
    if (flag == nullptr || Values(flag)->size() != 1) return;
    const ReadPattern pattern = ReadHybridPattern(Values(flag)->front(), r_layers_);
    for (const std::string& problem : pattern.problems) Problem(problem, LineOf({flag}), flag);
    if (!pattern.problems.empty() || pattern.letters.empty()) return;
    accounted_.insert(flag);
    const auto depth = static_cast<std::int64_t>(pattern.letters.size());
    Given("recipe.model.pattern", ShortestTile(pattern.letters), flag);
    Given("recipe.model.depth", depth, flag);
    if (pattern.names_sparse) Given("recipe.dsa.ranks", pattern.dsa_ranks, flag);
    if (pattern.has_mla && pattern.has_plain) {
      Problem("some attention layers are latent ('+') and some are not ('*')", LineOf({flag}),
              flag);
    }
    if (pattern.mtp_depth > 0) {
      const Found depth_found{FieldValue(pattern.mtp_depth), From::kFlag, flag, LineOf({flag})};
      const auto it = given_.find("policy.mtp.depth");
      if (it == given_.end()) {
        given_.emplace("policy.mtp.depth", depth_found);
      } else if (it->second.value != depth_found.value) {
        Contradiction("policy.mtp.depth", it->second, depth_found);
      }
      Given("recipe.mtp.pattern", pattern.mtp_pattern, flag);
    }
    Cuts(pattern, flag);
  }

  void Cuts(const ReadPattern& pattern, const std::string& flag) {
    std::int64_t stages = 1;
    if (const auto it = given_.find("policy.layout.pipeline_parallel"); it != given_.end()) {
      stages = std::get<std::int64_t>(it->second.value);
    }
    if (pattern.pieces.size() > 1) {
      const auto pieces = static_cast<std::int64_t>(pattern.pieces.size());
      if (stages < 1 || pieces % stages != 0) {
        Problem(
            fmt::format("{} pieces of the pattern are no multiple of {} stages", pieces, stages),
            LineOf({flag}), flag);
        return;
      }
      Given("policy.layout.virtual_pipeline_parallel", pieces / stages, flag);
      const bool even = std::all_of(pattern.pieces.begin(), pattern.pieces.end(),
                                    [&](auto piece) { return piece == pattern.pieces.front(); });
      if (!even) Given("policy.layout.layers_per_chunk", pattern.pieces, flag);
      return;
    }
    // 0.16: the first and the last stage may differ; those between share the rest.
    const auto count = [&](const char* name) -> std::optional<std::int64_t> {
      const Strings* values = Values(name);
      return values != nullptr && values->size() == 1 ? Integer(values->front()) : std::nullopt;
    };
    const auto first = count("--decoder-first-pipeline-num-layers");
    const auto last = count("--decoder-last-pipeline-num-layers");
    if ((!first && !last) || stages < 2 || stages > 4096) return;
    std::vector<std::int64_t> layers(static_cast<std::size_t>(stages), 0);
    std::int64_t rest =
        static_cast<std::int64_t>(pattern.letters.size()) - first.value_or(0) - last.value_or(0);
    const std::int64_t between = stages - (first ? 1 : 0) - (last ? 1 : 0);
    if (rest < 0 || (between == 0 ? rest != 0 : rest % between != 0)) {
      Problem("the layers between first and last stage do not divide evenly", LineOf({flag}), flag);
      return;
    }
    for (std::int64_t& stage : layers) stage = between == 0 ? 0 : rest / between;
    if (first) layers.front() = *first;
    if (last) layers.back() = *last;
    Given("policy.layout.layers_per_chunk", layers, flag);
    for (const char* name :
         {"--decoder-first-pipeline-num-layers", "--decoder-last-pipeline-num-layers"}) {
      if (Values(name) != nullptr) accounted_.insert(name);
    }
  }

  // is_dsa_skip_topk_layer, backwards: which DSA layers compute indices.
  void IndexReuse() {
    const Strings* frequency = Values("--dsa-indexer-topk-freq");
    if (frequency == nullptr || frequency->size() != 1) return;
    const auto every = Integer(frequency->front());
    const Strings* skip = Values("--dsa-indexer-skip-topk-offset");
    const auto offset = skip != nullptr && skip->size() == 1 ? Integer(skip->front()) : 0;
    const auto pattern = given_.find("recipe.model.pattern");
    const auto depth = given_.find("recipe.model.depth");
    const auto ranks = given_.find("recipe.dsa.ranks");
    if (!every || *every < 1 || !offset || pattern == given_.end() || ranks == given_.end()) return;
    const std::string& tile = std::get<std::string>(pattern->second.value);
    const auto layers = std::get<std::int64_t>(depth->second.value);
    const auto& sparse = std::get<std::vector<std::int64_t>>(ranks->second.value);
    std::vector<std::int64_t> compute;
    std::int64_t a_rank = -1;
    std::int64_t dsa_rank = -1;
    for (std::int64_t i = 0; i < layers; ++i) {
      if (tile[static_cast<std::size_t>(i) % tile.size()] != 'A') continue;
      ++a_rank;
      if (std::find(sparse.begin(), sparse.end(), a_rank) == sparse.end()) continue;
      ++dsa_rank;
      const std::int64_t number = i + 1;
      if (number <= *offset || (number - *offset) % *every == 0) compute.push_back(dsa_rank);
    }
    Given("policy.attention.index_cache_ranks", compute, "--dsa-indexer-topk-freq");
    accounted_.insert("--dsa-indexer-topk-freq");
    accounted_.insert("--dsa-indexer-skip-topk-offset");
  }

  // ---- Launcher, host

  void Launcher() {
    const CommandLine& command = source_.command;
    const auto number = [](const std::optional<ReadWord>& word) -> std::optional<std::int64_t> {
      if (!word || !word->known || !word->condition.empty()) return std::nullopt;
      const auto value = Integer(word->text);
      return value && *value > 0 && *value <= (1 << 20) ? value : std::nullopt;
    };
    const auto per_node = number(command.processes_per_node);
    const auto nodes = number(command.nodes);
    const auto all = number(command.processes);
    const std::string field = "policy.layout.world_size";
    if (options_.world_size > 0) {
      given_.insert_or_assign(
          field, Found{FieldValue(options_.world_size), From::kLauncher, "--world", 0});
    } else if (all || (per_node && nodes)) {
      given_.insert_or_assign(
          field, Found{FieldValue(all ? *all : *per_node * *nodes), From::kLauncher,
                       all ? "processes" : "processes a node times nodes", command.line});
    } else if (source_.kind == Source::Kind::kShell) {
      const auto& word = command.processes_per_node ? command.processes_per_node : command.nodes;
      out_.unplaced.push_back({command.line, word ? word->text : "the launcher",
                               "how many processes it starts is not known", "--world"});
    }
    out_.host.push_back({"machine.name", NameOf(StemOf(source_.file), "imported"), true,
                         command.line, "the file's name"});
    if (nodes)
      out_.host.push_back({"machine.nodes", std::to_string(*nodes), true, command.line, "nodes"});
    if (per_node) {
      out_.host.push_back({"machine.gpus_per_node", std::to_string(*per_node), true, command.line,
                           "processes a node"});
    }
    if (!command.python.text.empty() && command.python.text.find('/') != std::string::npos) {
      Host("paths.python", command.python, "the interpreter");
    }
    if (const std::size_t slash = command.program.text.find_last_of('/');
        slash != std::string::npos) {
      ReadWord folder = command.program;
      folder.text = folder.text.substr(0, slash);
      Host("paths.megatron", folder, "the program's folder");
    }
    if (command.master_addr) Host("network.master_addr", *command.master_addr, "--master-addr");
    if (command.master_port) Host("network.master_port", *command.master_port, "--master-port");
  }

  void Bound() {
    for (const GivenFlag& flag : flags_.flags) {
      if (flag.overruled || flag.argument == nullptr || flag.values.empty()) continue;
      const ReadWord& value = flag.values.back();
      const std::string& name = flag.flag;
      if (name == "--data-path" || name == "--train-data-path") {
        Dataset(flag);
      } else if (name == "--load" || name == "--save") {
        const std::string field = "policy.checkpoint." + name.substr(2);
        const auto known = other_.find(field);
        std::string label = NameOf(value.text, "checkpoint");
        if (known != other_.end()) {
          label = std::get<std::string>(known->second.value);
        } else {
          given_.insert_or_assign(field, Found{FieldValue(label), From::kFlag, name, flag.line});
        }
        Host("checkpoints." + label, value, name);
        bound_.insert(name);
      } else if (name == "--tokenizer-model") {
        Host("paths.tokenizer_model", value, name);
        bound_.insert(name);
      } else if (name == "--data-cache-path") {
        Host("paths.cache_root", value, name);
        bound_.insert(name);
      }
    }
  }

  // "PREFIX", "1.0 PREFIX", or "WEIGHT PREFIX" pairs, in one word or in several.
  void Dataset(const GivenFlag& flag) {
    Strings words;
    for (const ReadWord& value : flag.values) {
      for (const std::string& word : SplitAt(value.text, ' ')) {
        if (!word.empty()) words.push_back(word);
      }
    }
    const bool weighted =
        words.size() == 2 && dialect::FromWords(Strings{words[0]}, FieldValue(0.0));
    ReadWord path = flag.values.back();
    path.text = weighted ? words[1] : fmt::format("{}", fmt::join(words, " "));
    if (words.size() > 2 && path.known) {
      out_.unplaced.push_back({flag.line, flag.flag, "a blend of several datasets has no field",
                               "policy.data.dataset"});
      return;
    }
    const auto known = other_.find("policy.data.dataset");
    std::string label = NameOf(path.text, "dataset");
    if (known != other_.end()) {
      label = std::get<std::string>(known->second.value);
    } else {
      given_.insert_or_assign("policy.data.dataset",
                              Found{FieldValue(label), From::kFlag, flag.flag, flag.line});
    }
    Host("datasets." + label, path, flag.flag);
    bound_.insert(flag.flag);
  }

  // What every import of this kind has.
  void FixedFields() {
    const std::string label = NameOf(StemOf(source_.file), "imported");
    const auto rule = [&](const std::string& field, FieldValue value, const std::string& why) {
      if (!other_.contains(field)) {
        given_.emplace(field, Found{std::move(value), From::kRule, why, 0});
      }
    };
    rule("recipe.model.name", label, "the file's name");
    rule("policy.run.name", label, "the file's name");
    rule("policy.run.backend", std::string("megatron"), "the dialect is Megatron's");
    const bool nemo = options_.dialect == "nemo";
    rule("policy.run.recipe_mode", std::string(nemo ? "nemo" : "author"), "as the dialect says");
  }

  // ---- Joining

  struct Files {
    std::optional<base::Loaded<recipe::Recipe>> recipe;
    std::optional<base::Loaded<policy::Policy>> policy;
    base::Diagnostics errors;
  };
  Files Load(const FoundFields& fields, std::string& recipe_toml, std::string& policy_toml) const {
    const std::string heading =
        fmt::format("Read from {} for {}.", BaseName(source_.file), options_.dialect);
    recipe_toml = RecipeToml(fields, BaseName(source_.file), heading);
    policy_toml = PolicyToml(fields, BaseName(source_.file), heading);
    Files files;
    const auto add = [&](const base::Diagnostics& errors) {
      files.errors.insert(files.errors.end(), errors.begin(), errors.end());
    };
    auto recipe_document = base::ParseToml(recipe_toml, "recipe.toml", base::Surface::kPlan);
    auto policy_document = base::ParseToml(policy_toml, "policy.toml", base::Surface::kPolicy);
    if (!recipe_document) add(recipe_document.errors());
    if (!policy_document) add(policy_document.errors());
    if (!recipe_document || !policy_document) return files;
    auto recipe = recipe::FromToml(*recipe_document);
    auto policy = policy::FromToml(*policy_document);
    if (recipe) {
      files.recipe = std::move(*recipe);
    } else {
      add(recipe.errors());
    }
    if (policy) {
      files.policy = std::move(*policy);
    } else {
      add(policy.errors());
    }
    return files;
  }

  /// What was found, with stand-ins for what is required and was not.
  Files Trial() const {
    FoundFields fields = out_.fields;
    const auto stand_in = [&](const char* field, FieldValue value) {
      fields.emplace(field, Found{std::move(value), From::kRule, "", 0});
    };
    stand_in("recipe.model.pattern", std::string("A"));
    for (const char* field :
         {"recipe.model.depth", "recipe.model.hidden_size", "recipe.model.num_attention_heads",
          "recipe.model.vocab_size", "recipe.model.seq_length", "policy.layout.world_size",
          "policy.batch.micro_batch_size", "policy.batch.global_batch_size",
          "policy.batch.train_iters"}) {
      stand_in(field, std::int64_t{1});
    }
    std::string recipe_toml;
    std::string policy_toml;
    return Load(fields, recipe_toml, policy_toml);
  }

  /// The flags decide; what else is said must be the same, or must become the same flags: a flag
  /// may not tell two values apart.
  void Join() {
    FoundFields& fields = out_.fields;
    fields = silent_;
    for (const auto& [field, found] : given_) fields.insert_or_assign(field, found);
    std::vector<std::string> differing;
    for (const auto& [field, found] : other_) {
      const auto it = given_.find(field);
      if (it != given_.end() && it->second.value != found.value && it->second.from != From::kRule) {
        differing.push_back(field);
      }
      fields.insert_or_assign(field, found);
    }
    if (differing.empty()) return;
    const Files files = Trial();
    for (const std::string& field : differing) {
      if (field == "recipe.model.pattern" && SameSymbols()) continue;
      if (files.recipe && files.policy && Becomes(field, *files.recipe, *files.policy)) continue;
      const Found& flag = given_.at(field);
      Contradiction(field, flag, other_.at(field));
      fields.insert_or_assign(field, flag);
    }
  }

  // No release has a symbol of its own for R: a pattern with it is written as one without.
  bool SameSymbols() const {
    const auto symbols = [&](const FoundFields& from) -> std::string {
      const auto text = std::get_if<std::string>(&from.at("recipe.model.pattern").value);
      const auto depth = out_.fields.find("recipe.model.depth");
      if (text == nullptr || depth == out_.fields.end()) return "";
      const auto layers = std::get<std::int64_t>(depth->second.value);
      const auto pattern = plan::ParsePattern({.text = *text, .field = "", .at = {}});
      if (!pattern || layers < 1 || layers > plan::kMaxDepth) return "";
      std::string letters = plan::TileLetters(*pattern, layers);
      std::replace(letters.begin(), letters.end(), 'R', 'M');
      return letters;
    };
    const std::string mine = symbols(given_);
    return !mine.empty() && mine == symbols(other_);
  }

  // Whether |field| of these two is written with the flags of the line.
  bool Becomes(const std::string& field, const base::Loaded<recipe::Recipe>& recipe,
               const base::Loaded<policy::Policy>& policy) const {
    const auto plan = plan::Expand(recipe, contract::CutsOf(policy.value));
    if (!plan) return false;
    const seams::Context context{recipe, policy, *plan, options_.dialect};
    bool any = false;
    for (const Spelling& spelling : dialect::Spellings(release_)) {
      const bool mine =
          spelling.field == field ||
          std::find(spelling.also.begin(), spelling.also.end(), field) != spelling.also.end();
      if (!mine || spelling.kind == Spelling::Kind::kBound) continue;
      const Strings words = dialect::Emit(spelling, context);
      if (words.empty()) {
        if (Values(spelling.flag) != nullptr && spelling.kind == Spelling::Kind::kValue)
          return false;
        continue;
      }
      any = true;
      // One emission may hold several flags.
      for (std::size_t at = 0; at < words.size();) {
        const std::string& flag = words[at++];
        Strings values;
        while (at < words.size() && !words[at].starts_with("--")) values.push_back(words[at++]);
        const Strings* there = Values(flag);
        if (there == nullptr || *there != values) return false;
      }
    }
    return any;
  }

  // Silence about a field that has no effect here says nothing: muon's without muon.
  void DropInert() {
    const Files files = Trial();
    if (!files.recipe || !files.policy) return;
    const auto plan = plan::Expand(*files.recipe, contract::CutsOf(files.policy->value));
    if (!plan) return;
    const seams::Context context{*files.recipe, *files.policy, *plan, options_.dialect};
    std::set<std::string, std::less<>> live;
    for (const Spelling& spelling : dialect::Spellings(release_)) {
      if (spelling.applies == nullptr || spelling.applies(context)) live.emplace(spelling.field);
      for (std::string_view field : spelling.also) live.emplace(field);
    }
    std::erase_if(out_.fields, [&](const auto& entry) {
      return entry.second.from == From::kSilence && !live.contains(entry.first);
    });
  }

  // The releases balance by a loss of weight 0 unless told otherwise, which is no loss; a recipe
  // says so.
  void NoLossWithoutWeight() {
    const auto coefficient = out_.fields.find("recipe.moe.aux_loss_coeff");
    const auto balancing = out_.fields.find("recipe.moe.load_balancing");
    if (coefficient == out_.fields.end() || balancing == out_.fields.end()) return;
    const auto* weight = std::get_if<double>(&coefficient->second.value);
    const auto* kind = std::get_if<std::string>(&balancing->second.value);
    if (weight == nullptr || *weight != 0 || kind == nullptr || !kind->ends_with("aux_loss"))
      return;
    balancing->second = {FieldValue(std::string("none")), From::kRule, "a loss of weight 0", 0};
  }

  // A script that says nothing of seams runs code that has them built in: those without which the
  // model is not what it says are required here.
  void RequireSeams() {
    const std::string field = "policy.seams.required";
    if (other_.contains(field)) return;
    std::string recipe_toml;
    std::string policy_toml;
    const Files files = Load(out_.fields, recipe_toml, policy_toml);
    std::set<std::string> ids;
    for (const auto& [id, line] : switched_seams_) ids.insert(id);
    std::set<std::string> needed;
    if (files.recipe && files.policy) {
      const auto plan = plan::Expand(*files.recipe, contract::CutsOf(files.policy->value));
      if (!plan) {
        const base::Diagnostics& why = plan.errors();
        out_.findings.insert(out_.findings.end(), why.begin(), why.end());
      } else {
        const seams::Context context{*files.recipe, *files.policy, *plan, options_.dialect};
        for (const seams::Seam& seam : seams::Registry()) {
          if (seams::NeedOf(seam, context).level != seams::Need::Level::kRequired) continue;
          const bool rewritten =
              seams::RewritesRecurrence(context) && (seam.family == "M" || seam.family == "R");
          if (!rewritten) needed.insert(std::string(seam.id));
        }
      }
    }
    ids.insert(needed.begin(), needed.end());
    if (ids.empty()) return;
    Strings ordered;
    for (const seams::Seam& seam : seams::Registry()) {
      if (ids.contains(std::string(seam.id))) ordered.emplace_back(seam.id);
    }
    out_.fields.insert_or_assign(field,
                                 Found{FieldValue(ordered), From::kRule,
                                       "switched on by the script, or needed by this model", 0});
    if (!needed.empty()) {
      out_.notes.push_back(fmt::format("the script's own program must bring what the seams {} do",
                                       fmt::join(needed, ", ")));
    }
  }

  // ---- Accounts

  bool IsDefault(const GivenFlag& flag) const {
    if (flag.argument == nullptr || flag.argument->action != dialect::Action::kStore) return false;
    const auto standard = nlohmann::json::parse(flag.argument->default_json);
    Strings words;
    for (const auto& item : standard.is_array() ? standard : nlohmann::json::array({standard})) {
      words.push_back(item.is_string() ? item.get<std::string>() : item.dump());
    }
    if (!standard.is_null() && words == flag.Texts()) return true;
    // 1 and 1.0, 1e-5 and 0.00001.
    if (!standard.is_number() || flag.values.size() != 1) return false;
    const auto value = dialect::FromWords(flag.Texts(), FieldValue(0.0));
    return value && std::get<double>(*value) == standard.get<double>();
  }

  // Known to change nothing of what a recipe or a policy says.
  bool Restates(const GivenFlag& flag) const {
    static const std::set<std::string_view> kInert = {"--use-mcore-models"};
    if (kInert.contains(flag.flag) || IsDefault(flag)) return true;
    if (flag.flag == "--make-vocab-size-divisible-by" && flag.values.size() == 1) {
      const auto by = Integer(flag.values.front().text);
      const auto it = given_.find("recipe.model.vocab_size");
      return by && *by > 0 && it != given_.end() &&
             std::get<std::int64_t>(it->second.value) % *by == 0;
    }
    return false;
  }

  void Flags_() {
    for (const GivenFlag& flag : flags_.flags) {
      ++out_.flags;
      std::string shown = flag.flag;
      for (const ReadWord& value : flag.values) {
        shown += " " + value.text;
        constexpr std::size_t kMost = 120;
        if (shown.size() > kMost) {
          shown = shown.substr(0, kMost) + "...";
          break;
        }
      }
      const auto unplaced = [&](std::string why, std::string nearest) {
        out_.unplaced.push_back({flag.line, shown, std::move(why), std::move(nearest)});
      };
      if (flag.argument == nullptr) {
        unplaced(fmt::format("{} has no such flag", options_.dialect), NearestFlag(flag.flag));
      } else if (bound_.contains(flag.flag)) {
        ++out_.flags_placed;
      } else if (flag.overruled) {
        unplaced(flag.undecided.empty() ? "a later one overrules it" : flag.undecided, "");
      } else if (!flag.undecided.empty()) {
        const auto spellings = dialect::SpellingsOf(release_, flag.flag);
        unplaced(flag.undecided, spellings.empty() ? "" : std::string(spellings.front()->field));
      } else if (accounted_.contains(flag.flag) || Restates(flag)) {
        ++out_.flags_placed;
      } else if (SaidByOther(flag)) {
        ++out_.flags_placed;
      } else {
        unplaced(dialect::SpellingsOf(release_, flag.flag).empty()
                     ? "no field of recipe or policy says this"
                     : "with the other flags it does not say a value of its field",
                 NearestField(flag.flag));
      }
    }
    for (const ReadWord& word : flags_.loose) {
      out_.unplaced.push_back(
          {word.line, word.text,
           word.known ? "it belongs to no flag" : "not known: it may hold any flags", ""});
    }
  }

  // A flag whose reading is elsewhere: its field came from a setting or a comment.
  bool SaidByOther(const GivenFlag& flag) const {
    for (const Spelling* spelling : dialect::SpellingsOf(release_, flag.flag)) {
      if (!spelling->field.empty() && other_.contains(spelling->field) &&
          spelling->kind == Spelling::Kind::kComputed && spelling->read == nullptr) {
        return true;
      }
    }
    return false;
  }

  std::string NearestFlag(const std::string& flag) const {
    Strings names;
    for (const auto& named : release_.by_flag) names.emplace_back(named.name);
    return base::NearestName(flag, names).value_or("");
  }
  std::string NearestField(const std::string& flag) const {
    Strings names;
    Strings fields;
    for (const Spelling& spelling : dialect::Spellings(release_)) {
      if (spelling.flag.empty() || spelling.field.empty()) continue;
      names.emplace_back(spelling.flag);
      fields.emplace_back(spelling.field);
    }
    const auto nearest = base::NearestName(flag, names);
    if (!nearest) return "";
    return fields[static_cast<std::size_t>(std::find(names.begin(), names.end(), *nearest) -
                                           names.begin())];
  }

  void Reports() {
    for (const LateExport& late : source_.late_exports) {
      base::Diagnostic warning;
      warning.code = "SCRIPT0005";
      warning.severity = base::Severity::kWarning;
      warning.surface = base::Surface::kPolicy;
      warning.message =
          fmt::format("{} is set after its read time: the run has already been started", late.name);
      warning.where = {{{source_.file, late.line, 0}, "exported here"},
                       {{source_.file, source_.command.line, 0}, "started here"}};
      warning.fix = "move it before the command, or remove it";
      out_.findings.push_back(std::move(warning));
    }
    for (const Assumption& assumption : source_.assumptions) {
      out_.notes.push_back(fmt::format("line {}: {} is taken to be unset outside, so: {}",
                                       assumption.line, assumption.name,
                                       assumption.value.empty() ? "nothing" : assumption.value));
    }
    if (!source_.other_commands.empty()) {
      out_.notes.push_back(fmt::format(
          "the script starts other programs too, in the lines {}; --line reads one of them",
          fmt::join(source_.other_commands, ", ")));
    }
    if (!source_.command.condition.empty()) {
      out_.notes.push_back("the command runs only " + source_.command.condition);
    }
    for (const NotRead& not_read : source_.not_read) {
      out_.unplaced.push_back({not_read.line, not_read.text, not_read.why, ""});
    }
  }

  void Finish() {
    Files files = Load(out_.fields, out_.recipe_toml, out_.policy_toml);
    out_.findings.insert(out_.findings.end(), files.errors.begin(), files.errors.end());
    out_.recipe = std::move(files.recipe);
    out_.policy = std::move(files.policy);
    out_.host_toml = HostToml(out_.host, BaseName(source_.file));
    std::stable_sort(out_.unplaced.begin(), out_.unplaced.end(),
                     [](const Unplaced& a, const Unplaced& b) { return a.line < b.line; });
  }

  const Source& source_;
  const RaiseOptions& options_;
  const dialect::Release& release_;
  const FlagLine flags_;
  const std::map<std::string, std::string> all_ = AllFields();
  Flags line_;
  FoundFields given_;   // by the command itself
  FoundFields other_;   // by variables and comments
  FoundFields silent_;  // by the release's defaults
  std::set<std::string, std::less<>> blocked_;
  std::set<std::string, std::less<>> accounted_;
  std::set<std::string, std::less<>> bound_;
  std::map<std::string, int> switched_seams_;
  std::set<std::int64_t> r_layers_;
  int r_layers_line_ = 0;
  Import out_;
};

}  // namespace

base::Expected<Import> Raise(const Source& source, const RaiseOptions& options) {
  if (auto known = dialect::CheckName(options.dialect); !known) return known.errors();
  const dialect::Release* release = dialect::FindRelease(options.dialect);
  if (release == nullptr) return internal::RaiseNative(source, options);
  return Raiser(source, options, *release).Run();
}

}  // namespace nam56r::script
