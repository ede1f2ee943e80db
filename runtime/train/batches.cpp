#include "runtime/train/batches.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace nam56r::runtime {

std::int64_t FirstSample(const BatchGeometry& geometry, std::int64_t step, std::int64_t data_rank,
                         std::int64_t micro_batch) {
  return step * geometry.global_batch_size +
         (data_rank * geometry.micro_batches() + micro_batch) * geometry.micro_batch_size;
}

std::vector<MicroBatch> MicroBatchesOf(const data::SampleStream& samples,
                                       const BatchGeometry& geometry, std::int64_t step,
                                       std::int64_t data_rank, std::int64_t vocab_size) {
  std::vector<MicroBatch> batches;
  for (std::int64_t m = 0; m < geometry.micro_batches(); ++m) {
    const std::int64_t first = FirstSample(geometry, step, data_rank, m);
    std::vector<torch::Tensor> rows;
    for (std::int64_t i = 0; i < geometry.micro_batch_size; ++i) {
      const std::vector<std::int64_t> tokens = samples.Get(first + i);
      const auto [low, high] = std::minmax_element(tokens.begin(), tokens.end());
      if (*low < 0 || *high >= vocab_size) {
        throw std::out_of_range(fmt::format(
            "sample {} holds token {}, outside the vocabulary of {}: the dataset was made for "
            "another tokenizer",
            first + i, *low < 0 ? *low : *high, vocab_size));
      }
      rows.push_back(torch::tensor(tokens, torch::kInt64));
    }
    const auto stacked = torch::stack(rows);
    const std::int64_t length = stacked.size(1) - 1;
    batches.push_back(
        {stacked.narrow(1, 0, length).contiguous(), stacked.narrow(1, 1, length).contiguous()});
  }
  return batches;
}

}  // namespace nam56r::runtime
