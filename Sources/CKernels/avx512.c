#include "tables.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx2,fma"))), apply_to = function)

// 28 of 32 registers hold sums.
#define LANES 16
#define VECTORS 2
#define TILE_ROWS 14
#define TILES \
  TILE(14) TILE(13) TILE(12) TILE(11) TILE(10) TILE(9) TILE(8) TILE(7) TILE(6) TILE(5) TILE(4) TILE(3) TILE(2) TILE(1)
#include "loops.h"

const struct kernels avx512_kernels = KERNELS("avx512");

#pragma clang attribute pop
#endif
