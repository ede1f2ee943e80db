#include "src/data/samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <optional>
#include <stdexcept>

#include "src/data/permutation.h"

namespace nam56r::data {
namespace {

using base::Diagnostic;
using base::Expected;

constexpr const char* kSplitNames[] = {"training", "validation", "test"};

Diagnostic SplitError(std::string message, std::string fix) {
  Diagnostic error;
  error.code = "DATA0005";
  error.surface = base::Surface::kPolicy;
  error.message = std::move(message);
  error.fields = {"split"};
  error.valid = {"three weights, as in 98,1,1"};
  error.fix = std::move(fix);
  return error;
}

std::optional<std::vector<double>> ParseWeights(std::string_view text) {
  std::vector<double> weights;
  for (;;) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view part = text.substr(0, comma);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    double weight = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), weight);
    if (error != std::errc() || end != part.data() + part.size()) return std::nullopt;
    if (!std::isfinite(weight) || weight < 0) return std::nullopt;
    weights.push_back(weight);
    if (comma == text.size()) break;
    text.remove_prefix(comma + 1);
  }
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (weights.size() != 3 || !(sum > 0) || !std::isfinite(sum)) return std::nullopt;
  for (double& weight : weights) weight /= sum;
  return weights;
}

}  // namespace

const std::vector<std::int64_t>& DocumentSplits::of(Split split) const {
  switch (split) {
    case Split::kTrain:
      return train;
    case Split::kValidation:
      return validation;
    case Split::kTest:
      return test;
  }
  throw std::logic_error("a split outside its enumeration");
}

Expected<DocumentSplits> SplitDocuments(const IndexedDataset& dataset, std::string_view weights,
                                        std::int64_t seed) {
  const auto shares = ParseWeights(weights);
  if (!shares) {
    return SplitError(fmt::format("'{}' is not three non-negative weights", weights),
                      "write 98,1,1");
  }
  std::vector<std::int64_t> order(static_cast<std::size_t>(dataset.documents()));
  std::iota(order.begin(), order.end(), std::int64_t{0});
  SplitMix64 random(static_cast<std::uint64_t>(seed));
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.Below(i)]);

  DocumentSplits splits;
  std::vector<std::int64_t>* const parts[] = {&splits.train, &splits.validation, &splits.test};
  const double first_cut = (*shares)[0];
  const double second_cut = (*shares)[0] + (*shares)[1];
  // The last split with a weight ends at 1 exactly; a rounded sum might not.
  const std::size_t last = (*shares)[2] > 0 ? 2 : (*shares)[1] > 0 ? 1 : 0;
  const auto total = static_cast<double>(dataset.tokens());
  std::int64_t before = 0;
  for (const std::int64_t document : order) {
    const std::int64_t length = dataset.DocumentLength(document);
    if (length == 0) continue;
    // Where the middle of the document lies decides.
    const double middle = (static_cast<double>(before) + static_cast<double>(length) / 2) / total;
    before += length;
    const std::size_t split = middle < first_cut ? 0 : middle < second_cut ? 1 : 2;
    parts[std::min(split, last)]->push_back(document);
  }
  for (std::size_t split = 0; split < 3; ++split) {
    if ((*shares)[split] > 0 && parts[split]->empty()) {
      return SplitError(
          fmt::format("the {} split has the share {:.3g} of {} documents with {} tokens, which is "
                      "no document at all",
                      kSplitNames[split], (*shares)[split], order.size(), dataset.tokens()),
          "give it a larger weight, or 0");
    }
  }
  return splits;
}

Expected<SampleStream> SampleStream::Make(const IndexedDataset& dataset,
                                          std::vector<std::int64_t> documents, std::int64_t length,
                                          std::int64_t seed) {
  if (length <= 0) throw std::logic_error("samples of no token");
  SampleStream stream;
  stream.dataset_ = &dataset;
  stream.length_ = length;
  stream.seed_ = seed;
  stream.starts_.reserve(documents.size());
  std::int64_t tokens = 0;
  for (const std::int64_t document : documents) {
    stream.starts_.push_back(tokens);
    tokens += dataset.DocumentLength(document);
  }
  stream.documents_ = std::move(documents);
  if (tokens <= length) {
    Diagnostic error;
    error.code = "DATA0006";
    error.surface = base::Surface::kHost;
    error.message = fmt::format(
        "the split holds {} tokens in {} documents; one sample takes {} (the sequence length and "
        "one label)",
        tokens, stream.documents_.size(), length + 1);
    error.fix = "give the split more weight or the data set more text";
    return error;
  }
  stream.samples_ = (tokens - 1) / length;
  return stream;
}

std::int64_t SampleStream::samples_per_epoch() const { return samples_; }

std::vector<std::int64_t> SampleStream::Get(std::int64_t index) const {
  if (index < 0) throw std::logic_error("a sample before the first");
  const std::int64_t epoch = index / samples_;
  // Two draws, so that epoch e of seed s is not epoch e - 1 of seed s + 1.
  const std::uint64_t of_seed = SplitMix64(static_cast<std::uint64_t>(seed_)).Next();
  const std::uint64_t key = SplitMix64(of_seed + static_cast<std::uint64_t>(epoch)).Next();
  std::int64_t token = Permutation(samples_, key)(index % samples_) * length_;

  std::vector<std::int64_t> sample(static_cast<std::size_t>(length_ + 1));
  auto document = static_cast<std::size_t>(std::upper_bound(starts_.begin(), starts_.end(), token) -
                                           starts_.begin() - 1);
  for (std::span<std::int64_t> left = sample; !left.empty(); ++document) {
    const std::int64_t begin = token - starts_[document];
    const std::int64_t here = dataset_->DocumentLength(documents_[document]) - begin;
    const auto count = std::min(left.size(), static_cast<std::size_t>(here));
    dataset_->Read(documents_[document], begin, left.first(count));
    left = left.subspan(count);
    token += static_cast<std::int64_t>(count);
  }
  return sample;
}

}  // namespace nam56r::data
