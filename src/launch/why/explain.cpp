#include <algorithm>
#include <set>

#include "src/launch/why/candidate.h"
#include "src/launch/why/matcher.h"
#include "src/launch/why/why.h"

namespace nam56r::launch::why {
namespace {

constexpr std::size_t kMostCascades = 8;
constexpr std::size_t kMostAlso = 16;

Evidence Seen(const Hit& hit, const std::vector<LogInput>& logs) {
  return {.file = logs[hit.log].name, .line = hit.line, .text = hit.text, .rank = hit.rank};
}

// Lines are told once, in the order of reading.
std::vector<Evidence> EvidenceOf(const Candidate& root, const std::vector<LogInput>& logs) {
  std::vector<const Hit*> hits = root.hits;
  std::sort(hits.begin(), hits.end(), [](const Hit* a, const Hit* b) {
    return std::tie(a->log, a->line) < std::tie(b->log, b->line);
  });
  std::vector<Evidence> evidence;
  for (const Hit* hit : hits) {
    Evidence seen = Seen(*hit, logs);
    if (!evidence.empty() && evidence.back().file == seen.file &&
        evidence.back().line == seen.line) {
      continue;
    }
    evidence.push_back(std::move(seen));
  }
  return evidence;
}

// Where |fields| stand in the inputs of |contract|.
std::vector<base::SourceNote> Places(const std::vector<std::string>& fields,
                                     const nlohmann::json* contract) {
  std::vector<base::SourceNote> places;
  if (contract == nullptr || !contract->is_object()) return places;
  const auto provenance = contract->find("provenance");
  if (provenance == contract->end() || !provenance->is_object()) return places;
  for (const std::string& field : fields) {
    const auto entry = provenance->find(field);
    if (entry == provenance->end() || !entry->is_object()) continue;
    base::SourceNote note{.at = {}, .label = field};
    if (entry->contains("file") && (*entry)["file"].is_string()) {
      note.at.file = (*entry)["file"].get<std::string>();
      if (entry->contains("line") && (*entry)["line"].is_number_integer()) {
        note.at.line = (*entry)["line"].get<int>();
      }
    } else {
      note.label += ": at its default";
    }
    places.push_back(std::move(note));
  }
  return places;
}

// Nothing explains the failure well enough: what was seen is said all the same.
void Abstain(const std::vector<Candidate>& candidates, const std::vector<LogInput>& logs,
             Answer& answer) {
  const Candidate* seen = nullptr;
  for (const Role role : {Role::kRoot, Role::kSymptom, Role::kCascade}) {
    for (const Candidate& candidate : candidates) {
      if (candidate.role != role) continue;
      if (seen == nullptr || candidate.confidence > seen->confidence) seen = &candidate;
    }
    if (seen != nullptr) break;
  }
  if (seen == nullptr) {
    answer.cause = "No known failure is in these lines.";
    answer.next = "Give the logs of all ranks from their beginning, or the receipt's directory.";
    return;
  }
  answer.evidence = EvidenceOf(*seen, logs);
  if (seen->role == Role::kCascade) {
    answer.cause = "These lines show only what followed from a failure elsewhere: " + seen->cause;
    answer.next = "Give the logs of the other ranks: one of them failed before, and says why.";
    return;
  }
  answer.cause = "The lines do not say why: " + seen->cause;
  answer.next = seen->next;
  answer.confidence = seen->confidence;
}

}  // namespace

base::Expected<Answer> Explain(const std::vector<LogInput>& logs, const Context& context) {
  auto found = Matcher::OfSignatures().Read(logs);
  if (!found) return found.errors();
  std::vector<Candidate> candidates = Candidates(*found, logs.size());
  for (Candidate& candidate : candidates) {
    WeighMemory(candidate, context);
    WeighRules(candidate);
    WeighKernels(candidate);
    WeighHang(candidate);
    WeighShapes(candidate);
    WeighNative(candidate);
  }
  Answer answer;
  const Candidate* root = Root(candidates, context);
  if (root == nullptr) {
    Abstain(candidates, logs, answer);
    return answer;
  }
  answer.cls = root->cls;
  answer.code = root->signature->code;
  answer.cause = root->cause;
  answer.confidence = root->confidence;
  answer.next = root->next;
  answer.fields = root->fields;
  answer.rules = root->rules;
  answer.rank = root->hits[0]->rank;
  answer.evidence = EvidenceOf(*root, logs);
  answer.where = Places(answer.fields, context.contract);
  for (const Candidate& candidate : candidates) {
    if (&candidate == root) continue;
    if (candidate.role == Role::kRoot) {
      if (answer.also.size() < kMostAlso) answer.also.emplace_back(candidate.signature->code);
    } else if (answer.cascades.size() < kMostCascades) {
      answer.cascades.push_back(Seen(*candidate.hits[0], logs));
    }
  }
  return answer;
}

}  // namespace nam56r::launch::why
