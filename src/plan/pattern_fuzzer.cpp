// libFuzzer entry: any bytes are an acceptable pattern, and whatever is accepted tiles and adds up.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <string_view>

#include "src/plan/pattern.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nam56r;
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  plan::PatternSource source{text, "model.pattern", {"fuzz.toml", 1, 1}};
  if (data[0] % 2 == 1) {
    source.letters = "AF";
    source.cuts = false;
  }
  const auto pattern = plan::ParsePattern(source);
  if (!pattern) {
    for (const base::Diagnostic& d : pattern.errors()) {
      if (d.code != "PLAN0001" || d.valid.empty()) std::abort();
      for (char c : d.message + d.where.at(0).label) {
        if (c < 0x20 || c == 0x7f) std::abort();  // messages are printable ASCII
      }
    }
    return 0;
  }
  const std::int64_t letters =
      std::accumulate(pattern->pieces.begin(), pattern->pieces.end(), std::int64_t{0});
  if (letters != static_cast<std::int64_t>(pattern->letters.size())) std::abort();
  const std::int64_t depth = 1 + data[0] * std::int64_t{16};
  const std::string tiled = plan::TileLetters(*pattern, depth);
  if (!pattern->cut() && static_cast<std::int64_t>(tiled.size()) != depth) std::abort();
  return 0;
}
