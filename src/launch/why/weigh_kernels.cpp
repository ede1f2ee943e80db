#include <fmt/format.h>

#include <cstdlib>

#include "src/launch/why/candidate.h"

namespace nam56r::launch::why {
namespace {

// Bytes of shared memory that one block may ask for: without asking for more, and on the GPU that
// has most (CUDA C++ Programming Guide, technical specifications per compute capability: 9.0).
constexpr double kUnasked = 48 * 1024;
constexpr double kMostOfAnyGpu = 227 * 1024;

}  // namespace

void WeighKernels(Candidate& candidate) {
  if (candidate.signature->code != "WHY3302" || candidate.hits[0]->groups.size() < 2) return;
  const double required = std::strtod(candidate.hits[0]->groups[0].c_str(), nullptr);
  const double limit = std::strtod(candidate.hits[0]->groups[1].c_str(), nullptr);
  if (limit <= kUnasked) {
    candidate.cls = Class::kStack;
    candidate.confidence = 0.7;
    candidate.cause = fmt::format(
        "A kernel needs {} bytes of shared memory, and this Triton asks for no more than {}: it is "
        "too old for the GPU or the kernel.",
        required, limit);
    candidate.next =
        "Upgrade Triton (and with it PyTorch) to what the kernel's library tests with.";
    candidate.fields = {"host.versions.triton"};
  } else if (required > kMostOfAnyGpu) {
    candidate.cls = Class::kPlan;
    candidate.confidence = 0.75;
    candidate.cause = fmt::format(
        "A kernel needs {} bytes of shared memory, more than any GPU has: a head or state size is "
        "too large for it.",
        required);
    candidate.next = "Choose smaller heads or states, and more of them.";
    candidate.fields = {"recipe.mamba.head_dim", "recipe.mamba.state_size"};
  }
}

}  // namespace nam56r::launch::why
