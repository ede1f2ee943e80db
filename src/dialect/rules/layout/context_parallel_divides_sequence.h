#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline bool PiecesOfCpAreUneven(const Args& a) {
  return Cp(a) > 1 && a.Int("seq_length") % (2 * Cp(a)) != 0;
}

inline constexpr ArgumentRule kContextParallelDividesSequence = {
    .code = "PLAN1011",
    .title = "Sequences that 2 * CP does not divide",
    .dests = {"seq_length", "context_parallel_size"},
    .refuses = [](const Args& a, const Args&) { return PiecesOfCpAreUneven(a); },
    .why = "cuts each sequence into 2 * CP pieces",
    .fix = "choose a multiple of twice {context_parallel_size} for {seq_length}",
    .source = kValidate,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return MultiplesNear(a.Int("seq_length"), Product(2, Cp(a)));
    },
    .fails = "--context-parallel-size 2 --seq-length 4094",
    .passes = "--context-parallel-size 2 --seq-length 4096",
};

}  // namespace nam56r::dialect::rules
