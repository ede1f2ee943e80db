#include "src/check/sarif.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "src/base/digest.h"
#include "src/base/secrets.h"
#include "src/base/utf8.h"
#include "src/check/json.h"
#include "src/contract/codes.h"
#include "src/dialect/rule_codes.h"

namespace nam56r::check {
namespace {

using base::WithValidUtf8;
using nlohmann::json;

constexpr std::string_view kSchema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
constexpr std::string_view kFingerprint = "nam56r/code-fields/v1";

json Text(std::string_view text) { return {{"text", WithValidUtf8(text)}}; }

// A file's name as a URI reference (RFC 3986).
std::string Uri(std::string_view file) {
  constexpr std::string_view kPlain = "-._~/";
  std::string uri;
  if (file.starts_with('/')) uri = "file://";
  for (const char c : file) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       kPlain.find(c) != std::string_view::npos;
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return uri;
}

std::string_view Level(base::Severity severity) { return base::SeverityName(severity); }

// What stands in the rules' list of the tool: the page of the code in short.
json RuleJson(const base::Diagnostic& finding) {
  json rule = {{"id", WithValidUtf8(finding.code)}};
  if (const dialect::RuleEntry* entry = dialect::FindRule(finding.code)) {
    const dialect::ArgumentRule& known = *entry->rule;
    rule["name"] = entry->name;
    rule["shortDescription"] = Text(known.title.empty() ? known.why : known.title);
    rule["fullDescription"] = Text(known.why);
    rule["help"] = Text(fmt::format("{}. See docs/rules/{}.md, or: nam56r explain {}", known.fix,
                                    known.code, known.code));
    rule["defaultConfiguration"] = {{"level", Level(known.severity)}};
    rule["properties"] = {
        {"group", entry->group}, {"stage", StageName(known.stage)}, {"source", known.source}};
  } else if (const contract::Code* code = contract::FindCode(finding.code)) {
    rule["shortDescription"] = Text(code->meaning);
    rule["fullDescription"] = Text(code->why);
    rule["help"] =
        Text(fmt::format("Wrong: {}. Right: {}. See docs/rules/{}.md, or: nam56r explain {}",
                         code->wrong, code->mended, code->code, code->code));
    rule["defaultConfiguration"] = {{"level", Level(finding.severity)}};
  } else {
    rule["shortDescription"] = Text(finding.message);
  }
  return rule;
}

json Location(const base::SourceNote& note) {
  json location = json::object();
  if (!note.at.file.empty()) {
    location["physicalLocation"]["artifactLocation"] = {{"uri", Uri(note.at.file)}};
    if (note.at.line > 0) {
      json region = {{"startLine", note.at.line}};
      if (note.at.column > 0) region["startColumn"] = note.at.column;
      location["physicalLocation"]["region"] = std::move(region);
    }
  }
  if (!note.label.empty()) location["message"] = Text(base::WithoutSecrets(note.label));
  return location;
}

std::string Message(const base::Diagnostic& finding) {
  std::string text = base::WithoutSecrets(finding.message);
  for (const std::string& note : finding.notes) text += ". " + note;
  if (!finding.valid.empty()) text += fmt::format(". Valid: {}", fmt::join(finding.valid, ", "));
  if (!finding.fix.empty()) text += ". Fix: " + finding.fix;
  return WithValidUtf8(text);
}

// Of what the finding is about, not of where it stands.
std::string Fingerprint(const base::Diagnostic& finding) {
  std::string covered = finding.code;
  std::vector<std::string> fields = finding.fields;
  std::sort(fields.begin(), fields.end());
  for (const std::string& field : fields) covered += '\n' + field;
  return base::Sha256(covered);
}

json ResultJson(const Finding& finding, std::size_t rule) {
  const base::Diagnostic& diagnostic = finding.diagnostic;
  json result = {
      {"ruleId", WithValidUtf8(diagnostic.code)},
      {"ruleIndex", rule},
      {"level", Level(diagnostic.severity)},
      {"message", {{"text", Message(diagnostic)}}},
      {"partialFingerprints", {{std::string(kFingerprint), Fingerprint(diagnostic)}}},
      {"properties",
       {{"stage", StageName(finding.stage)}, {"surface", base::SurfaceName(diagnostic.surface)}}}};
  json location;
  json related = json::array();
  for (const base::SourceNote& note : diagnostic.where) {
    if (note.at.file.empty()) continue;
    if (location.is_null()) {
      location = Location(note);
    } else {
      related.push_back(Location(note));
    }
  }
  for (const std::string& field : diagnostic.fields) {
    location["logicalLocations"].push_back(
        {{"fullyQualifiedName", WithValidUtf8(field)}, {"kind", "member"}});
  }
  if (!location.is_null()) result["locations"] = json::array({std::move(location)});
  if (!related.empty()) result["relatedLocations"] = std::move(related);
  if (finding.waived) {
    result["suppressions"] = json::array({{{"kind", "external"},
                                           {"status", "accepted"},
                                           {"justification", WithValidUtf8(*finding.waived)}}});
  }
  return result;
}

}  // namespace

json ToSarif(const Result& result, const SarifTool& tool) {
  json rules = json::array();
  json results = json::array();
  std::map<std::string, std::size_t> places;
  for (const Finding& finding : result.findings) {
    const auto [place, added] = places.try_emplace(finding.diagnostic.code, rules.size());
    if (added) rules.push_back(RuleJson(finding.diagnostic));
    results.push_back(ResultJson(finding, place->second));
  }
  json run = {
      {"tool",
       {{"driver",
         {{"name", "nam56r"}, {"semanticVersion", tool.version}, {"rules", std::move(rules)}}}}},
      {"columnKind", "unicodeCodePoints"},
      {"results", std::move(results)},
      {"properties",
       {{"verdict", result.refused() ? "refused" : "ok"},
        {"rewrites", ToJson(result).at("rewrites")}}}};
  if (!tool.dialect.empty()) run["properties"]["dialect"] = tool.dialect;
  return {{"$schema", kSchema}, {"version", "2.1.0"}, {"runs", json::array({std::move(run)})}};
}

}  // namespace nam56r::check
