#include "src/launch/pods.h"

#include <fmt/format.h>

#include <algorithm>

namespace nam56r::launch {
namespace {

// Small letters, digits and single hyphens, none at an end.
std::string Label(std::string_view text) {
  std::string label;
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (upper) {
      label += static_cast<char>(c - 'A' + 'a');
    } else if (plain) {
      label += c;
    } else if (!label.empty() && label.back() != '-') {
      label += '-';
    }
  }
  while (!label.empty() && label.back() == '-') label.pop_back();
  return label;
}

}  // namespace

// Of "20260801T120000Z-nam56r-tiny-3fa94c1b20d7-2" the time, the digest, and the number that tells
// runs of one second apart.
std::string PodSetName(const std::filesystem::path& receipt_directory) {
  constexpr std::size_t kTime = 16;
  constexpr std::size_t kDigest = 12;
  constexpr std::size_t kTail = 20;
  const std::string id = receipt_directory.filename().string();
  std::string name = "nam56r-" + Label(id.substr(0, kTime));
  if (id.size() <= kTime) return name;
  std::size_t tail = id.rfind('-');
  if (tail != std::string::npos && id.size() - tail - 1 < kDigest) tail = id.rfind('-', tail - 1);
  tail = tail == std::string::npos ? kTime : std::max(tail, kTime);
  name += "-" + Label(id.substr(tail, kTail));
  return name;
}

std::string FirstPodAddress(const std::string& name) {
  return fmt::format("{0}-{1}-0-0.{0}", name, kPodJob);
}

}  // namespace nam56r::launch
