#pragma once

#include <cstdint>

namespace nam56r::runtime {

/// c [rows,columns] = a b, where entry (i,k) of |a| is a[i * row_stride + k * inner_stride], and
/// |b| [inner,columns] and |c| are contiguous. For matrices that fit the first-level cache.
void MultiplyMatrices(const float* a, std::int64_t row_stride, std::int64_t inner_stride,
                      const float* b, std::int64_t rows, std::int64_t inner, std::int64_t columns,
                      float* c);
void MultiplyMatrices(const double* a, std::int64_t row_stride, std::int64_t inner_stride,
                      const double* b, std::int64_t rows, std::int64_t inner, std::int64_t columns,
                      double* c);

/// |transposed| [columns,rows] of |matrix| [rows,columns].
void Transpose(const float* matrix, std::int64_t rows, std::int64_t columns, float* transposed);
void Transpose(const double* matrix, std::int64_t rows, std::int64_t columns, double* transposed);

}  // namespace nam56r::runtime
