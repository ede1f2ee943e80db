#pragma once

#include "src/dialect/rules/facts.h"
#include "src/dialect/rules/layout/context_parallel_divides_sequence.h"
#include "src/dialect/rules/values.h"

namespace nam56r::dialect::rules {

inline constexpr ArgumentRule kSequenceParallelDividesSequence = {
    .code = "PLAN1025",
    .title = "Sequences that sequence parallelism cannot share",
    .dests = {"seq_length", "tensor_model_parallel_size", "context_parallel_size",
              "sequence_parallel"},
    .refuses =
        [](const Args& a, const Args&) {
          if (PiecesOfCpAreUneven(a)) return false;  // PLAN1011
          return a.On("sequence_parallel") && Tp(a) > 1 && Cp(a) > 0 && a.Int("seq_length") > 0 &&
                 a.Int("seq_length") % Product(Tp(a), Cp(a)) != 0;
        },
    .why =
        "shares each sequence over the TP ranks and stops in the embedding where they do not "
        "divide it",
    .fix = "choose a multiple of {tensor_model_parallel_size} for {seq_length}",
    .source = "mappings.py:_reduce_scatter_along_first_dim",
    .stage = Stage::kRun,
    .reach = Reach::kCommandLine,
    .valid_of = [](const Args& a) -> Values {
      return MultiplesNear(a.Int("seq_length"), Product(Tp(a), Cp(a)));
    },
    .fails = "--tensor-model-parallel-size 4 --sequence-parallel --seq-length 4094",
    .passes = "--tensor-model-parallel-size 4 --sequence-parallel --seq-length 4096",
};

}  // namespace nam56r::dialect::rules
