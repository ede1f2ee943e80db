#include "src/launch/why/matcher.h"

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>
#include <tuple>

#include "src/base/utf8.h"
#include "src/launch/why/atom_finder.h"
#include "src/launch/why/log_lines.h"

namespace nam56r::launch::why {
namespace {

// Of one pattern: so many for each log and rank, and so many at all.
constexpr std::size_t kMostOfRank = 8;
constexpr std::size_t kMostOfPattern = 4096;
constexpr std::size_t kMostText = 2048;
// Strings of which a pattern must have some, for a line to be looked at more closely.
constexpr int kLeastAtom = 3;
constexpr int kMostGroups = 4;

RE2::Options Options() {
  RE2::Options options;
  options.set_encoding(RE2::Options::EncodingLatin1);  // a log may hold any byte
  options.set_log_errors(false);
  return options;
}

// |text| around |at|, without half a code point at its ends.
std::string Excerpt(std::string_view text, std::size_t at) {
  if (text.size() > kMostText) {
    const std::size_t begin = at > kMostText / 2 ? at - kMostText / 2 : 0;
    text = text.substr(begin, kMostText);
  }
  return base::WithValidUtf8(text);
}

}  // namespace

struct Matcher::Impl {
  re2::FilteredRE2 patterns{kLeastAtom};
  std::map<std::string_view, std::size_t> numbers;
  std::vector<std::string> atoms;

  void Add(std::string_view pattern) {
    if (!numbers.emplace(pattern, numbers.size()).second) return;
    int id = -1;
    const auto error =
        patterns.Add(re2::StringPiece(pattern.data(), pattern.size()), Options(), &id);
    if (error != RE2::NoError || id + 1 != static_cast<int>(numbers.size())) {
      throw std::logic_error("signature pattern '" + std::string(pattern) + "' is no RE2");
    }
  }
};

Matcher::Matcher(std::span<const SignatureGroup> groups) : impl_(std::make_unique<Impl>()) {
  for (const SignatureGroup& group : groups) {
    for (const Signature& signature : group.signatures) {
      for (const std::string_view pattern : signature.all) impl_->Add(pattern);
      for (const std::string_view pattern : signature.none) impl_->Add(pattern);
    }
  }
  impl_->patterns.Compile(&impl_->atoms);
}

Matcher::~Matcher() = default;

base::Expected<Matcher::Found> Matcher::Read(const std::vector<LogInput>& logs) const {
  Found found;
  found.matcher_ = this;
  found.hits_.resize(impl_->numbers.size());
  std::map<std::tuple<std::size_t, std::size_t, std::int64_t>, std::size_t> counts;
  std::vector<int> matching;
  std::vector<int> atoms;
  AtomFinder finder(impl_->atoms);
  for (std::size_t log = 0; log < logs.size(); ++log) {
    const auto take = [&](const LogLine& line) {
      const re2::StringPiece text(line.text.data(), line.text.size());
      finder.Find(line.text, atoms);
      impl_->patterns.AllMatches(text, atoms, &matching);
      for (const int index : matching) {
        const auto pattern = static_cast<std::size_t>(index);
        Hits& hits = found.hits_[pattern];
        if (hits.size() >= kMostOfPattern) continue;
        if (++counts[{pattern, log, line.rank}] > kMostOfRank) continue;
        const RE2& expression = impl_->patterns.GetRE2(index);
        std::array<re2::StringPiece, kMostGroups + 1> groups;
        const int asked = 1 + std::min(kMostGroups, expression.NumberOfCapturingGroups());
        if (!expression.Match(text, 0, text.size(), RE2::UNANCHORED, groups.data(), asked))
          continue;
        Hit hit{.log = log, .line = line.number, .rank = line.rank, .seconds = line.seconds};
        hit.text = Excerpt(line.text, static_cast<std::size_t>(groups[0].data() - text.data()));
        for (int i = 1; i < asked; ++i) {
          const re2::StringPiece& group = groups.at(static_cast<std::size_t>(i));
          hit.groups.push_back(Excerpt(
              group.empty() ? std::string_view() : std::string_view(group.data(), group.size()),
              0));
        }
        hits.push_back(std::move(hit));
      }
    };
    if (auto status = ForEachLine(logs[log], take); !status) return status.errors();
  }
  return found;
}

const Hits& Matcher::Found::Of(std::string_view pattern) const {
  return hits_.at(matcher_->impl_->numbers.at(pattern));
}

bool Matcher::Found::In(std::string_view pattern, std::size_t log) const {
  const Hits& hits = Of(pattern);
  return std::any_of(hits.begin(), hits.end(), [&](const Hit& hit) { return hit.log == log; });
}

const Matcher& Matcher::OfSignatures() {
  static const Matcher kMatcher(SignatureGroups());
  return kMatcher;
}

}  // namespace nam56r::launch::why
