#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <set>

#include "src/base/utf8.h"
#include "src/launch/why/candidate.h"

namespace nam56r::launch::why {
namespace {

// Of the hits in one log, the one of |hits| that stands best beside |first|; null: none does.
const Hit* Beside(const Hit& first, const Hits& hits, int window) {
  const Hit* best = nullptr;
  for (const Hit& hit : hits) {
    if (hit.log != first.log) continue;
    const std::int64_t distance = std::llabs(hit.line - first.line);
    if (window > 0 && distance > window) continue;
    if (best == nullptr || distance < std::llabs(best->line - first.line)) best = &hit;
  }
  return best;
}

bool Earlier(const Hit& a, const Hit& b) {
  if (a.log == b.log) return a.line < b.line;
  if (a.seconds >= 0 && b.seconds >= 0 && a.seconds != b.seconds) return a.seconds < b.seconds;
  return a.log < b.log;
}

// A line of level warning: of Python's logging, of PyTorch's ("[W1123 22:57:18" and "W0409"). It
// may be the root, but goes behind whatever is an error.
bool IsWarning(const std::string& line) {
  static const RE2 level(R"(\bWARNING\b|^(?:\[\w+\]:)?\[?W(?:\d{4})? )");
  return RE2::PartialMatch(line, level);
}
constexpr double kWarningCosts = 0.4;

double Weight(const Candidate& candidate) {
  return candidate.confidence - (IsWarning(candidate.hits[0]->text) ? kWarningCosts : 0.0);
}

// Rank that the launcher saw fail first; -1: it does not say.
std::int64_t FirstFailure(const Context& context) {
  if (context.outcome == nullptr || !context.outcome->is_object()) return -1;
  const auto first = context.outcome->find("first_failure");
  const bool says = first != context.outcome->end() && first->is_number_integer();
  return says ? first->get<std::int64_t>() : -1;
}

// What Python's warnings module prints, and what a program says when it goes on by other means:
// whatever it speaks of did not end the run.
bool OnlyWarns(const std::string& line) {
  static const RE2 warning(R"((?:^|[\s:\]])[A-Z]?[A-Za-z]*Warning: |[Ff]alling back)");
  return RE2::PartialMatch(line, warning);
}

// Lines and seconds within which two messages are about one event: a traceback and the last words
// of the library below it.
constexpr std::int64_t kSameEventLines = 80;
constexpr double kSameEventSeconds = 5;
// Roots that are less sure than the best by more than this are not asked for their time.
constexpr double kAboutTheSame = 0.2;

bool SameEvent(const Hit& a, const Hit& b) {
  if (a.seconds >= 0 && b.seconds >= 0 && std::abs(a.seconds - b.seconds) > kSameEventSeconds) {
    return false;
  }
  if (a.log != b.log) return a.seconds >= 0 && b.seconds >= 0;
  return std::llabs(a.line - b.line) <= kSameEventLines;
}

}  // namespace

std::string Filled(std::string_view text, const std::vector<const Hit*>& hits) {
  constexpr std::size_t kMostOfGroup = 200;
  std::string filled;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    filled += text.substr(0, open);
    if (open == std::string_view::npos) break;
    text.remove_prefix(open);
    const std::size_t close = text.find('}');
    std::size_t first = 0;
    std::size_t second = 0;
    const char* end = text.data() + std::min(close, text.size());
    auto read = std::from_chars(text.data() + 1, end, first);
    bool good = close != std::string_view::npos && read.ec == std::errc() && first > 0;
    if (good && read.ptr != end) {
      good =
          *read.ptr == '.' && std::from_chars(read.ptr + 1, end, second).ptr == end && second > 0;
    }
    if (!good) {
      filled.push_back('{');
      text.remove_prefix(1);
      continue;
    }
    const std::size_t pattern = second > 0 ? first - 1 : 0;
    const std::size_t group = (second > 0 ? second : first) - 1;
    if (pattern < hits.size() && group < hits[pattern]->groups.size()) {
      // A cut may fall within a character.
      filled += base::WithValidUtf8(
          std::string_view(hits[pattern]->groups[group]).substr(0, kMostOfGroup));
    }
    text.remove_prefix(close + 1);
  }
  return filled;
}

std::vector<Candidate> Candidates(const Matcher::Found& found, std::size_t logs) {
  std::vector<Candidate> candidates;
  for (const SignatureGroup& group : SignatureGroups()) {
    for (const Signature& signature : group.signatures) {
      if (signature.all.empty()) continue;
      const Hits& firsts = found.Of(signature.all[0]);
      if (firsts.empty()) continue;
      std::vector<bool> excluded(logs, false);
      for (std::size_t log = 0; log < logs; ++log) {
        for (const std::string_view pattern : signature.none) {
          if (found.In(pattern, log)) excluded[log] = true;
        }
      }
      Candidate best;
      std::set<std::int64_t> ranks;
      for (const Hit& first : firsts) {
        if (excluded[first.log] || OnlyWarns(first.text)) continue;
        std::vector<const Hit*> hits = {&first};
        for (std::size_t i = 1; i < signature.all.size(); ++i) {
          const Hit* hit = Beside(first, found.Of(signature.all[i]), signature.window);
          if (hit == nullptr) break;
          hits.push_back(hit);
        }
        if (hits.size() != signature.all.size()) continue;
        ranks.insert(first.rank);
        if (best.hits.empty() || Earlier(first, *best.hits[0])) best.hits = std::move(hits);
      }
      if (best.hits.empty()) continue;
      best.signature = &signature;
      best.ranks = ranks.size();
      best.cls = signature.cls;
      best.role = signature.role;
      best.confidence = signature.confidence;
      best.cause = Filled(signature.cause, best.hits);
      best.next = Filled(signature.next, best.hits);
      best.fields.assign(signature.fields.begin(), signature.fields.end());
      if (!signature.rule.empty()) best.rules.emplace_back(signature.rule);
      candidates.push_back(std::move(best));
    }
  }
  return candidates;
}

const Candidate* Root(const std::vector<Candidate>& candidates, const Context& context) {
  const std::int64_t first_rank = FirstFailure(context);
  for (const Role role : {Role::kRoot, Role::kSymptom}) {
    std::vector<const Candidate*> pool;
    double most = -1;
    for (const Candidate& candidate : candidates) {
      if (candidate.role != role || candidate.confidence < kLeastConfidence) continue;
      most = std::max(most, Weight(candidate));
    }
    for (const Candidate& candidate : candidates) {
      if (candidate.role == role && candidate.confidence >= kLeastConfidence &&
          Weight(candidate) >= most - kAboutTheSame) {
        pool.push_back(&candidate);
      }
    }
    if (pool.empty()) continue;
    // Where lines have no times, what the launcher saw first decides between ranks.
    const auto earlier = [&](const Candidate* a, const Candidate* b) {
      const Hit& left = *a->hits[0];
      const Hit& right = *b->hits[0];
      if (left.log != right.log && (left.seconds < 0 || right.seconds < 0) && first_rank >= 0 &&
          (left.rank == first_rank) != (right.rank == first_rank)) {
        return left.rank == first_rank;
      }
      return Earlier(left, right);
    };
    const Candidate* earliest = *std::min_element(pool.begin(), pool.end(), earlier);
    const Candidate* root = earliest;
    for (const Candidate* candidate : pool) {
      if (!SameEvent(*candidate->hits[0], *earliest->hits[0])) continue;
      if (candidate->confidence > root->confidence) root = candidate;
    }
    return root;
  }
  return nullptr;
}

}  // namespace nam56r::launch::why
