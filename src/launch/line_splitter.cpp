#include "src/launch/line_splitter.h"

#include <algorithm>
#include <utility>

namespace nam56r::launch {

LineSplitter::LineSplitter(Sink sink, std::size_t max_bytes)
    : sink_(std::move(sink)), max_bytes_(std::max<std::size_t>(max_bytes, 1)) {}

void LineSplitter::Feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t newline = bytes.find('\n');
    const bool complete = newline != std::string_view::npos;
    std::string_view rest = bytes.substr(0, newline);
    bytes.remove_prefix(complete ? newline + 1 : bytes.size());
    while (partial_.size() + rest.size() > max_bytes_) {
      const std::size_t room = max_bytes_ - partial_.size();
      partial_.append(rest.substr(0, room));
      rest.remove_prefix(room);
      sink_(partial_);
      partial_.clear();
    }
    if (!complete) {
      partial_.append(rest);
    } else if (partial_.empty()) {
      sink_(rest);
    } else {
      partial_.append(rest);
      sink_(partial_);
      partial_.clear();
    }
  }
}

void LineSplitter::Finish() {
  if (partial_.empty()) return;
  sink_(partial_);
  partial_.clear();
}

}  // namespace nam56r::launch
