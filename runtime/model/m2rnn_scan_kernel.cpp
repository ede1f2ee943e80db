#include "runtime/model/m2rnn_scan_kernel.h"

#include <algorithm>
#include <vector>

#include "runtime/model/cpu_clones.h"
#include "runtime/model/vector_math.h"

namespace nam56r::runtime {
namespace {

// The state of a token is [keys, values]; its rows meet only in the output and in the gradients of
// forget, value and W. kValues > 0 fixes the row's length, so that a row lives in registers.

// out = initial * scale + row matrix, |matrix| [n,n].
template <int kValues, typename T>
[[gnu::always_inline]] inline void MultiplyRow(const T* __restrict row, const T* __restrict matrix,
                                               const T* __restrict initial, T scale, T* out,
                                               std::int64_t values) {
  const std::int64_t n = kValues > 0 ? kValues : values;
#pragma omp simd
  for (std::int64_t j = 0; j < n; ++j) out[j] = initial[j] * scale;
  for (std::int64_t i = 0; i < n; ++i) {
    const T factor = row[i];
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) out[j] += factor * matrix[i * n + j];
  }
}

// next = f state + (1 - f) C with C = tanh(state W + k v'); |next| may be |state|.
template <int kValues, typename T>
[[gnu::always_inline]] inline void Step(const T* state, const T* weight, const T* key,
                                        const T* value, T forget, std::int64_t keys,
                                        std::int64_t values, T* candidate, std::int64_t stride,
                                        T* next) {
  const std::int64_t n = kValues > 0 ? kValues : values;
  for (std::int64_t k = 0; k < keys; ++k) {
    const T* row = state + k * n;
    T* out = candidate + k * stride;
    MultiplyRow<kValues>(row, weight, value, key[k], out, n);
#pragma omp simd
    for (std::int64_t j = 0; j < n; ++j) {
      out[j] = VectorTanh(out[j]);
      next[k * n + j] = forget * row[j] + (T(1) - forget) * out[j];
    }
  }
}

template <int kValues, typename T>
[[gnu::always_inline]] inline void Forward(const M2rnnSizes& sizes, const M2rnnInputs<T>& in,
                                           T* output, T* checkpoints, std::int64_t item) {
  const std::int64_t n = kValues > 0 ? kValues : sizes.values;
  const std::int64_t area = sizes.keys * n;
  const std::int64_t head = item % sizes.heads;
  const std::int64_t first_token = item / sizes.heads * sizes.sequence;
  const T* weight = in.state_weight + head * n * n;
  T* checkpoint =
      checkpoints + item * ((sizes.sequence + sizes.interval - 1) / sizes.interval) * area;
  std::vector<T> state(static_cast<std::size_t>(area));
  std::vector<T> candidate(static_cast<std::size_t>(n));
  for (std::int64_t t = 0; t < sizes.sequence; ++t) {
    if (t % sizes.interval == 0) {
      std::copy(state.begin(), state.end(), checkpoint);
      checkpoint += area;
    }
    const std::int64_t token = first_token + t;
    const std::int64_t cell = token * sizes.heads + head;
    Step<kValues>(state.data(), weight, in.key + token * sizes.keys, in.value + cell * n,
                  in.forget[cell], sizes.keys, n, candidate.data(), 0, state.data());
    T* __restrict out = output + cell * n;
    const T* query = in.query + token * sizes.keys;
    std::fill(out, out + n, T(0));
    for (std::int64_t k = 0; k < sizes.keys; ++k) {
#pragma omp simd
      for (std::int64_t j = 0; j < n; ++j) {
        out[j] += query[k] * state[static_cast<std::size_t>(k * n + j)];
      }
    }
  }
}

template <int kValues, typename T>
[[gnu::always_inline]] inline void Backward(const M2rnnSizes& sizes, const M2rnnInputs<T>& in,
                                            const T* checkpoints, const T* output_gradient,
                                            const M2rnnGradients<T>& gradients, std::int64_t item) {
  const std::int64_t n = kValues > 0 ? kValues : sizes.values;
  const std::int64_t area = sizes.keys * n;
  const std::int64_t head = item % sizes.heads;
  const std::int64_t first_token = item / sizes.heads * sizes.sequence;
  const std::int64_t intervals = (sizes.sequence + sizes.interval - 1) / sizes.interval;
  const T* weight = in.state_weight + head * n * n;
  std::vector<T> transposed(static_cast<std::size_t>(n * n));
  for (std::int64_t i = 0; i < n; ++i) {
    for (std::int64_t j = 0; j < n; ++j) {
      transposed[static_cast<std::size_t>(j * n + i)] = weight[i * n + j];
    }
  }
  T* __restrict weight_gradient = gradients.state_weight + item * n * n;
  std::fill(weight_gradient, weight_gradient + n * n, T(0));

  std::vector<T> states(static_cast<std::size_t>((sizes.interval + 1) * area));
  std::vector<T> candidates(static_cast<std::size_t>(sizes.interval * area));
  std::vector<T> state_gradient(static_cast<std::size_t>(area));
  std::vector<T> pre_gradient(static_cast<std::size_t>(n));

  for (std::int64_t interval = intervals - 1; interval >= 0; --interval) {
    const std::int64_t start = interval * sizes.interval;
    const std::int64_t length = std::min(sizes.interval, sizes.sequence - start);
    const T* checkpoint = checkpoints + (item * intervals + interval) * area;
    std::copy(checkpoint, checkpoint + area, states.begin());
    for (std::int64_t t = 0; t < length; ++t) {
      const std::int64_t token = first_token + start + t;
      const std::int64_t cell = token * sizes.heads + head;
      Step<kValues>(states.data() + t * area, weight, in.key + token * sizes.keys,
                    in.value + cell * n, in.forget[cell], sizes.keys, n,
                    candidates.data() + t * area, n, states.data() + (t + 1) * area);
    }
    for (std::int64_t t = length - 1; t >= 0; --t) {
      const std::int64_t token = first_token + start + t;
      const std::int64_t cell = token * sizes.heads + head;
      const T* __restrict query = in.query + token * sizes.keys;
      const T* __restrict key = in.key + token * sizes.keys;
      const T* __restrict value = in.value + cell * n;
      const T* __restrict out_gradient = output_gradient + cell * n;
      const T forget = in.forget[cell];
      T* __restrict query_gradient = gradients.query + cell * sizes.keys;
      T* __restrict key_gradient = gradients.key + cell * sizes.keys;
      T* __restrict value_gradient = gradients.value + cell * n;
      T* __restrict pre = pre_gradient.data();
      std::fill(value_gradient, value_gradient + n, T(0));
      T forget_gradient = T(0);
      for (std::int64_t k = 0; k < sizes.keys; ++k) {
        const T* __restrict before = states.data() + t * area + k * n;
        const T* __restrict after = states.data() + (t + 1) * area + k * n;
        const T* __restrict candidate = candidates.data() + t * area + k * n;
        T* __restrict gradient = state_gradient.data() + k * n;
        T to_query = T(0);
        T to_key = T(0);
        T to_forget = T(0);
#pragma omp simd reduction(+ : to_query, to_key, to_forget)
        for (std::int64_t j = 0; j < n; ++j) {
          const T full = gradient[j] + query[k] * out_gradient[j];
          const T c = candidate[j];
          const T through = (T(1) - forget) * full * (T(1) - c * c);
          to_query += out_gradient[j] * after[j];
          to_forget += (before[j] - c) * full;
          to_key += through * value[j];
          value_gradient[j] += through * key[k];
          pre[j] = through;
          gradient[j] = full;
        }
        query_gradient[k] = to_query;
        key_gradient[k] = to_key;
        forget_gradient += to_forget;
        MultiplyRow<kValues>(pre, transposed.data(), gradient, forget, gradient, n);
        for (std::int64_t i = 0; i < n; ++i) {
#pragma omp simd
          for (std::int64_t j = 0; j < n; ++j) weight_gradient[i * n + j] += before[i] * pre[j];
        }
      }
      gradients.forget[cell] = forget_gradient;
    }
  }
}

template <typename T>
[[gnu::always_inline]] inline void ForwardAnySize(const M2rnnSizes& sizes, const M2rnnInputs<T>& in,
                                                  T* output, T* checkpoints, std::int64_t item) {
  if (sizes.values == 16) {
    Forward<16>(sizes, in, output, checkpoints, item);
  } else {
    Forward<0>(sizes, in, output, checkpoints, item);
  }
}

template <typename T>
[[gnu::always_inline]] inline void BackwardAnySize(const M2rnnSizes& sizes,
                                                   const M2rnnInputs<T>& in, const T* checkpoints,
                                                   const T* output_gradient,
                                                   const M2rnnGradients<T>& gradients,
                                                   std::int64_t item) {
  if (sizes.values == 16) {
    Backward<16>(sizes, in, checkpoints, output_gradient, gradients, item);
  } else {
    Backward<0>(sizes, in, checkpoints, output_gradient, gradients, item);
  }
}

}  // namespace

NAM56R_CPU_CLONES void M2rnnForward(const M2rnnSizes& sizes, const M2rnnInputs<float>& inputs,
                                    float* output, float* checkpoints, std::int64_t item) {
  ForwardAnySize(sizes, inputs, output, checkpoints, item);
}

NAM56R_CPU_CLONES void M2rnnForward(const M2rnnSizes& sizes, const M2rnnInputs<double>& inputs,
                                    double* output, double* checkpoints, std::int64_t item) {
  ForwardAnySize(sizes, inputs, output, checkpoints, item);
}

NAM56R_CPU_CLONES void M2rnnBackward(const M2rnnSizes& sizes, const M2rnnInputs<float>& inputs,
                                     const float* checkpoints, const float* output_gradient,
                                     const M2rnnGradients<float>& gradients, std::int64_t item) {
  BackwardAnySize(sizes, inputs, checkpoints, output_gradient, gradients, item);
}

NAM56R_CPU_CLONES void M2rnnBackward(const M2rnnSizes& sizes, const M2rnnInputs<double>& inputs,
                                     const double* checkpoints, const double* output_gradient,
                                     const M2rnnGradients<double>& gradients, std::int64_t item) {
  BackwardAnySize(sizes, inputs, checkpoints, output_gradient, gradients, item);
}

}  // namespace nam56r::runtime
