#include "runtime/model/batched_product_kernel.h"

#include <cstring>

#include "runtime/model/cpu_clones.h"

namespace nam56r::runtime {
namespace {

constexpr int kVectorBytes = 64;

template <typename T>
struct VectorOf;
template <>
struct VectorOf<float> {
  typedef float Type __attribute__((vector_size(kVectorBytes)));
};
template <>
struct VectorOf<double> {
  typedef double Type __attribute__((vector_size(kVectorBytes)));
};

// kRows x (kVectors * width) of c, its sums in registers.
template <int kRows, int kVectors, typename T>
[[gnu::always_inline]] inline void Tile(const T* a, std::int64_t row_stride,
                                        std::int64_t inner_stride, const T* b, std::int64_t inner,
                                        std::int64_t columns, T* c) {
  using Vector = typename VectorOf<T>::Type;
  constexpr int kWidth = kVectorBytes / static_cast<int>(sizeof(T));
  Vector sums[kRows][kVectors] = {};
  for (std::int64_t k = 0; k < inner; ++k) {
    Vector right[kVectors];
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) {
      std::memcpy(&right[j], b + k * columns + j * kWidth, kVectorBytes);
    }
#pragma GCC unroll 8
    for (int i = 0; i < kRows; ++i) {
      const T left = a[i * row_stride + k * inner_stride];
#pragma GCC unroll 4
      for (int j = 0; j < kVectors; ++j) sums[i][j] += left * right[j];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < kRows; ++i) {
#pragma GCC unroll 4
    for (int j = 0; j < kVectors; ++j) {
      std::memcpy(c + i * columns + j * kWidth, &sums[i][j], kVectorBytes);
    }
  }
}

template <int kVectors, typename T>
[[gnu::always_inline]] inline void Panel(const T* a, std::int64_t row_stride,
                                         std::int64_t inner_stride, const T* b, std::int64_t rows,
                                         std::int64_t inner, std::int64_t columns, T* c) {
  constexpr int kRows = 8;
  std::int64_t i = 0;
  for (; i + kRows <= rows; i += kRows) {
    Tile<kRows, kVectors>(a + i * row_stride, row_stride, inner_stride, b, inner, columns,
                          c + i * columns);
  }
  for (; i < rows; ++i) {
    Tile<1, kVectors>(a + i * row_stride, row_stride, inner_stride, b, inner, columns,
                      c + i * columns);
  }
}

template <typename T>
[[gnu::always_inline]] inline void Multiply(const T* a, std::int64_t row_stride,
                                            std::int64_t inner_stride, const T* b,
                                            std::int64_t rows, std::int64_t inner,
                                            std::int64_t columns, T* c) {
  constexpr std::int64_t kWidth = kVectorBytes / static_cast<std::int64_t>(sizeof(T));
  std::int64_t j = 0;
  for (; j + 2 * kWidth <= columns; j += 2 * kWidth) {
    Panel<2>(a, row_stride, inner_stride, b + j, rows, inner, columns, c + j);
  }
  for (; j + kWidth <= columns; j += kWidth) {
    Panel<1>(a, row_stride, inner_stride, b + j, rows, inner, columns, c + j);
  }
  for (; j < columns; ++j) {
    for (std::int64_t i = 0; i < rows; ++i) {
      T sum = T(0);
      for (std::int64_t k = 0; k < inner; ++k) {
        sum += a[i * row_stride + k * inner_stride] * b[k * columns + j];
      }
      c[i * columns + j] = sum;
    }
  }
}

template <typename T>
[[gnu::always_inline]] inline void TransposeAny(const T* __restrict matrix, std::int64_t rows,
                                                std::int64_t columns, T* __restrict transposed) {
  for (std::int64_t j = 0; j < columns; ++j) {
    for (std::int64_t i = 0; i < rows; ++i) transposed[j * rows + i] = matrix[i * columns + j];
  }
}

}  // namespace

NAM56R_CPU_CLONES void MultiplyMatrices(const float* a, std::int64_t row_stride,
                                        std::int64_t inner_stride, const float* b,
                                        std::int64_t rows, std::int64_t inner, std::int64_t columns,
                                        float* c) {
  Multiply(a, row_stride, inner_stride, b, rows, inner, columns, c);
}

NAM56R_CPU_CLONES void MultiplyMatrices(const double* a, std::int64_t row_stride,
                                        std::int64_t inner_stride, const double* b,
                                        std::int64_t rows, std::int64_t inner, std::int64_t columns,
                                        double* c) {
  Multiply(a, row_stride, inner_stride, b, rows, inner, columns, c);
}

NAM56R_CPU_CLONES void Transpose(const float* matrix, std::int64_t rows, std::int64_t columns,
                                 float* transposed) {
  TransposeAny(matrix, rows, columns, transposed);
}

NAM56R_CPU_CLONES void Transpose(const double* matrix, std::int64_t rows, std::int64_t columns,
                                 double* transposed) {
  TransposeAny(matrix, rows, columns, transposed);
}

}  // namespace nam56r::runtime
