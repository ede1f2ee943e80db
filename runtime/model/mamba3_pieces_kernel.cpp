#include "runtime/model/mamba3_pieces_kernel.h"

#include <algorithm>
#include <vector>

#include "runtime/model/cpu_clones.h"

namespace nam56r::runtime {
namespace {

// Where token |t| of head |h| of batch entry |b| lies in [batch, chunks, heads, chunk].
inline std::int64_t ChunkedToken(const RotateSizes& s, std::int64_t b, std::int64_t t,
                                 std::int64_t h) {
  return ((b * s.chunks + t / s.chunk) * s.heads + h) * s.chunk + t % s.chunk;
}

template <bool kAdjacent, typename T>
[[gnu::always_inline]] inline void Forward(const RotateSizes& s, const RotateForwardArrays<T>& in,
                                           std::int64_t item) {
  const std::int64_t b = item / s.groups;
  const std::int64_t g = item % s.groups;
  const std::int64_t per_group = s.heads / s.groups;
  const std::int64_t half = s.state / 2;
  const std::int64_t step = kAdjacent ? 2 : 1;
  const std::int64_t apart = kAdjacent ? 1 : half;
  for (std::int64_t t = 0; t < s.sequence; ++t) {
    for (std::int64_t h = g * per_group; h < (g + 1) * per_group; ++h) {
      const std::int64_t angle = ((b * s.sequence + t) * s.heads + h) * s.angles;
      const T* __restrict cosine = in.cosine + angle;
      const T* __restrict sine = in.sine + angle;
      for (std::int64_t r = 0; r < s.rank; ++r) {
        const T* __restrict x =
            in.grouped + (((b * s.sequence + t) * s.rank + r) * s.groups + g) * s.state;
        const T* __restrict bias = in.bias + (h * s.rank + r) * s.state;
        T* __restrict out = in.out + (ChunkedToken(s, b, t, h) * s.rank + r) * s.state;
#pragma omp simd
        for (std::int64_t i = 0; i < s.angles; ++i) {
          const T first = x[i * step] + bias[i * step];
          const T second = x[i * step + apart] + bias[i * step + apart];
          out[i * step] = first * cosine[i] - second * sine[i];
          out[i * step + apart] = first * sine[i] + second * cosine[i];
        }
#pragma omp simd
        for (std::int64_t i = s.angles; i < half; ++i) {
          out[i * step] = x[i * step] + bias[i * step];
          out[i * step + apart] = x[i * step + apart] + bias[i * step + apart];
        }
      }
    }
  }
}

template <bool kAdjacent, typename T>
[[gnu::always_inline]] inline void Backward(const RotateSizes& s, const RotateBackwardArrays<T>& a,
                                            std::int64_t item) {
  const std::int64_t b = item / s.groups;
  const std::int64_t g = item % s.groups;
  const std::int64_t per_group = s.heads / s.groups;
  const std::int64_t half = s.state / 2;
  const std::int64_t step = kAdjacent ? 2 : 1;
  const std::int64_t apart = kAdjacent ? 1 : half;
  T* biases = a.bias + (b * s.heads + g * per_group) * s.rank * s.state;
  std::fill(biases, biases + per_group * s.rank * s.state, T(0));
  for (std::int64_t t = 0; t < s.sequence; ++t) {
    for (std::int64_t r = 0; r < s.rank; ++r) {
      T* grouped = a.grouped + (((b * s.sequence + t) * s.rank + r) * s.groups + g) * s.state;
      std::fill(grouped, grouped + s.state, T(0));
    }
    for (std::int64_t h = g * per_group; h < (g + 1) * per_group; ++h) {
      const std::int64_t angle = ((b * s.sequence + t) * s.heads + h) * s.angles;
      const T* __restrict cosine = a.cosine + angle;
      const T* __restrict sine = a.sine + angle;
      T* __restrict theta = a.theta + angle;
      std::fill(theta, theta + s.angles, T(0));
      for (std::int64_t r = 0; r < s.rank; ++r) {
        const std::int64_t row = (ChunkedToken(s, b, t, h) * s.rank + r) * s.state;
        const T* __restrict out = a.out + row;
        const T* __restrict gradient = a.out_gradient + row;
        T* __restrict grouped =
            a.grouped + (((b * s.sequence + t) * s.rank + r) * s.groups + g) * s.state;
        T* __restrict bias = a.bias + ((b * s.heads + h) * s.rank + r) * s.state;
#pragma omp simd
        for (std::int64_t i = 0; i < s.angles; ++i) {
          const T first = gradient[i * step];
          const T second = gradient[i * step + apart];
          const T to_first = first * cosine[i] + second * sine[i];
          const T to_second = second * cosine[i] - first * sine[i];
          theta[i] += second * out[i * step] - first * out[i * step + apart];
          grouped[i * step] += to_first;
          grouped[i * step + apart] += to_second;
          bias[i * step] += to_first;
          bias[i * step + apart] += to_second;
        }
#pragma omp simd
        for (std::int64_t i = s.angles; i < half; ++i) {
          grouped[i * step] += gradient[i * step];
          grouped[i * step + apart] += gradient[i * step + apart];
          bias[i * step] += gradient[i * step];
          bias[i * step + apart] += gradient[i * step + apart];
        }
      }
    }
  }
}

template <typename T>
[[gnu::always_inline]] inline void ForwardEither(const RotateSizes& sizes,
                                                 const RotateForwardArrays<T>& arrays,
                                                 std::int64_t item) {
  if (sizes.adjacent) {
    Forward<true>(sizes, arrays, item);
  } else {
    Forward<false>(sizes, arrays, item);
  }
}

template <typename T>
[[gnu::always_inline]] inline void BackwardEither(const RotateSizes& sizes,
                                                  const RotateBackwardArrays<T>& arrays,
                                                  std::int64_t item) {
  if (sizes.adjacent) {
    Backward<true>(sizes, arrays, item);
  } else {
    Backward<false>(sizes, arrays, item);
  }
}

template <typename T>
[[gnu::always_inline]] inline void Repeat(const T* weights, std::int64_t count, std::int64_t times,
                                          T* out) {
  for (std::int64_t i = 0; i < count; ++i) {
    for (std::int64_t r = 0; r < times; ++r) out[i * times + r] = weights[i];
  }
}

template <typename T>
[[gnu::always_inline]] inline void BlocksForward(std::int64_t chunk, std::int64_t rank,
                                                 const T* __restrict scores,
                                                 const T* __restrict weights, T* __restrict out) {
  const std::int64_t side = chunk * rank;
  std::vector<T> row(static_cast<std::size_t>(side));
  const T* __restrict repeated = row.data();
  for (std::int64_t t = 0; t < chunk; ++t) {
    Repeat(weights + t * chunk, chunk, rank, row.data());
    for (std::int64_t i = t * rank; i < (t + 1) * rank; ++i) {
#pragma omp simd
      for (std::int64_t j = 0; j < side; ++j)
        out[i * side + j] = scores[i * side + j] * repeated[j];
    }
  }
}

template <typename T>
[[gnu::always_inline]] inline void BlocksBackward(
    std::int64_t chunk, std::int64_t rank, const T* __restrict scores, const T* __restrict weights,
    const T* __restrict out_gradient, T* __restrict score_gradient, T* __restrict weight_gradient) {
  const std::int64_t side = chunk * rank;
  std::vector<T> row(static_cast<std::size_t>(2 * side));
  T* __restrict repeated = row.data();
  T* __restrict sums = row.data() + side;
  for (std::int64_t t = 0; t < chunk; ++t) {
    Repeat(weights + t * chunk, chunk, rank, repeated);
    std::fill(sums, sums + side, T(0));
    for (std::int64_t i = t * rank; i < (t + 1) * rank; ++i) {
#pragma omp simd
      for (std::int64_t j = 0; j < side; ++j) {
        score_gradient[i * side + j] = out_gradient[i * side + j] * repeated[j];
        sums[j] += out_gradient[i * side + j] * scores[i * side + j];
      }
    }
    for (std::int64_t j = 0; j < chunk; ++j) {
      T sum = T(0);
      for (std::int64_t r = 0; r < rank; ++r) sum += sums[j * rank + r];
      weight_gradient[t * chunk + j] = sum;
    }
  }
}

}  // namespace

NAM56R_CPU_CLONES void RotateForward(const RotateSizes& sizes,
                                     const RotateForwardArrays<float>& arrays, std::int64_t item) {
  ForwardEither(sizes, arrays, item);
}

NAM56R_CPU_CLONES void RotateForward(const RotateSizes& sizes,
                                     const RotateForwardArrays<double>& arrays, std::int64_t item) {
  ForwardEither(sizes, arrays, item);
}

NAM56R_CPU_CLONES void RotateBackward(const RotateSizes& sizes,
                                      const RotateBackwardArrays<float>& arrays,
                                      std::int64_t item) {
  BackwardEither(sizes, arrays, item);
}

NAM56R_CPU_CLONES void RotateBackward(const RotateSizes& sizes,
                                      const RotateBackwardArrays<double>& arrays,
                                      std::int64_t item) {
  BackwardEither(sizes, arrays, item);
}

NAM56R_CPU_CLONES void ScaleBlocksForward(std::int64_t chunk, std::int64_t rank,
                                          const float* scores, const float* weights, float* out) {
  BlocksForward(chunk, rank, scores, weights, out);
}

NAM56R_CPU_CLONES void ScaleBlocksForward(std::int64_t chunk, std::int64_t rank,
                                          const double* scores, const double* weights,
                                          double* out) {
  BlocksForward(chunk, rank, scores, weights, out);
}

NAM56R_CPU_CLONES void ScaleBlocksBackward(std::int64_t chunk, std::int64_t rank,
                                           const float* scores, const float* weights,
                                           const float* out_gradient, float* score_gradient,
                                           float* weight_gradient) {
  BlocksBackward(chunk, rank, scores, weights, out_gradient, score_gradient, weight_gradient);
}

NAM56R_CPU_CLONES void ScaleBlocksBackward(std::int64_t chunk, std::int64_t rank,
                                           const double* scores, const double* weights,
                                           const double* out_gradient, double* score_gradient,
                                           double* weight_gradient) {
  BlocksBackward(chunk, rank, scores, weights, out_gradient, score_gradient, weight_gradient);
}

}  // namespace nam56r::runtime
