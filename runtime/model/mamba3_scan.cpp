#include "runtime/model/mamba3_scan.h"

#include <limits>
#include <numbers>
#include <vector>

#include "runtime/model/batched_product.h"
#include "runtime/model/mamba3_pieces.h"

namespace nam56r::runtime {
namespace {

// [B,S,...] -> [B,chunks,chunk,...], zeros behind the sequence's end. Zero steps and zero decay
// there leave every state as it is.
torch::Tensor SplitIntoChunks(const torch::Tensor& x, std::int64_t chunk) {
  const std::int64_t sequence = x.size(1);
  const std::int64_t missing = (chunk - sequence % chunk) % chunk;
  torch::Tensor padded = x;
  if (missing > 0) {
    std::vector<std::int64_t> shape = x.sizes().vec();
    shape[1] = missing;
    padded = torch::cat({x, x.new_zeros(shape)}, 1);
  }
  return padded.unflatten(1, {(sequence + missing) / chunk, chunk});
}

}  // namespace

torch::Tensor Mamba3Scan(const Mamba3ScanInputs& in, RotaryPairing pairing, std::int64_t chunk) {
  const std::int64_t sequence = in.value.size(1);
  const std::int64_t rank = in.query.size(2);

  const torch::Tensor turn = torch::tanh(in.angle_rate) * std::numbers::pi;
  const torch::Tensor theta = (turn.unsqueeze(2) * in.step.unsqueeze(3)).cumsum(1);
  const torch::Tensor query =
      RotateHeads(in.query, in.query_bias, theta, chunk, pairing).flatten(3, 4);
  const torch::Tensor key = RotateHeads(in.key, in.key_bias, theta, chunk, pairing).flatten(3, 4);

  // [B,chunks,H,chunk,P] -> values [B,chunks,H,chunk*R,P].
  const torch::Tensor plain_value =
      SplitIntoChunks(in.value, chunk).permute({0, 1, 3, 2, 4}).unsqueeze(4);
  const torch::Tensor value =
      (in.value_rank.defined() ? plain_value * in.value_rank.unsqueeze(1) : plain_value)
          .flatten(3, 4)
          .contiguous();

  // Weights of keys, [B,chunks,H,chunk]: |own| in the token's own output, |later| in every later
  // one.
  const torch::Tensor now = in.step * in.trapezoid;
  const torch::Tensor owed = in.step - now;
  const torch::Tensor next =
      torch::cat({owed.slice(1, 1), torch::zeros_like(owed.slice(1, 0, 1))}, 1);
  const torch::Tensor own = SplitIntoChunks(now, chunk).transpose(2, 3).contiguous();
  const torch::Tensor later = SplitIntoChunks(now + next, chunk).transpose(2, 3).contiguous();
  const torch::Tensor decay =
      SplitIntoChunks(in.log_decay, chunk).transpose(2, 3).contiguous().cumsum(3);
  const torch::Tensor total = decay.slice(3, chunk - 1);

  // Within a chunk: from token tau to token t, exp(decay_t - decay_tau) later_tau below the
  // diagonal and own_t on it. Above, the difference is positive and must not reach exp.
  const torch::Tensor not_before =
      torch::ones({chunk, chunk}, torch::TensorOptions(decay.device()).dtype(torch::kBool)).triu();
  const torch::Tensor weights =
      (decay.unsqueeze(4) - decay.unsqueeze(3))
              .masked_fill(not_before, -std::numeric_limits<double>::infinity())
              .exp() *
          later.unsqueeze(3) +
      torch::diag_embed(own);
  const torch::Tensor scores = BatchedProduct(query, key, false, true);
  const torch::Tensor weighted = ScaleBlocks(scores, weights);
  torch::Tensor y = BatchedProduct(weighted, value).unflatten(3, {chunk, rank});

  // What each chunk adds to the state, and the state before each chunk, both [B,H,N,P].
  const std::int64_t chunks = decay.size(1);
  if (chunks > 1) {
    const torch::Tensor to_end = ((total - decay).exp() * later).unsqueeze(4);
    const torch::Tensor scaled =
        (value.unflatten(3, {chunk, rank}) * to_end.unsqueeze(5)).flatten(3, 4);
    const std::vector<torch::Tensor> added = BatchedProduct(key, scaled, true).unbind(1);
    const std::vector<torch::Tensor> kept = total.unsqueeze(4).exp().unbind(1);
    std::vector<torch::Tensor> before(static_cast<std::size_t>(chunks));
    before[0] = torch::zeros_like(added[0]);
    before[1] = added[0];
    for (std::size_t i = 2; i < before.size(); ++i) {
      before[i] = torch::addcmul(added[i - 1], before[i - 1], kept[i - 1]);
    }
    const torch::Tensor carried =
        BatchedProduct(query, torch::stack(before, 1)).unflatten(3, {chunk, rank});
    y = torch::addcmul(y, carried, decay.exp().unsqueeze(4).unsqueeze(5));
  }
  y = torch::addcmul(y, value.unflatten(3, {chunk, rank}),
                     in.skip.unsqueeze(1).unsqueeze(2).unsqueeze(3));

  // [B,chunks,H,chunk,R,P] -> [B,S,H,R,P].
  return y.permute({0, 1, 3, 2, 4, 5}).flatten(1, 2).slice(1, 0, sequence);
}

}  // namespace nam56r::runtime
