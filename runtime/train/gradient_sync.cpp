#include "runtime/train/gradient_sync.h"

#include <algorithm>
#include <functional>
#include <stdexcept>

namespace nam56r::runtime {
namespace {

double SquaredNorm(const torch::Tensor& flat) {
  // fp32 within a block, fp64 over blocks: the same digits however the model is cut.
  constexpr std::int64_t kBlock = 16384;
  double sum = 0;
  for (std::int64_t begin = 0; begin < flat.numel(); begin += kBlock) {
    const auto block = flat.narrow(0, begin, std::min(kBlock, flat.numel() - begin));
    sum += block.dot(block).item<double>();
  }
  return sum;
}

/// A number that differs when names or sizes of the embedding copies do.
std::int64_t FingerprintOfCopies(const FlatParameters& parameters) {
  std::string text;
  for (const auto& placed : parameters.placed()) {
    if (placed.parameter.replication != Replication::kEmbedding) continue;
    text += placed.parameter.name + " " + std::to_string(placed.range.length) + "\n";
  }
  return static_cast<std::int64_t>(std::hash<std::string>{}(text) >> 8);
}

}  // namespace

GradientSync::GradientSync(FlatParameters& parameters, Communicator& communicator)
    : parameters_(parameters), communicator_(communicator) {
  const std::int64_t own = FingerprintOfCopies(parameters);
  ProcessGroup& copies = communicator.group(GroupKind::kEmbedding);
  const auto sum = torch::full({1}, own, torch::kInt64);
  copies.AllReduceSum(sum);
  if (sum.item<std::int64_t>() != own * copies.size()) {
    throw std::logic_error("the first and the last stage hold different embedding copies");
  }
}

void GradientSync::Reduce() {
  ProcessGroup& data = communicator_.group(GroupKind::kData);
  const auto embedding = parameters_.GradientsOf(Replication::kEmbedding);
  // Embeddings first: their second reduction then runs beside the first one of the rest.
  Transfer embedding_sum = data.StartAllReduceSum(embedding);
  Transfer dense_sum = data.StartAllReduceSum(parameters_.GradientsOf(Replication::kDense));
  Transfer expert_sum = communicator_.group(GroupKind::kExpertData)
                            .StartAllReduceSum(parameters_.GradientsOf(Replication::kExpert));
  embedding_sum.Wait();
  communicator_.group(GroupKind::kEmbedding).AllReduceSum(embedding);
  dense_sum.Wait();
  expert_sum.Wait();
}

double GradientSync::OwnSquaredNorm() const {
  const Coordinates& at = communicator_.at();
  double sum = 0;
  if (at.data == 0) {
    sum += SquaredNorm(parameters_.GradientsOf(Replication::kDense));
    if (at.stage == 0) sum += SquaredNorm(parameters_.GradientsOf(Replication::kEmbedding));
  }
  if (at.expert_data == 0) sum += SquaredNorm(parameters_.GradientsOf(Replication::kExpert));
  return sum;
}

}  // namespace nam56r::runtime
