// For every processor: vectors of 128 bits, which on aarch64 are NEON's with its fused multiply-add. On x86-64 each multiply-add is a
// call of `fmaf`, to the same bits.
#include "tables.h"

// 24 of NEON's 32 registers hold sums.
#define LANES 4
#define VECTORS 4
#define TILE_ROWS 6
#define TILES TILE(6) TILE(5) TILE(4) TILE(3) TILE(2) TILE(1)
#include "loops.h"

const struct kernels plain_kernels = KERNELS("plain");
