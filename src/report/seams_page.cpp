#include "src/report/seams_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "src/base/secrets.h"
#include "src/contract/private_values.h"
#include "src/seams/seam.h"

namespace nam56r::report {
namespace {

using nlohmann::json;

// A reader guarantees no more than that there are such lists: what they hold may be anything.
std::string Text(const json& object, const char* key) {
  auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : "";
}

// {"file":...,"line":...}, {"default":true} or {"rule":...}. The digest does not cover it.
std::string OriginOf(const json& provenance, const std::string& field) {
  auto it = provenance.find(field);
  if (it == provenance.end() || !it->is_object()) return "";
  if (const std::string file = Text(*it, "file"); !file.empty()) {
    auto line = it->find("line");
    const bool known = line != it->end() && line->is_number_integer();
    return fmt::format("{}:{}", contract::PublicFileName(file),
                       known ? line->get<std::int64_t>() : 0);
  }
  if (const std::string rule = Text(*it, "rule"); !rule.empty()) return "rule: " + rule;
  return "default";
}

std::vector<std::string> Texts(const json& object, const char* key) {
  std::vector<std::string> texts;
  auto it = object.find(key);
  if (it == object.end() || !it->is_array()) return texts;
  for (const json& item : *it) {
    if (item.is_string()) texts.push_back(item.get<std::string>());
  }
  return texts;
}

// As a page may show it, whoever wrote the contract.
json Public(const json& value, const std::string& name = "") {
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    return contract::IsPrivate(text) || base::NamesSecret(name) ? json("(withheld)") : value;
  }
  if (!value.is_structured()) return value;
  json shown = value;
  for (auto it = shown.begin(); it != shown.end(); ++it) {
    *it = Public(*it, value.is_object() ? it.key() : name);
  }
  return shown;
}

SeamsPage::Used MakeUsed(const json& seam, const json& provenance) {
  SeamsPage::Used used;
  used.seam = Public(seam);
  for (const std::string& field : Texts(seam, "fields")) {
    used.asked_by.emplace_back(field, OriginOf(provenance, field));
  }
  if (const seams::Seam* known = seams::Find(Text(seam, "id"))) {
    used.upstream_gate = known->upstream_gate;
  }
  return used;
}

// "recipe model.pattern, model.depth; policy mtp.depth" names |field| "recipe.model.pattern". The
// surface is written once before several keys.
bool Names(const std::string& from, const std::string& field) {
  const std::string key = field.substr(field.find('.') + 1);
  const std::size_t at = from.find(key);
  if (at == std::string::npos || from.find(field.substr(0, field.find('.'))) == std::string::npos) {
    return false;
  }
  auto joins = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  const std::size_t end = at + key.size();
  return (at == 0 || !joins(from[at - 1])) && (end == from.size() || !joins(from[end]));
}

}  // namespace

SeamsPage MakeSeamsPage(const contract::ReadContract& contract) {
  const json& document = contract.document;
  SeamsPage page;
  page.dialect = contract.dialect;
  page.digest = contract.digest;

  std::vector<std::string> ids;
  for (const json& seam : document.at("seams")) {
    if (!seam.is_object()) continue;
    page.used.push_back(MakeUsed(seam, document.at("provenance")));
    ids.push_back(Text(seam, "id"));
  }

  base::Loaded<recipe::Recipe> recipe;
  recipe.value = contract.recipe;
  base::Loaded<policy::Policy> policy;
  policy.value = contract.policy;
  const seams::Context context{recipe, policy, contract.plan, contract.dialect};
  const bool has_seams = seams::MegatronMinor(contract.dialect) > 0;
  for (const seams::Seam& seam : seams::Registry()) {
    if (std::find(ids.begin(), ids.end(), seam.id) != ids.end()) continue;
    seams::Need need;
    if (has_seams) need = seams::NeedOf(seam, context);
    if (need.level == seams::Need::Level::kNone) need.because.clear();
    page.other.push_back({std::string(seam.id), std::string(seam.family),
                          std::string(seams::LevelName(need.level)), std::move(need.because),
                          std::string(seam.why), std::string(seam.without),
                          std::string(seam.measured)});
  }

  for (const json& arg : document.at("generated_native_args")) {
    if (!arg.is_object() || Text(arg, "owner") != "plan") continue;
    SeamsPage::Flag flag{Text(arg, "flag"), Texts(arg, "values"), Text(arg, "from"), {}};
    for (const SeamsPage::Used& used : page.used) {
      const std::string id = Text(used.seam, "id");
      // What a launch decision asks for reads no flag of the model.
      const seams::Seam* known = seams::Find(id);
      if (known == nullptr || known->asked_by != base::Surface::kPlan) continue;
      const bool reads =
          std::any_of(used.asked_by.begin(), used.asked_by.end(),
                      [&](const auto& asked) { return Names(flag.from, asked.first); });
      if (reads) flag.seams.push_back(id);
    }
    page.flags.push_back(std::move(flag));
  }
  return page;
}

json ToJson(const SeamsPage& page, bool all) {
  json used = json::array();
  for (const SeamsPage::Used& one : page.used) {
    json seam = one.seam;
    json asked = json::array();
    for (const auto& [field, origin] : one.asked_by) {
      asked.push_back({{"field", field}, {"origin", origin}});
    }
    seam["asked_by"] = std::move(asked);
    seam["upstream_gate"] = one.upstream_gate;
    used.push_back(std::move(seam));
  }
  json recommended = json::array();
  json unused = json::array();
  for (const SeamsPage::Other& other : page.other) {
    const json item = {{"id", other.id},
                       {"family", other.family},
                       {"level", other.level},
                       {"because", other.because},
                       {"why", other.why},
                       {"without", other.without},
                       {"measured", other.measured}};
    (other.level == "recommended" ? recommended : unused).push_back(item);
  }
  json alone = json::array();
  json shared = json::array();
  for (const SeamsPage::Flag& flag : page.flags) {
    json item = {{"flag", flag.flag}, {"values", flag.values}, {"from", flag.from}};
    if (flag.seams.empty()) {
      alone.push_back(std::move(item));
    } else {
      item["seams"] = flag.seams;
      shared.push_back(std::move(item));
    }
  }
  json document = {{"dialect", page.dialect},          {"digest", page.digest},
                   {"seams", std::move(used)},         {"recommended", std::move(recommended)},
                   {"recipe_alone", std::move(alone)}, {"recipe_with_seams", std::move(shared)}};
  if (all) document["unused"] = std::move(unused);
  return document;
}

}  // namespace nam56r::report
