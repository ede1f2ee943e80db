#include "runtime/model/init.h"

namespace nam56r::runtime {
namespace {

// FNV-1a over the name, then the SplitMix64 finaliser: the engine keeps only the low 32 bits of its
// seed, so every bit of seed and name has to reach them.
std::uint64_t Mix(std::int64_t seed, std::string_view name) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char byte : name) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211ULL;
  }
  hash += 0x9E3779B97F4A7C15ULL * (static_cast<std::uint64_t>(seed) + 1);
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBULL;
  return hash ^ (hash >> 31);
}

}  // namespace

torch::Generator Initializer::GeneratorFor(std::string_view name) const {
  return at::detail::createCPUGenerator(Mix(seed_, name));
}

torch::Tensor Initializer::Normal(std::string_view name, torch::IntArrayRef shape,
                                  double std) const {
  return torch::empty(shape, torch::kFloat32).normal_(0.0, std, GeneratorFor(name));
}

torch::Tensor Initializer::Uniform(std::string_view name, torch::IntArrayRef shape, double low,
                                   double high) const {
  return torch::empty(shape, torch::kFloat32).uniform_(low, high, GeneratorFor(name));
}

torch::Tensor Initializer::Integers(std::string_view name, torch::IntArrayRef shape,
                                    std::int64_t low, std::int64_t high) const {
  return torch::empty(shape, torch::kInt64).random_(low, high, GeneratorFor(name));
}

}  // namespace nam56r::runtime
