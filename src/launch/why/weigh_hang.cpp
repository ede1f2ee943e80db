#include <fmt/format.h>
#include <re2/re2.h>

#include "src/launch/why/candidate.h"

namespace nam56r::launch::why {

// The watchdog says which collective waits, as ProcessGroupNCCL counts them.
void WeighHang(Candidate& candidate) {
  if (candidate.signature->code != "WHY1209") return;
  std::string operation;
  std::int64_t number = 0;
  std::int64_t elements = 0;
  static const RE2 kWork(R"(WorkNCCL\(SeqNum=(\d+), OpType=(\w+), NumelIn=(\d+))");
  if (!RE2::PartialMatch(candidate.hits[0]->text, kWork, &number, &operation, &elements)) return;
  // A mismatch shows among the first collectives, each time. One number is reduced where ranks
  // agree on something (a norm, a flag, a count): a rank that took another branch is not there.
  constexpr std::int64_t kEarly = 1000;
  if (elements > 1 || number > kEarly) return;
  candidate.cls = Class::kPolicy;
  candidate.confidence = 0.45;
  candidate.cause = fmt::format(
      "Collective {} ({}, {} element) never finished: so early, and of so little, a rank most "
      "likely "
      "did not enter it, because it runs another branch or another stage.",
      number, operation, elements);
  candidate.next =
      "Compare what the ranks ran last (py-spy dump, TORCH_NCCL_TRACE_BUFFER_SIZE): one of them is "
      "not in this collective.";
}

}  // namespace nam56r::launch::why
