#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

/// Differentiable operations on whole rows. LibTorch's own backward passes for row gathers go row
/// by row through the dispatcher, which at small widths costs more than the arithmetic.
namespace nam56r::runtime {

/// table[index]: [rows, width] and int64 [n] give [n, width]. The gradient adds up where |index|
/// repeats.
torch::Tensor GatherRows(const torch::Tensor& table, const torch::Tensor& index);

/// A permutation of token copies, in both directions.
struct RowPermutation {
  torch::Tensor order;    ///< int64 [n]: sorted position -> copy
  torch::Tensor inverse;  ///< int64 [n]: copy -> sorted position
};
RowPermutation PermutationFrom(const torch::Tensor& order);

/// Row i of the answer is row order[i] / copies of |rows|: every row is copied |copies| times and
/// the copies are permuted. [n / copies, width] gives [n, width].
torch::Tensor CopyAndPermuteRows(const torch::Tensor& rows, const RowPermutation& permutation,
                                 std::int64_t copies);

/// Row i of the answer is row inverse[i]: undoes the permutation (not the copying).
torch::Tensor UnpermuteRows(const torch::Tensor& rows, const RowPermutation& permutation);

/// Row i goes to row i of the answer in the order that |permutation| gives: rows[order].
torch::Tensor PermuteRows(const torch::Tensor& rows, const RowPermutation& permutation);

/// Every expert's two-matrix GELU network on its own contiguous rows: |rows| [n, h] holds counts[e]
/// rows for expert e in order; |w1| [experts, f, h], |w2| [experts, h, f]; the answer is [n, h].
/// Experts without rows get a zero gradient.
torch::Tensor GroupedGeluNetwork(const torch::Tensor& rows, const torch::Tensor& w1,
                                 const torch::Tensor& w2, const std::vector<std::int64_t>& counts);

}  // namespace nam56r::runtime
