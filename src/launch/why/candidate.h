#pragma once

#include <optional>
#include <string>
#include <vector>

#include "src/launch/why/matcher.h"
#include "src/launch/why/why.h"

/// What could have happened, before it is decided what did.
namespace nam56r::launch::why {

/// A signature that matches, and where it does first.
struct Candidate {
  const Signature* signature = nullptr;
  std::vector<const Hit*> hits;  ///< one for each pattern of |all|; hits[0] is the earliest
  std::size_t ranks = 0;         ///< on how many it was seen
  // As the signature has them, unless what the lines say weighs otherwise.
  Class cls = Class::kUnknown;
  Role role = Role::kRoot;
  double confidence = 0;
  std::string cause;
  std::string next;
  std::vector<std::string> fields;
  std::vector<std::string> rules;
};

/// All signatures that match, each at most once for each log.
std::vector<Candidate> Candidates(const Matcher::Found& found, std::size_t logs);

/// "{1}" and "{2.1}" of |text| by what the patterns of |candidate| captured.
std::string Filled(std::string_view text, const std::vector<const Hit*>& hits);

/// The one that explains the rest; null where nothing does well enough.
const Candidate* Root(const std::vector<Candidate>& candidates, const Context& context);

/// Below this, nothing is answered.
inline constexpr double kLeastConfidence = 0.4;

// What the numbers and names of a message say beyond its form. Each changes candidates of its own
// signatures alone.

/// Out of memory: of the own process, of another, of fragments (weigh_memory.cpp).
void WeighMemory(Candidate& candidate, const Context& context);
/// Refusals of arguments: by the rule that would have refused them (weigh_rules.cpp).
void WeighRules(Candidate& candidate);
/// Kernels that need too much shared memory: more than any GPU has, or than Triton asks for
/// (weigh_kernels.cpp).
void WeighKernels(Candidate& candidate);
/// Collectives that did not finish: by which one waits (weigh_hang.cpp).
void WeighHang(Candidate& candidate);
/// Shapes that do not fit: whether one is a shard of the other (weigh_shapes.cpp).
void WeighShapes(Candidate& candidate);
/// Diagnostics of the native worker: by their code's surface (weigh_native.cpp).
void WeighNative(Candidate& candidate);

}  // namespace nam56r::launch::why
