#include "src/dialect/surface_index.h"

#include <bit>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "src/dialect/argument_values.h"

namespace nam56r::dialect {

NameTable::NameTable(std::span<const Release::Named> names)
    : mask_(std::bit_ceil(2 * names.size() + 2) - 1), slots_(mask_ + 1, kEmpty) {
  if (names.size() >= kEmpty) throw std::logic_error("a release with that many names");
  for (const Release::Named& named : names) {
    const std::uint64_t hash = HashOfName(named.name);
    if (Find(hash) != kNone) throw std::logic_error("two names of one hash");
    std::size_t at = hash & mask_;
    while (slots_[at] != kEmpty) at = (at + 1) & mask_;
    slots_[at] = static_cast<std::uint16_t>(hashes_.size());
    hashes_.push_back(hash);
  }
}

SurfaceIndex::SurfaceIndex(const Release& release)
    : by_dest_(release.by_dest),
      by_flag_(release.by_flag),
      dest_table_(release.by_dest),
      flag_table_(release.by_flag) {
  for (const Release::Named& flag : by_flag_) {
    spellings_.emplace_back(flag.name);
    dest_of_flag_.push_back(static_cast<std::uint16_t>(FindDest(flag.argument->dest)));
  }
  for (const Release::Named& dest : by_dest_) defaults_.push_back(DefaultValue(*dest.argument));
}

const SurfaceIndex& SurfaceIndex::Of(const Release& release) {
  struct Entry {
    std::once_flag once;
    std::unique_ptr<const SurfaceIndex> index;
  };
  static std::vector<Entry> entries(Releases().size());  // constant once it is made
  // nemo shares the tables of the release whose arguments it has.
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (Releases()[i].by_dest.data() != release.by_dest.data()) continue;
    std::call_once(entries[i].once,
                   [&] { entries[i].index = std::make_unique<SurfaceIndex>(Releases()[i]); });
    return *entries[i].index;
  }
  throw std::logic_error("a release that is not among Releases()");
}

bool SurfaceIndex::IsCount(std::size_t dest) const {
  const std::string_view name = by_dest_[dest].name;
  return name.find("samples") != name.npos || name.find("tokens") != name.npos ||
         name.find("seed") != name.npos;
}

std::size_t SurfaceIndex::FindFlag(std::string_view flag) const {
  const std::size_t found = flag_table_.Find(HashOfName(flag));
  // What is looked up here comes from outside.
  return found != kNone && by_flag_[found].name == flag ? found : kNone;
}

}  // namespace nam56r::dialect
