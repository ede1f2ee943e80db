#include "src/contract/reader.h"

#include <fmt/format.h>

#include <array>
#include <set>
#include <utility>

#include "src/base/canonical_json.h"
#include "src/base/digest.h"
#include "src/base/files.h"
#include "src/base/schema.h"
#include "src/contract/derived.h"
#include "src/contract/shape.h"

namespace nam56r::contract {
namespace {

using base::Diagnostic;
using base::Diagnostics;
using base::Expected;
using nlohmann::json;

constexpr std::uintmax_t kMaxBytes = 16u << 20;
constexpr int kMaxDepth = 24;  // a contract has seven levels
constexpr std::int64_t kMaxInteger = std::int64_t{1} << 53;

struct Member {
  std::string_view name;
  json::value_t type;
};
constexpr std::array kMembers = {
    Member{"format", json::value_t::string},
    Member{"dialect", json::value_t::string},
    Member{"plan", json::value_t::object},
    Member{"generated_native_args", json::value_t::array},
    Member{"fixed_policy", json::value_t::object},
    Member{"seams", json::value_t::array},
    Member{"rewrites", json::value_t::array},
    Member{"unresolved", json::value_t::array},
    Member{"provenance", json::value_t::object},
    Member{"digest", json::value_t::string},
};

Diagnostic Refusal(std::string code, const std::string& file, std::string message,
                   std::string fix) {
  Diagnostic diagnostic;
  diagnostic.code = std::move(code);
  diagnostic.surface = base::Surface::kPolicy;
  diagnostic.message = std::move(message);
  diagnostic.where = {{{file, 0, 0}, "the contract"}};
  diagnostic.fix = std::move(fix);
  return diagnostic;
}

Diagnostic NotAContract(const std::string& file, std::string what) {
  Diagnostic diagnostic =
      Refusal("CONTRACT0001", file, fmt::format("not a {} document: {}", kFormat, std::move(what)),
              "compile one: nam56r contract RECIPE --policy POLICY -o FILE");
  diagnostic.valid = {std::string(kFormat)};
  return diagnostic;
}

Diagnostic Contradiction(const std::string& file, std::string what) {
  return Refusal("CONTRACT0003", file, std::move(what),
                 "compile the contract again from its recipe and policy; it is never edited");
}

// JSON that means the same to every reader: bounded depth, no key twice in one object.
Expected<json> ParseStrictly(std::string_view text, const std::string& file) {
  std::string wrong;
  std::vector<std::set<std::string>> keys;
  auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
        keys.emplace_back();
        break;
      case json::parse_event_t::key:
        if (!keys.back().insert(parsed.get_ref<const std::string&>()).second && wrong.empty()) {
          wrong = fmt::format("the key '{}' stands twice in one object",
                              parsed.get_ref<const std::string&>());
        }
        break;
      case json::parse_event_t::object_end:
        keys.pop_back();
        break;
      default:
        break;
    }
    if (depth > kMaxDepth && wrong.empty()) wrong = "it is nested too deeply";
    return depth <= kMaxDepth;
  };
  json document = json::parse(text, watch, /*allow_exceptions=*/false);
  if (!wrong.empty()) return NotAContract(file, wrong);
  if (document.is_discarded()) return NotAContract(file, "it is not valid JSON");
  return document;
}

// I-JSON carries no integer beyond 2^53, so a contract holds none.
bool IntegersFit(const json& value) {
  if (value.is_number_unsigned()) return value.get<std::uint64_t>() <= std::uint64_t{kMaxInteger};
  if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    return number >= -kMaxInteger && number <= kMaxInteger;
  }
  if (value.is_structured()) {
    for (const json& child : value) {
      if (!IntegersFit(child)) return false;
    }
  }
  return true;
}

Diagnostics CheckShape(const json& document, const std::string& file) {
  if (!document.is_object()) return {NotAContract(file, "the document is not an object")};
  auto format = document.find("format");
  if (format == document.end() || *format != kFormat) {
    return {NotAContract(file, fmt::format("its format is {}",
                                           format == document.end() ? "missing" : format->dump()))};
  }
  Diagnostics errors;
  for (const Member& member : kMembers) {
    auto it = document.find(std::string(member.name));
    if (it == document.end()) {
      errors.push_back(NotAContract(file, fmt::format("'{}' is missing", member.name)));
    } else if (it->type() != member.type) {
      errors.push_back(NotAContract(file, fmt::format("'{}' is of the wrong type", member.name)));
    }
  }
  for (const auto& [key, value] : document.items()) {
    bool known = false;
    for (const Member& member : kMembers) known = known || member.name == key;
    if (!known) errors.push_back(NotAContract(file, fmt::format("'{}' is unknown", key)));
  }
  if (!IntegersFit(document)) {
    errors.push_back(NotAContract(file, "it holds an integer beyond 2^53"));
  }
  if (!errors.empty()) return errors;
  for (std::string& wrong : ShapeViolations(document)) {
    errors.push_back(NotAContract(file, std::move(wrong)));
  }
  return errors;
}

// {"layout":{"world_size":{"value":4,...}}} -> {"layout":{"world_size":4}}
json ValuesOf(const json& fields, int depth = 0) {
  if (!fields.is_object() || depth > 4) return fields;
  if (auto value = fields.find("value"); value != fields.end()) return *value;
  json values = json::object();
  for (const auto& [key, field] : fields.items()) values[key] = ValuesOf(field, depth + 1);
  return values;
}

template <class T>
Expected<base::Loaded<T>> ReadPart(const json& object, const std::string& file,
                                   const base::Schema<T>& schema, base::Surface surface) {
  auto loaded = base::LoadJson(object, file, schema, surface);
  if (loaded) return loaded;
  Diagnostics errors{
      Contradiction(file, fmt::format("the {} in the contract is not one that this version accepts",
                                      surface == base::Surface::kPlan ? "recipe" : "policy"))};
  errors.insert(errors.end(), loaded.errors().begin(), loaded.errors().end());
  return errors;
}

json DerivedJson(const Derived& derived) {
  return {{"data_parallel", derived.data_parallel},
          {"expert_data_parallel", derived.expert_data_parallel},
          {"micro_batches", derived.micro_batches}};
}

}  // namespace

std::string DigestOf(const json& document) {
  // The canonical form, member by member, so that nothing large is copied: the members' names are
  // ASCII, of which JSON's own order is the canonical one.
  std::string covered = "{";
  for (const auto& [name, value] : document.items()) {
    if (name == "digest" || name == "provenance") continue;
    if (covered.size() > 1) covered += ',';
    covered += base::CanonicalJson(name);
    covered += ':';
    covered += base::CanonicalJson(value);
  }
  covered += '}';
  return base::Sha256(covered);
}

Expected<ReadContract> Parse(std::string_view text, const std::string& file) {
  if (text.size() > kMaxBytes) return NotAContract(file, "it is larger than 16 MiB");
  auto document = ParseStrictly(text, file);
  if (!document) return document.errors();
  if (Diagnostics errors = CheckShape(*document, file); !errors.empty()) return errors;

  ReadContract contract;
  contract.digest = DigestOf(*document);
  if (document->at("digest") != contract.digest) {
    Diagnostic error = Refusal(
        "CONTRACT0002", file,
        fmt::format("the contract was changed after it was compiled: it says {}, its contents give "
                    "{}",
                    document->at("digest").get<std::string>(), contract.digest),
        "compile the contract again from its recipe and policy; it is never edited");
    error.fields = {"digest"};
    return error;
  }
  contract.dialect = document->at("dialect");

  json plan_in_file = document->at("plan");
  json fields = document->at("fixed_policy");
  if (!plan_in_file.contains("recipe") || !plan_in_file["recipe"].is_object()) {
    return Contradiction(file, "the contract holds no recipe");
  }
  auto recipe = ReadPart(plan_in_file["recipe"], file, recipe::Schema(), base::Surface::kPlan);
  if (!recipe) return recipe.errors();
  const json derived_in_file = fields.value("derived", json());
  fields.erase("derived");
  auto policy = ReadPart(ValuesOf(fields), file, policy::Schema(), base::Surface::kPolicy);
  if (!policy) return policy.errors();

  auto plan = plan::Expand(*recipe, CutsOf(policy->value));
  if (!plan) {
    Diagnostics errors{Contradiction(file, "the recipe in the contract cannot be expanded")};
    errors.insert(errors.end(), plan.errors().begin(), plan.errors().end());
    return errors;
  }
  plan_in_file.erase("recipe");
  if (plan::ToJson(*plan) != plan_in_file) {
    return Contradiction(file, "its plan is not the one that its recipe and policy expand to");
  }
  if (DerivedJson(Derive(policy->value)) != derived_in_file) {
    return Contradiction(file, "its derived sizes are not those that its policy gives");
  }
  contract.recipe = std::move(recipe->value);
  contract.policy = std::move(policy->value);
  contract.plan = std::move(*plan);
  contract.document = std::move(*document);
  return contract;
}

Expected<ReadContract> Read(const std::filesystem::path& path) {
  auto text = base::ReadFile(path, base::Surface::kPolicy, kMaxBytes);
  if (!text) return text.errors();
  return Parse(*text, path.string());
}

}  // namespace nam56r::contract
