#include "tables.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

// 12 of 16 registers hold sums.
#define LANES 8
#define VECTORS 2
#define TILE_ROWS 6
#define TILES TILE(6) TILE(5) TILE(4) TILE(3) TILE(2) TILE(1)
#include "loops.h"

const struct kernels avx2_kernels = KERNELS("avx2");

#pragma clang attribute pop
#endif
