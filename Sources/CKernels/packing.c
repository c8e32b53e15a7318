#include "CKernels.h"

#include <string.h>

typedef float quartet __attribute__((ext_vector_type(4), aligned(4)));

void pack_rows(const float *b, long b_row, long inner, long columns, float *packed, long packed_row) {
  for (long k = 0; k < inner; k++) memcpy(packed + k * packed_row, b + k * b_row, columns * sizeof(float));
}

void pack_columns(const float *b, long b_column, long inner, long columns, float *packed, long packed_row) {
  for (long column = 0; column < columns; column += 4) {
    const float *source = b + column * b_column;
    float *target = packed + column;
    long k = 0;
    if (column + 4 <= columns) {
      for (; k + 4 <= inner; k += 4) {
        const quartet p = *(const quartet *)(source + k), q = *(const quartet *)(source + b_column + k);
        const quartet r = *(const quartet *)(source + 2 * b_column + k), s = *(const quartet *)(source + 3 * b_column + k);
        const quartet pq = __builtin_shufflevector(p, q, 0, 4, 1, 5), rs = __builtin_shufflevector(r, s, 0, 4, 1, 5);
        const quartet pq2 = __builtin_shufflevector(p, q, 2, 6, 3, 7), rs2 = __builtin_shufflevector(r, s, 2, 6, 3, 7);
        *(quartet *)(target + k * packed_row) = __builtin_shufflevector(pq, rs, 0, 1, 4, 5);
        *(quartet *)(target + (k + 1) * packed_row) = __builtin_shufflevector(pq, rs, 2, 3, 6, 7);
        *(quartet *)(target + (k + 2) * packed_row) = __builtin_shufflevector(pq2, rs2, 0, 1, 4, 5);
        *(quartet *)(target + (k + 3) * packed_row) = __builtin_shufflevector(pq2, rs2, 2, 3, 6, 7);
      }
    }
    for (; k < inner; k++) {
      for (long i = 0; i < 4 && column + i < columns; i++) target[k * packed_row + i] = source[i * b_column + k];
    }
  }
}
