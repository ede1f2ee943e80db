#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kMicrobatchesFillThePipeline = {
    .code = "POLICY1106",
    .title = "Too few micro-batches, or a broken last group, for virtual stages",
    .dests = {"global_batch_size", "micro_batch_size", "pipeline_model_parallel_size",
              "microbatch_group_size_per_vp_stage"},
    .refuses =
        [](const Args& a, const Args&) {
          const std::int64_t once = Product(a.Int("micro_batch_size"), DataParallel(a));
          if (VirtualStages(a) <= 1 || Pp(a) <= 1 || once <= 0 || !a.IsNull("rampup_batch_size") ||
              a.Int("global_batch_size") % once != 0) {
            return false;
          }
          const std::int64_t count = a.Int("global_batch_size") / once;
          const std::int64_t group = a.Int("microbatch_group_size_per_vp_stage", Pp(a));
          if (group < Pp(a) || group > count) return true;
          return count % group != 0 && count % group < Pp(a);
        },
    .why =
        "interleaves groups of micro-batches, as many as there are stages where nothing else "
        "is said: the batch must have that many, and none but a whole group or PP and more "
        "may be left at its end",
    .fix = "choose a {global_batch_size} of a multiple of PP micro-batches on every rank",
    .source = "schedules.py:forward_backward_pipelining_with_interleaving",
    .stage = Stage::kRun,
    .valid_of = [](const Args& a) -> Values {
      return MultiplesNear(
          a.Int("global_batch_size"),
          Product(Product(a.Int("micro_batch_size"), DataParallel(a)),
                  std::max(Pp(a), a.Int("microbatch_group_size_per_vp_stage", Pp(a)))));
    },
    .fails = "gpt --global-batch-size 8",
    .passes = "gpt --global-batch-size 16",
};

}  // namespace nam56r::dialect::rules
