#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace nam56r::dialect {

/// FNV-1a of 64 bits.
constexpr std::uint64_t HashOfName(std::string_view name) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211U;
  }
  return hash;
}

/// The name of an argument's place, ready to be looked up: rules ask for hundreds of them on every
/// command line. A literal is hashed by the compiler.
class Dest {
 public:
  template <std::size_t kSize>
  consteval Dest(const char (&name)[kSize])  // NOLINT: implicit, so that rules read a.On("bf16")
      : hash_(HashOfName(std::string_view(name, kSize - 1))) {}
  constexpr Dest(std::string_view name) : hash_(HashOfName(name)) {}    // NOLINT
  constexpr Dest(const std::string& name) : hash_(HashOfName(name)) {}  // NOLINT
  template <class T>
  requires std::is_same_v<T, const char*>
  constexpr Dest(const T& name) : hash_(HashOfName(std::string_view(name))) {}  // NOLINT

  constexpr std::uint64_t hash() const { return hash_; }

 private:
  std::uint64_t hash_;
};

}  // namespace nam56r::dialect
