#pragma once

#include <cstdint>
#include <vector>

#include "runtime/train/pipeline.h"
#include "src/data/samples.h"

namespace nam56r::runtime {

/// How a global batch is cut.
struct BatchGeometry {
  std::int64_t micro_batch_size = 1;   ///< sequences
  std::int64_t global_batch_size = 1;  ///< sequences; a multiple of micro_batch_size * data
  std::int64_t data = 1;               ///< data-parallel ranks

  /// Of one rank in one step.
  std::int64_t micro_batches() const { return global_batch_size / (micro_batch_size * data); }
};

/// Index in the run of the first sample of a micro-batch. The micro-batches of a step are the same
/// however many data-parallel ranks share them: rank d runs the d-th run of consecutive ones.
std::int64_t FirstSample(const BatchGeometry& geometry, std::int64_t step, std::int64_t data_rank,
                         std::int64_t micro_batch);

/// The micro-batches of one rank in one step. Throws std::out_of_range for a token outside
/// [0, vocab_size).
std::vector<MicroBatch> MicroBatchesOf(const data::SampleStream& samples,
                                       const BatchGeometry& geometry, std::int64_t step,
                                       std::int64_t data_rank, std::int64_t vocab_size);

}  // namespace nam56r::runtime
