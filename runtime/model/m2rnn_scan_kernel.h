#pragma once

#include <cstdint>

namespace nam56r::runtime {

/// Of the M2RNN recurrence (m2rnn_scan.h). All arrays are contiguous.
struct M2rnnSizes {
  std::int64_t batch;
  std::int64_t sequence;
  std::int64_t heads;
  std::int64_t keys;
  std::int64_t values;
  std::int64_t interval;  ///< tokens between two checkpoints
};

template <typename T>
struct M2rnnInputs {
  const T* query;         ///< [batch, sequence, keys]
  const T* key;           ///< [batch, sequence, keys]
  const T* value;         ///< [batch, sequence, heads, values]
  const T* forget;        ///< [batch, sequence, heads]
  const T* state_weight;  ///< [heads, values, values]
};

/// Where gradients go; every entry is written, none read.
template <typename T>
struct M2rnnGradients {
  T* query;         ///< [batch, sequence, heads, keys]: each head's share
  T* key;           ///< likewise
  T* value;         ///< [batch, sequence, heads, values]
  T* forget;        ///< [batch, sequence, heads]
  T* state_weight;  ///< [batch, heads, values, values]: each batch entry's share
};

/// One batch entry's head, |item| = entry * heads + head: writes its part of |output| [batch,
/// sequence, heads, values] and of |checkpoints| [batch, heads, ceil(sequence / interval), keys,
/// values], the states before tokens 0, interval, 2 interval, ...
void M2rnnForward(const M2rnnSizes& sizes, const M2rnnInputs<float>& inputs, float* output,
                  float* checkpoints, std::int64_t item);
void M2rnnForward(const M2rnnSizes& sizes, const M2rnnInputs<double>& inputs, double* output,
                  double* checkpoints, std::int64_t item);

/// Gradients of the same from that of |output|.
void M2rnnBackward(const M2rnnSizes& sizes, const M2rnnInputs<float>& inputs,
                   const float* checkpoints, const float* output_gradient,
                   const M2rnnGradients<float>& gradients, std::int64_t item);
void M2rnnBackward(const M2rnnSizes& sizes, const M2rnnInputs<double>& inputs,
                   const double* checkpoints, const double* output_gradient,
                   const M2rnnGradients<double>& gradients, std::int64_t item);

}  // namespace nam56r::runtime
