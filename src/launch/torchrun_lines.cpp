#include "src/launch/torchrun_lines.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace nam56r::launch {
namespace {

// An unfinished line is bounded as a whole one is (line_splitter.h).
constexpr std::size_t kMaxUnfinished = std::size_t{64} << 10;

std::string Head(std::string_view tag) { return fmt::format("[nam56r:{}:", tag); }

}  // namespace

std::string RunTag(std::string_view digest) {
  const std::size_t colon = digest.find(':');
  return std::string(digest.substr(colon == std::string_view::npos ? 0 : colon + 1).substr(0, 8));
}

std::string LinePrefixTemplate(std::string_view tag) { return Head(tag) + "${rank}] "; }

RankLines::RankLines(std::string_view tag, Sink sink) : head_(Head(tag)), sink_(std::move(sink)) {}

RankLines::Header RankLines::FindHeader(std::string_view line, std::size_t from) const {
  constexpr std::string_view kTail = "] ";
  for (std::size_t at = line.find(head_, from); at != std::string_view::npos;
       at = line.find(head_, at + 1)) {
    const char* digits = line.data() + at + head_.size();
    const char* end = line.data() + line.size();
    std::int64_t rank = 0;
    const auto [rest, error] = std::from_chars(digits, end, rank);
    if (error != std::errc() || rank < 0) continue;
    const std::string_view tail(rest, static_cast<std::size_t>(end - rest));
    if (tail.starts_with(kTail)) {
      return {at, static_cast<std::size_t>(rest - line.data()) + kTail.size(), rank};
    }
  }
  return {};
}

void RankLines::Add(std::int64_t rank, std::string_view text, bool ended) {
  auto& unfinished = unfinished_[rank];
  if (unfinished.empty() && ended) {
    sink_(rank, text);
    return;
  }
  unfinished += text;
  if (ended || unfinished.size() >= kMaxUnfinished) {
    const std::string whole = std::exchange(unfinished, {});
    sink_(rank, whole);
  }
}

void RankLines::Feed(std::string_view line, bool cut) {
  Header header = FindHeader(line, 0);
  const bool any = header.at != std::string_view::npos;
  const std::string_view before = line.substr(0, header.at);
  if (was_cut_) {
    Add(cut_rank_, before, !any && !cut);
  } else if (!before.empty() || !any) {
    Add(kAgent, before, !cut || any);
  }
  if (!was_cut_ && !any) cut_rank_ = kAgent;
  while (header.at != std::string_view::npos) {
    const Header next = FindHeader(line, header.end);
    const bool last = next.at == std::string_view::npos;
    Add(header.rank, line.substr(header.end, last ? next.at : next.at - header.end), last && !cut);
    cut_rank_ = header.rank;
    header = next;
  }
  was_cut_ = cut;
}

void RankLines::Finish() {
  for (auto& [rank, text] : unfinished_) {
    if (!text.empty()) sink_(rank, text);
  }
  unfinished_.clear();
}

}  // namespace nam56r::launch
