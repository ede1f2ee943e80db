#pragma once

#include <cstdint>

/// The loops of mamba3_pieces.h. All arrays are contiguous.
namespace nam56r::runtime {

struct RotateSizes {
  std::int64_t batch;
  std::int64_t sequence;
  std::int64_t rank;
  std::int64_t groups;
  std::int64_t heads;
  std::int64_t state;
  std::int64_t angles;
  std::int64_t chunk;
  std::int64_t chunks;
  bool adjacent;  ///< entries 2i and 2i + 1 turn together; else i and i + state / 2
};

/// One batch entry's group, |item| = entry * groups + group: writes its heads' part of |out|
/// [batch, chunks, heads, chunk, rank, state]; what lies behind the sequence stays untouched.
template <typename T>
struct RotateForwardArrays {
  const T* grouped;  ///< [batch, sequence, rank, groups, state]
  const T* bias;     ///< [heads, rank, state]
  const T* cosine;   ///< [batch, sequence, heads, angles]
  const T* sine;
  T* out;
};
void RotateForward(const RotateSizes& sizes, const RotateForwardArrays<float>& arrays,
                   std::int64_t item);
void RotateForward(const RotateSizes& sizes, const RotateForwardArrays<double>& arrays,
                   std::int64_t item);

/// Its gradients. Every entry of this item's part is written.
template <typename T>
struct RotateBackwardArrays {
  const T* cosine;
  const T* sine;
  const T* out;           ///< as forward wrote it
  const T* out_gradient;  ///< the same shape
  T* grouped;             ///< [batch, sequence, rank, groups, state]
  T* bias;                ///< [batch, heads, rank, state]: each batch entry's share
  T* theta;               ///< [batch, sequence, heads, angles]
};
void RotateBackward(const RotateSizes& sizes, const RotateBackwardArrays<float>& arrays,
                    std::int64_t item);
void RotateBackward(const RotateSizes& sizes, const RotateBackwardArrays<double>& arrays,
                    std::int64_t item);

/// out [c R, c R] = scores, each R x R block times its entry of |weights| [c, c].
void ScaleBlocksForward(std::int64_t chunk, std::int64_t rank, const float* scores,
                        const float* weights, float* out);
void ScaleBlocksForward(std::int64_t chunk, std::int64_t rank, const double* scores,
                        const double* weights, double* out);

/// Gradients of |scores| and |weights| from that of out.
void ScaleBlocksBackward(std::int64_t chunk, std::int64_t rank, const float* scores,
                         const float* weights, const float* out_gradient, float* score_gradient,
                         float* weight_gradient);
void ScaleBlocksBackward(std::int64_t chunk, std::int64_t rank, const double* scores,
                         const double* weights, const double* out_gradient, double* score_gradient,
                         double* weight_gradient);

}  // namespace nam56r::runtime
