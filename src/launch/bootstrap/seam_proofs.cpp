#include "src/launch/bootstrap/seam_proofs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>
#include <stdexcept>
#include <utility>

namespace nam56r::launch {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxPlaces = 256;  // a report is kept; its length is the rank's choice
constexpr std::size_t kMaxText = 2000;

std::string Text(const json& event, const char* key) {
  const auto at = event.find(key);
  if (at == event.end() || !at->is_string()) return {};
  return at->get<std::string>().substr(0, kMaxText);
}

std::int64_t RankOf(const RankEvent& event) {
  const auto at = event.event.find("rank");
  if (at != event.event.end() && at->is_number_integer()) return at->get<std::int64_t>();
  return event.rank;
}

std::vector<std::string> Places(const json& event) {
  std::vector<std::string> places;
  const auto at = event.find("where");
  if (at == event.end() || !at->is_array()) return places;
  for (const json& place : *at) {
    if (places.size() == kMaxPlaces) break;
    if (place.is_string()) places.push_back(place.get<std::string>().substr(0, kMaxText));
  }
  return places;
}

// "rank 3", "ranks 0, 1, 2 and 5 more"
std::string Ranks(const std::vector<std::int64_t>& ranks) {
  constexpr std::size_t kShown = 8;
  const std::span<const std::int64_t> some(ranks.data(), std::min(ranks.size(), kShown));
  return fmt::format(
      "rank{} {}{}", ranks.size() == 1 ? "" : "s", fmt::join(some, ", "),
      ranks.size() > kShown ? fmt::format(" and {} more", ranks.size() - kShown) : "");
}

}  // namespace

std::vector<RequiredSeam> RequiredSeams(const json& settings) {
  std::vector<RequiredSeam> required;
  for (const json& seam : settings.at("seams")) {
    RequiredSeam one;
    one.id = seam.at("id").get<std::string>();
    one.without = seam.at("without").get<std::string>();
    const std::string scope = seam.at("proof").at("scope").get<std::string>();
    one.by_event = scope == "run";
    if (scope == "layers") {
      for (const json& layer : seam.at("layers")) {
        one.places.insert(fmt::format("layer {}", layer.get<std::int64_t>()));
      }
      one.mtp = seam.at("mtp_depths").get<std::int64_t>() > 0;
    }
    required.push_back(std::move(one));
  }
  return required;
}

SeamProofs::SeamProofs(std::vector<RequiredSeam> required, std::int64_t world_size)
    : required_(std::move(required)), world_size_(world_size) {
  if (world_size < 1) throw std::logic_error("a run has at least one rank");
}

const std::map<std::int64_t, SeamProofs::Word>& SeamProofs::WordsOf(const std::string& id) const {
  static const std::map<std::int64_t, Word> kNone;
  const auto at = words_.find(id);
  return at == words_.end() ? kNone : at->second;
}

// A seam that |rank| should have told by now: of those that a model shows, or those of an event.
std::optional<std::string> SeamProofs::NoWord(std::int64_t rank, bool by_event) const {
  for (const RequiredSeam& seam : required_) {
    if (seam.by_event != by_event || WordsOf(seam.id).contains(rank)) continue;
    return fmt::format(
        "required seam {} did not prove itself on rank {}: the rank {} and said "
        "nothing of it; without it: {}",
        seam.id, rank, by_event ? "has trained a step" : "has built its model", seam.without);
  }
  return std::nullopt;
}

// What no rank shows although all could have.
std::optional<std::string> SeamProofs::NotShown(const RequiredSeam& seam) const {
  std::set<std::string> places = seam.places;
  bool any = false;
  bool mtp = false;
  for (const auto& [rank, word] : WordsOf(seam.id)) {
    for (const std::string& place : word.where) {
      if (!word.proved) continue;
      any = true;
      mtp = mtp || place.starts_with("MTP depth ");
      places.erase(place);
    }
  }
  if (!places.empty()) {
    const std::vector<std::string> left(places.begin(), places.end());
    return fmt::format("no rank shows it on {}", fmt::join(left, ", "));
  }
  if (seam.mtp && !mtp) return "no rank shows it inside an MTP depth";
  if (!any) return "no rank shows it anywhere";
  return std::nullopt;
}

std::optional<std::string> SeamProofs::Feed(const RankEvent& event) {
  std::optional<std::string> why = Judge(event);
  if (stopped_) return std::nullopt;  // what comes after it is kept, and changes nothing
  stopped_ = why;
  return why;
}

std::optional<std::string> SeamProofs::Judge(const RankEvent& event) {
  if (!event.event.is_object()) return std::nullopt;
  const std::int64_t rank = RankOf(event);
  if (rank < 0 || rank >= world_size_) return std::nullopt;  // nobody's word
  const std::string kind = Text(event.event, "event");

  if (kind == "bootstrap_failed") {
    const std::string seam = Text(event.event, "seam");
    const std::string why = Text(event.event, "why");
    if (!stopped_ && seam.empty()) {
      const std::string stage = Text(event.event, "stage");
      surface_class_ = stage == "release" || stage == "hooks" ? "stack" : "host";
    }
    if (seam.empty()) return fmt::format("the bootstrap of rank {} failed: {}", rank, why);
    return fmt::format("seam {} failed on rank {}: {}", seam, rank, why);
  }
  if (kind == "seam") {
    const std::string id = Text(event.event, "seam");
    const auto seam = std::find_if(required_.begin(), required_.end(),
                                   [&](const RequiredSeam& one) { return one.id == id; });
    if (seam == required_.end()) return std::nullopt;
    const auto proved = event.event.find("proved");
    Word word{proved != event.event.end() && proved->is_boolean() && proved->get<bool>(),
              Places(event.event), Text(event.event, "why")};
    words_[id].insert_or_assign(rank, word);
    if (word.proved) return std::nullopt;
    return fmt::format("required seam {} did not prove itself on rank {}: {}; without it: {}", id,
                       rank, word.why.empty() ? "it does not say why" : word.why, seam->without);
  }
  if (kind == "model_built") {
    built_.insert(rank);
    if (auto silent = NoWord(rank, /*by_event=*/false)) return silent;
    if (std::ssize(built_) < world_size_) return std::nullopt;
    for (const RequiredSeam& seam : required_) {
      if (seam.by_event) continue;
      if (const auto why = NotShown(seam)) {
        return fmt::format("required seam {} did not prove itself: {}; without it: {}", seam.id,
                           *why, seam.without);
      }
    }
    return std::nullopt;
  }
  if (kind == "first_step") return NoWord(rank, /*by_event=*/true);
  return std::nullopt;
}

std::vector<std::string> SeamProofs::MissingOf(const RequiredSeam& seam) const {
  std::vector<std::string> missing;
  const auto& words = WordsOf(seam.id);
  std::vector<std::int64_t> silent;
  for (std::int64_t rank = 0; rank < world_size_; ++rank) {
    if (!words.contains(rank)) silent.push_back(rank);
  }
  for (const auto& [rank, word] : words) {
    if (!word.proved) missing.push_back(fmt::format("rank {}: {}", rank, word.why));
  }
  if (!silent.empty()) missing.push_back(Ranks(silent) + " said nothing");
  if (missing.empty()) {
    if (auto why = NotShown(seam)) missing.push_back(*std::move(why));
  }
  return missing;
}

std::vector<std::string> SeamProofs::Missing() const {
  std::vector<std::string> all;
  for (const RequiredSeam& seam : required_) {
    for (const std::string& what : MissingOf(seam)) {
      all.push_back(fmt::format("seam {}: {}", seam.id, what));
    }
  }
  return all;
}

json SeamProofs::ToJson() const {
  json seams = json::array();
  for (const RequiredSeam& seam : required_) {
    json ranks = json::array();
    for (const auto& [rank, word] : WordsOf(seam.id)) {
      ranks.push_back(
          {{"rank", rank}, {"proved", word.proved}, {"where", word.where}, {"why", word.why}});
    }
    const std::vector<std::string> missing = MissingOf(seam);
    seams.push_back({{"id", seam.id},
                     {"proved", missing.empty()},
                     {"missing", missing},
                     {"ranks", std::move(ranks)}});
  }
  return {{"format", "nam56r.seam-proofs/1"},
          {"world_size", world_size_},
          {"stopped", stopped_ ? json(*stopped_) : json()},
          {"seams", std::move(seams)}};
}

}  // namespace nam56r::launch
