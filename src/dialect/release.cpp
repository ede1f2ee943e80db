#include "src/dialect/release.h"

#include <algorithm>

namespace nam56r::dialect {

namespace {

constexpr std::string_view kNemo = "nemo";
constexpr std::string_view kNemoSurface = "megatron@0.17";

const Argument* Find(std::span<const Release::Named> index, std::string_view name) {
  auto it = std::lower_bound(
      index.begin(), index.end(), name,
      [](const Release::Named& entry, std::string_view wanted) { return entry.name < wanted; });
  return it != index.end() && it->name == name ? it->argument : nullptr;
}

const Release* Find(std::string_view dialect) {
  for (const Release& release : Releases()) {
    if (release.dialect == dialect) return &release;
  }
  return nullptr;
}

}  // namespace

const Argument* Release::FindFlag(std::string_view flag) const { return Find(by_flag, flag); }
const Argument* Release::FindDest(std::string_view dest) const { return Find(by_dest, dest); }

std::vector<std::string> DialectNames() {
  std::vector<std::string> names = {"native"};
  for (const Release& release : Releases()) names.emplace_back(release.dialect);
  names.emplace_back(kNemo);
  return names;
}

const Release* FindRelease(std::string_view dialect) {
  // Its own name, so that what is said of a flag names the dialect that was asked for.
  static const Release nemo = [] {
    Release release = *Find(kNemoSurface);
    release.dialect = kNemo;
    return release;
  }();
  return dialect == kNemo ? &nemo : Find(dialect);
}

std::string_view EntryPoint(const Release& release) {
  return release.minor >= 18 ? "pretrain_hybrid.py" : "pretrain_mamba.py";
}

}  // namespace nam56r::dialect
