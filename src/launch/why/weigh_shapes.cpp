#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

#include "src/launch/why/candidate.h"

namespace nam56r::launch::why {
namespace {

// Whether one is the other cut into as many pieces as ranks usually share a tensor.
bool IsShardOf(std::int64_t a, std::int64_t b) {
  if (a < b) std::swap(a, b);
  if (b <= 1 || a % b != 0) return false;
  const std::int64_t pieces = a / b;
  return pieces == 2 || pieces == 4 || pieces == 8 || pieces == 16;
}

}  // namespace

void WeighShapes(Candidate& candidate) {
  if (candidate.signature->code != "WHY3705") return;
  std::int64_t a = 0;
  std::int64_t b = 0;
  static const RE2 kSizes(
      R"(size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\))");
  static const RE2 kProduct(R"(\(\d+x(\d+) and (\d+)x\d+\))");
  const std::string& text = candidate.hits[0]->text;
  if (!RE2::PartialMatch(text, kSizes, &a, &b) && !RE2::PartialMatch(text, kProduct, &a, &b))
    return;
  if (!IsShardOf(a, b)) return;
  candidate.cls = Class::kPolicy;
  candidate.confidence = 0.45;
  candidate.cause = fmt::format(
      "A tensor of {} meets one of {}: one is a shard, the other whole, or of another number of "
      "shards.",
      a, b);
  candidate.next =
      "Compare tensor-parallel sizes of checkpoint, conversion and run; see that both sides are "
      "cut "
      "alike.";
  candidate.fields = {"policy.layout.tensor_parallel"};
}

}  // namespace nam56r::launch::why
