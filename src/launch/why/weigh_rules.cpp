#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "src/dialect/argument_rules.h"
#include "src/launch/why/candidate.h"

namespace nam56r::launch::why {
namespace {

using dialect::ArgumentRule;

// Names of arguments in a message: "--tensor-model-parallel-size", "args.num_experts",
// "num_attention_heads". Messages of Megatron-LM write them all three ways.
std::set<std::string> ArgumentsIn(std::string_view text) {
  std::set<std::string> names;
  std::string word;
  const auto end = [&] {
    while (word.starts_with('_')) word.erase(0, 1);
    while (word.ends_with('_')) word.pop_back();
    if (word.find('_') != std::string::npos) names.insert(word);
    word.clear();
  };
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-') {
      word.push_back(c == '-' ? '_' : c);
    } else {
      end();
    }
  }
  return names;
}

// The same argument under the names that configuration classes and people give it.
std::string_view Canonical(std::string_view name) {
  struct Alias {
    std::string_view from, to;
  };
  static constexpr Alias kAliases[] = {
      {"tensor_parallel_size", "tensor_model_parallel_size"},
      {"tp_size", "tensor_model_parallel_size"},
      {"pipeline_parallel_size", "pipeline_model_parallel_size"},
      {"pp_size", "pipeline_model_parallel_size"},
      {"ep_size", "expert_model_parallel_size"},
      {"expert_parallel_size", "expert_model_parallel_size"},
      {"cp_size", "context_parallel_size"},
      {"num_moe_experts", "num_experts"},
      {"n_routed_experts", "num_experts"},
      {"num_physical_experts", "num_experts"},
      {"n_physical_experts", "num_experts"},
      {"num_heads", "num_attention_heads"},
      {"num_key_value_heads", "num_query_groups"},
      {"num_kv_heads", "num_query_groups"},
      {"max_seq_len", "seq_length"},
      {"sequence_length", "seq_length"},
  };
  for (const Alias& alias : kAliases)
    if (alias.from == name) return alias.to;
  return name;
}

// The rule that names most of |names| and little else; null where several do or none does.
const ArgumentRule* RuleAbout(const std::set<std::string>& names) {
  const ArgumentRule* best = nullptr;
  double most = 0;
  bool several = false;
  for (const dialect::RuleEntry& entry : dialect::ArgumentRules()) {
    double shared = 0;
    double dests = 0;
    for (const std::string_view dest : entry.rule->dests) {
      if (dest.empty()) continue;
      ++dests;
      for (const std::string& name : names) {
        if (Canonical(name) == dest) ++shared;
      }
    }
    if (shared == 0) continue;
    const double score = shared / (dests + static_cast<double>(names.size()) - shared);
    if (score > most) {
      most = score;
      best = entry.rule;
      several = false;
    } else if (score == most) {
      several = true;
    }
  }
  constexpr double kLeast = 0.5;  // of all names, half are shared
  return most >= kLeast && !several ? best : nullptr;
}

const ArgumentRule* RuleOfCode(std::string_view code) {
  for (const dialect::RuleEntry& entry : dialect::ArgumentRules())
    if (entry.rule->code == code) return entry.rule;
  return nullptr;
}

Class ClassOfRule(std::string_view code) {
  if (code.starts_with("PLAN")) return Class::kPlan;
  if (code.starts_with("SEAM")) return Class::kSeam;
  if (code.starts_with("HOST")) return Class::kStack;  // packages and versions that are not there
  return Class::kPolicy;
}

}  // namespace

void WeighRules(Candidate& candidate) {
  const std::string_view code = candidate.signature->code;
  // Those whose text alone says which argument it is about.
  const bool by_text = code.starts_with("WHY31") || code.starts_with("WHY41");
  if (!by_text && candidate.rules.empty()) return;
  const ArgumentRule* rule = nullptr;
  if (!candidate.rules.empty()) {
    rule = RuleOfCode(candidate.rules[0]);
  } else {
    std::set<std::string> names;
    for (const Hit* hit : candidate.hits) names.merge(ArgumentsIn(hit->text));
    rule = RuleAbout(names);
    if (rule == nullptr) return;
    candidate.rules = {std::string(rule->code)};
    // A message that only has the form of a refusal: the rule says whose it is.
    if (candidate.signature->cls == Class::kUnknown) {
      candidate.cls = ClassOfRule(rule->code);
      candidate.confidence = std::max(candidate.confidence, 0.7);
    }
  }
  if (rule == nullptr) return;  // a code of this project's own: it has no arguments
  for (const std::string_view dest : rule->dests) {
    const std::string field(dialect::FieldOfDest(dest));
    if (dest.empty() || field.empty()) continue;
    if (std::find(candidate.fields.begin(), candidate.fields.end(), field) ==
        candidate.fields.end()) {
      candidate.fields.push_back(field);
    }
  }
  if (!candidate.next.empty()) candidate.next += ' ';
  candidate.next +=
      fmt::format("`nam56r check` refuses it before it costs GPU time, as {}.", rule->code);
}

}  // namespace nam56r::launch::why
