#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "src/data/indexed_dataset.h"

namespace nam56r::data {

enum class Split { kTrain, kValidation, kTest };

/// "98,1,1" -> the documents of each split: shuffled once with |seed|, then cut by count of tokens.
/// A document is in one split only. Error: DATA0005 not three non-negative weights, or a split with
/// a weight and no document.
struct DocumentSplits {
  std::vector<std::int64_t> train, validation, test;
  const std::vector<std::int64_t>& of(Split split) const;
};
base::Expected<DocumentSplits> SplitDocuments(const IndexedDataset& dataset,
                                              std::string_view weights, std::int64_t seed);

/// Fixed-length samples over the documents of a split, laid end to end: sample i is |length| + 1
/// tokens (inputs and labels overlap by |length| - 1). The order of samples is shuffled anew every
/// epoch; sample i of a run is the same whoever asks.
class SampleStream {
 public:
  /// Error: DATA0006 the split holds fewer than |length| + 1 tokens. |dataset| outlives the stream.
  static base::Expected<SampleStream> Make(const IndexedDataset& dataset,
                                           std::vector<std::int64_t> documents, std::int64_t length,
                                           std::int64_t seed);
  std::int64_t samples_per_epoch() const;
  /// |length| + 1 tokens of the |index|-th sample of the run (0-based, over all epochs).
  std::vector<std::int64_t> Get(std::int64_t index) const;

 private:
  SampleStream() = default;
  const IndexedDataset* dataset_ = nullptr;
  std::vector<std::int64_t> documents_;
  std::vector<std::int64_t> starts_;  ///< of each document, in tokens of the split
  std::int64_t length_ = 0;
  std::int64_t seed_ = 0;
  std::int64_t samples_ = 0;
};

}  // namespace nam56r::data
