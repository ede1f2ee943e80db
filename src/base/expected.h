#pragma once

#include <cassert>
#include <utility>
#include <variant>

#include "src/base/diagnostic.h"

namespace nam56r::base {

/// A value, or the reasons why there is none. Reasons are never empty.
///
///     Expected<Plan> plan = Expand(recipe, options);
///     if (!plan) return plan.errors();
///     Use(*plan);
template <class T>
class [[nodiscard]] Expected {
 public:
  Expected(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by intent
  Expected(Diagnostics errors)                               // NOLINT
      : state_(std::in_place_index<1>, std::move(errors)) {
    assert(!std::get<1>(state_).empty());
  }
  Expected(Diagnostic error)  // NOLINT
      : state_(std::in_place_index<1>, Diagnostics{std::move(error)}) {}

  explicit operator bool() const { return state_.index() == 0; }
  bool ok() const { return state_.index() == 0; }

  const T& operator*() const& { return value(); }
  T& operator*() & { return value(); }
  T&& operator*() && { return std::move(value()); }
  const T* operator->() const { return &value(); }
  T* operator->() { return &value(); }

  const T& value() const { return std::get<0>(state_); }
  T& value() { return std::get<0>(state_); }
  const Diagnostics& errors() const { return std::get<1>(state_); }

 private:
  std::variant<T, Diagnostics> state_;
};

/// The value of an operation that has none.
struct Ok {};
using Status = Expected<Ok>;

}  // namespace nam56r::base
