#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace nam56r::launch {

/// Cuts a stream of bytes into lines. A line longer than |max_bytes| comes in pieces of that size,
/// so that memory stays bounded whatever a process writes. Bytes are not interpreted.
class LineSplitter {
 public:
  static constexpr std::size_t kMaxBytes = std::size_t{64} << 10;
  using Sink = std::function<void(std::string_view line)>;  ///< without its newline

  explicit LineSplitter(Sink sink, std::size_t max_bytes = kMaxBytes);

  void Feed(std::string_view bytes);
  /// The stream has ended: what is left is a line, too.
  void Finish();

 private:
  Sink sink_;
  std::size_t max_bytes_;
  std::string partial_;
};

}  // namespace nam56r::launch
