// The matrix product, for the vectors and the tile of the file that includes it.

/// What becomes of the sums of `vectors` × LANES columns of a row.
INLINE vector finished(const struct matrix_block *block, vector sum, const float *c, const float *bias) {
  if (block->accumulate) sum = load(c) + sum;
  if (bias) sum = sum + load(bias);
  if (block->relu) sum = sum <= 0 ? (vector)0 : sum;
  return sum;
}

INLINE void descend(const struct descent *rule, vector gradient, float *weights, float *velocity) {
  const vector w = load(weights), v = load(velocity);
  const vector step = rule->momentum * v + rule->rate * (gradient + rule->decay * w);
  store(weights, w - (rule->nesterov ? step + rule->momentum * (step - v) : step));
  store(velocity, step);
}

/// The first `count` of a vector of sums, by the same operations on copies of what there is.
static __attribute__((noinline)) void finish_part(const struct matrix_block *block, const float *sums, long row, long column, long count) {
  float *c = block->c + row * block->c_row + column;
  float *velocity = block->descent ? block->velocity + row * block->c_row + column : 0;
  float part[LANES] = {0}, part_velocity[LANES] = {0}, part_bias[LANES] = {0};
  for (long i = 0; i < count; i++) {
    if (block->accumulate || block->descent) part[i] = c[i];
    if (velocity) part_velocity[i] = velocity[i];
    if (block->bias) part_bias[i] = block->bias[column + i];
  }
  if (block->descent) {
    descend(block->descent, load(sums), part, part_velocity);
  } else {
    store(part, finished(block, load(sums), part, block->bias ? part_bias : 0));
  }
  for (long i = 0; i < count; i++) {
    c[i] = part[i];
    if (velocity) velocity[i] = part_velocity[i];
  }
}

/// Puts the sums of a tile to where they belong.
INLINE void finish(
    const struct matrix_block *block, const int rows, const int vectors, const vector (*sums)[VECTORS], long row, long column) {
  float *const c = block->c + row * block->c_row + column;
  const long c_row = block->c_row, left = block->columns - column;
#define EACH_VECTOR UNROLLED for (int r = 0; r < rows; r++) UNROLLED for (int v = 0; v < vectors; v++)
  if (left < vectors * LANES) {
    float parts[TILE_ROWS][VECTORS * LANES];
    EACH_VECTOR store(parts[r] + v * LANES, sums[r][v]);
    for (int r = 0; r < rows; r++) {
      for (long first = 0; first < left; first += LANES) {
        finish_part(block, parts[r] + first, row + r, column + first, left - first < LANES ? left - first : LANES);
      }
    }
  } else if (block->descent) {
    float *const velocity = block->velocity + row * c_row + column;
    EACH_VECTOR descend(block->descent, sums[r][v], c + r * c_row + v * LANES, velocity + r * c_row + v * LANES);
  } else if (block->bias || block->relu) {
    const float *const bias = block->bias ? block->bias + column : 0;
    EACH_VECTOR {
      float *const place = c + r * c_row + v * LANES;
      store(place, finished(block, sums[r][v], place, bias ? bias + v * LANES : 0));
    }
  } else if (block->accumulate) {
    EACH_VECTOR store(c + r * c_row + v * LANES, load(c + r * c_row + v * LANES) + sums[r][v]);
  } else {
    EACH_VECTOR store(c + r * c_row + v * LANES, sums[r][v]);
  }
}

/// The tile of `rows` × (vectors · LANES) at `row`, `column`, its sums in registers.
INLINE void tile(const struct matrix_block *block, const int rows, const int vectors, long row, long column) {
  const float *b = block->b + column / (VECTORS * LANES) * block->b_panel;
  const long a_row = block->a_row, a_step = block->a_step, b_step = block->b_step;
  // Rows in threes, a pointer for each three: the compiler would else find the address of every row from that of the row before, and
  // those additions take longer than the products.
  const float *a[(TILE_ROWS + 2) / 3];
  UNROLLED for (int g = 0; g < (rows + 2) / 3; g++) a[g] = block->a + (row + 3 * g) * a_row;
  // What is read and written at the end is on its way to the cache meanwhile.
  UNROLLED for (int r = 0; r < rows; r++) {
    UNROLLED for (int line = 0; line < vectors * LANES; line += 16) {
      __builtin_prefetch(block->c + (row + r) * block->c_row + column + line, 1, 3);
      if (block->descent) __builtin_prefetch(block->velocity + (row + r) * block->c_row + column + line, 1, 3);
    }
  }
  vector sums[TILE_ROWS][VECTORS];
  UNROLLED for (int r = 0; r < rows; r++) {
    UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] = 0;
  }
  _Pragma("clang loop unroll_count(2)") for (long k = block->inner; k > 0; k--) {
    UNROLLED for (int g = 0; g < (rows + 2) / 3; g++) __asm__("" : "+r"(a[g]));
    vector right[VECTORS];
    UNROLLED for (int v = 0; v < vectors; v++) right[v] = load(b + v * LANES);
    UNROLLED for (int r = 0; r < rows; r++) {
      const vector left = a[r / 3][r % 3 * a_row];
      UNROLLED for (int v = 0; v < vectors; v++) sums[r][v] = __builtin_elementwise_fma(left, right[v], sums[r][v]);
    }
    UNROLLED for (int g = 0; g < (rows + 2) / 3; g++) a[g] += a_step;
    b += b_step;
  }
  finish(block, rows, vectors, sums, row, column);
}

#define TILE(height)                                    \
  case height:                                          \
    if (columns > VECTORS / 2 * LANES) {                \
      tile(block, height, VECTORS, row, column);        \
    } else {                                            \
      tile(block, height, VECTORS / 2, row, column);    \
    }                                                   \
    break;

/// Floats of `b` that are gone through for all rows before the next: they stay in the second cache meanwhile, and the rows of a tile in
/// the first.
#define CACHED_FLOATS (72 << 10)

static void multiply(const struct matrix_block *block) {
  const long width = VECTORS * LANES;
  const long wanted = CACHED_FLOATS / (block->inner > 0 ? block->inner : 1) / width * width;
  const long columns_of_pass = wanted > width ? wanted : width;
  // Tiles of nearly equal height: a last one of few rows would leave most of the processor idle.
  const long panels = (block->rows + TILE_ROWS - 1) / TILE_ROWS;
  for (long pass = 0; pass < block->columns; pass += columns_of_pass) {
    const long end = pass + columns_of_pass < block->columns ? pass + columns_of_pass : block->columns;
    for (long panel = 0; panel < panels; panel++) {
      const long row = panel * block->rows / panels, next = (panel + 1) * block->rows / panels;
      for (long column = pass; column < end; column += width) {
        const long columns = block->columns - column;
        switch (next - row) { TILES }
      }
    }
  }
}
