// Feeds a fuzzer's entry point its corpus and a fixed number of seeded mutations of it. A crash or
// a sanitizer report fails the test; so does a corpus that is missing.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr int kMutationsOfEach = 400;

void Feed(const std::string& bytes) {
  const std::vector<std::uint8_t> copy(bytes.begin(), bytes.end());  // exact size: overreads show
  LLVMFuzzerTestOneInput(copy.data(), copy.size());
}

std::string Mutate(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t n) { return n == 0 ? 0 : random() % n; };
  for (std::size_t i = 0, edits = 1 + below(8); i < edits; ++i) {
    const std::size_t at = below(bytes.size() + 1);
    switch (below(5)) {
      case 0:
        bytes.insert(at, 1, static_cast<char>(random()));
        break;
      case 1:
        if (at < bytes.size()) bytes[at] = static_cast<char>(random());
        break;
      case 2:
        bytes.erase(at, below(16));
        break;
      case 3:
        bytes.insert(at, bytes.substr(below(bytes.size() + 1), below(64)));
        break;
      default:
        bytes.insert(at, std::to_string(static_cast<std::int64_t>(random()) << below(33)));
    }
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || !std::filesystem::is_directory(argv[1])) {
    std::fprintf(stderr, "usage: fuzz_replay CORPUS_DIRECTORY\n");
    return 64;
  }
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(argv[1])) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::fprintf(stderr, "%s is empty\n", argv[1]);
    return 1;
  }
  std::mt19937 random(20260401);  // NOLINT: reproducible on purpose
  std::size_t fed = 0;
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string seed{std::istreambuf_iterator<char>(in), {}};
    Feed(seed);
    for (int i = 0; i < kMutationsOfEach; ++i) Feed(Mutate(seed, random));
    fed += 1 + kMutationsOfEach;
  }
  std::printf("%zu inputs, none crashed\n", fed);
  return 0;
}
