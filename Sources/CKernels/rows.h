// Loops over the channels of pixels: pooling, normalisation, sums.

// Runs `vectors` for every LANES of `count` and `singles` for the rest; both see `i`.
#define EACH(count, vectors, singles)                 \
  {                                                   \
    long i = 0;                                       \
    for (; i + LANES <= (count); i += LANES) vectors  \
    for (; i < (count); i++) singles                  \
  }

static void copy_runs(const float *source, long source_step, float *target, long target_step, long run, long count) {
  for (; count > 0; count--, source += source_step, target += target_step) {
    if (run >= LANES) {
      long i = 0;
      for (; i + LANES <= run; i += LANES) store(target + i, load(source + i));
      // The rest together with a few that were copied already.
      if (i < run) store(target + run - LANES, load(source + run - LANES));
    } else {
      for (long i = 0; i < run; i++) target[i] = source[i];
    }
  }
}

static void relu(const float *x, float *y, long count) {
  EACH(count, { const vector value = load(x + i); store(y + i, value > 0 ? value : (vector)0); }, { y[i] = x[i] > 0 ? x[i] : 0; })
}

static void relu_gradient(const float *y, float *gradient, long count) {
  EACH(
      count, { store(gradient + i, load(y + i) > 0 ? load(gradient + i) : (vector)0); },
      { gradient[i] = y[i] > 0 ? gradient[i] : 0; })
}

static void add(const float *source, float *target, long count, bool relu) {
  if (relu) {
    EACH(
        count, { const vector sum = load(target + i) + load(source + i); store(target + i, sum <= 0 ? (vector)0 : sum); },
        { const float sum = target[i] + source[i]; target[i] = sum <= 0 ? 0 : sum; })
  } else {
    EACH(count, { store(target + i, load(target + i) + load(source + i)); }, { target[i] = target[i] + source[i]; })
  }
}

static void max_of_window(
    const float *plane, const struct pool_window *window, long channels, float *largest, float *choices) {
  const float *const first = plane + window->top * window->row + window->left * channels;
#define LARGEST(V, LOAD, STORE)                                                                          \
  {                                                                                                      \
    V most = LOAD(first + i), place = (V)window->first_place;                                            \
    for (long y = 0; y < window->height; y++) {                                                          \
      for (long x = 0; x < window->width; x++) {                                                         \
        const V value = LOAD(first + y * window->row + x * channels + i);                                \
        const V here = (V)(window->first_place + (float)(y * window->kernel + x));                       \
        place = value > most ? here : place;                                                             \
        most = value > most ? value : most;                                                              \
      }                                                                                                  \
    }                                                                                                    \
    STORE(largest + i, most);                                                                            \
    if (choices) STORE(choices + i, place);                                                              \
  }
#define LOAD_ONE(place) (*(place))
#define STORE_ONE(place, value) (*(place) = (value))
  EACH(channels, LARGEST(vector, load, store), LARGEST(float, LOAD_ONE, STORE_ONE))
}

static void gradient_of_chosen(
    const float *choices, const float *gradients, const struct chosen_windows *windows, long channels, float *target) {
#define CHOSEN(V, LOAD, STORE)                                                                           \
  {                                                                                                      \
    V sum = (V)0;                                                                                        \
    for (long y = 0; y < windows->height; y++) {                                                         \
      for (long x = 0; x < windows->width; x++) {                                                        \
        const long at = y * windows->row + x * channels + i;                                             \
        const V here = (V)(windows->first_place - (float)(y * windows->down + x * windows->across));     \
        sum = sum + (LOAD(choices + at) == here ? LOAD(gradients + at) : (V)0);                          \
      }                                                                                                  \
    }                                                                                                    \
    STORE(target + i, sum);                                                                              \
  }
  EACH(channels, CHOSEN(vector, load, store), CHOSEN(float, LOAD_ONE, STORE_ONE))
}

static bool overlaps(const float *boxes, long row, long count, const float *box, float threshold) {
  const float *const x1 = boxes, *const y1 = x1 + row, *const x2 = y1 + row, *const y2 = x2 + row, *const area = y2 + row;
  // Looked at now and then: most boxes that are covered are so by one of the first.
  for (long first = 0; first < count; first += 64) {
    const long end = first + 64 < count ? first + 64 : count;
    int __attribute__((ext_vector_type(LANES))) hits = 0;
    bool hit = false;
#define SHARED(V, LOAD)                                                                                          \
  const V across = __builtin_elementwise_min(LOAD(x2 + i), (V)box[2]) - __builtin_elementwise_max(LOAD(x1 + i), (V)box[0]) + 1.0f; \
  const V down = __builtin_elementwise_min(LOAD(y2 + i), (V)box[3]) - __builtin_elementwise_max(LOAD(y1 + i), (V)box[1]) + 1.0f;   \
  const V shared = (across > 0 ? across : (V)0) * (down > 0 ? down : (V)0);
    long i = first;
    for (; i + LANES <= end; i += LANES) {
      SHARED(vector, load)
      hits |= shared / (load(area + i) + box[4] - shared) > threshold;
    }
    for (; i < end; i++) {
      SHARED(float, LOAD_ONE)
      hit |= shared / (area[i] + box[4] - shared) > threshold;
    }
    if (hit || __builtin_reduce_or(hits)) return true;
  }
  return false;
}

// x^−¾ as the cube of r = x^−¼, which Newton's iteration on r^−4 = x finds without a root or a division: r ← r · (5 − x·r⁴) / 4. Halving
// the exponent twice in the bits of x gives a start within 3.2 %, and three steps, each squaring the error, reach the precision of float.
// For x > 0.
#define INVERSE_THREE_QUARTERS(V, BITS)                                       \
  INLINE V V##_inverse_three_quarters(V x) {                                  \
    union { V value; BITS bits; } r = {.value = x};                           \
    r.bits = 0x4F584000 - (r.bits >> 2);                                      \
    UNROLLED for (int step = 0; step < 3; step++) {                           \
      const V square = r.value * r.value;                                     \
      r.value = r.value * (1.25f - 0.25f * (x * (square * square)));          \
    }                                                                         \
    return r.value * r.value * r.value;                                       \
  }
typedef unsigned vector_bits __attribute__((ext_vector_type(LANES)));
INVERSE_THREE_QUARTERS(vector, vector_bits)
INVERSE_THREE_QUARTERS(float, unsigned)

// The sum of the `size` values around place i, which lie between zeros.
#define WINDOW_SUM(V, LOAD, values)                                                                        \
  V sum = LOAD((values) + i - response->size / 2);                                                         \
  for (long offset = 1; offset < response->size; offset++) sum = sum + LOAD((values) + i - response->size / 2 + offset);

static void response(const struct response *response, const float *x, float *y, long pixels, long channels, float *squares) {
  for (long pixel = 0; pixel < pixels; pixel++, x += channels, y += channels) {
    EACH(channels, { const vector value = load(x + i); store(squares + i, value * value); }, { squares[i] = x[i] * x[i]; })
    EACH(
        channels,
        {
          WINDOW_SUM(vector, load, squares)
          store(y + i, load(x + i) * vector_inverse_three_quarters(response->k + response->share * sum));
        },
        {
          WINDOW_SUM(float, LOAD_ONE, squares)
          y[i] = x[i] * float_inverse_three_quarters(response->k + response->share * sum);
        })
  }
}

static void response_gradient(
    const struct response *response, const float *x, const float *dy, float *dx, long pixels, long channels, float *squares,
    float *ratios, float *direct) {
  for (long pixel = 0; pixel < pixels; pixel++, x += channels, dy += channels, dx += channels) {
    EACH(channels, { const vector value = load(x + i); store(squares + i, value * value); }, { squares[i] = x[i] * x[i]; })
    EACH(
        channels,
        {
          WINDOW_SUM(vector, load, squares)
          const vector scale = response->k + response->share * sum;
          const vector share = load(dy + i) * vector_inverse_three_quarters(scale);
          store(direct + i, share);
          store(ratios + i, share * load(x + i) / scale);
        },
        {
          WINDOW_SUM(float, LOAD_ONE, squares)
          const float scale = response->k + response->share * sum;
          direct[i] = dy[i] * float_inverse_three_quarters(scale);
          ratios[i] = direct[i] * x[i] / scale;
        })
    EACH(
        channels,
        {
          WINDOW_SUM(vector, load, ratios)
          store(dx + i, load(direct + i) - response->factor * load(x + i) * sum);
        },
        {
          WINDOW_SUM(float, LOAD_ONE, ratios)
          dx[i] = direct[i] - response->factor * x[i] * sum;
        })
  }
}

static void add_rows(const float *rows, long count, long columns, float *sums) {
  for (long row = 0; row < count; row++) add(rows + row * columns, sums, columns, false);
}

static void add_squared_differences(const float *rows, const float *mean, long count, long columns, float *sums) {
  for (long row = 0; row < count; row++) {
    const float *const x = rows + row * columns;
    EACH(
        columns,
        {
          const vector difference = load(x + i) - load(mean + i);
          store(sums + i, load(sums + i) + difference * difference);
        },
        {
          const float difference = x[i] - mean[i];
          sums[i] = sums[i] + difference * difference;
        })
  }
}

static void normalise(const struct normalised_rows *rows, const float *x, float *y) {
  const float *const mean = rows->mean, *const factor = rows->factor, *const shift = rows->shift;
  for (long row = 0; row < rows->count; row++, x += rows->columns, y += rows->columns) {
    EACH(
        rows->columns,
        {
          const vector value = (load(x + i) - load(mean + i)) * load(factor + i) + load(shift + i);
          store(y + i, rows->relu ? (value <= 0 ? (vector)0 : value) : value);
        },
        {
          const float value = (x[i] - mean[i]) * factor[i] + shift[i];
          y[i] = rows->relu && value <= 0 ? 0 : value;
        })
  }
}

static void add_normalised_gradients(const struct normalised_rows *rows, const float *x, const float *g, float *sums, float *products) {
  const float *const mean = rows->mean;
  for (long row = 0; row < rows->count; row++, x += rows->columns, g += rows->columns) {
    EACH(
        rows->columns,
        {
          const vector gradient = load(g + i);
          store(sums + i, load(sums + i) + gradient);
          store(products + i, load(products + i) + gradient * (load(x + i) - load(mean + i)));
        },
        {
          sums[i] = sums[i] + g[i];
          products[i] = products[i] + g[i] * (x[i] - mean[i]);
        })
  }
}

static void normalised_gradient(const struct normalised_rows *rows, const float *x, const float *g, float *target) {
  const float *const mean = rows->mean, *const factor = rows->factor, *const shift = rows->shift, *const slope = rows->slope;
  for (long row = 0; row < rows->count; row++, x += rows->columns, g += rows->columns, target += rows->columns) {
    EACH(
        rows->columns,
        {
          const vector centred = load(x + i) - load(mean + i);
          store(target + i, (load(g + i) - load(shift + i) - centred * load(slope + i)) * load(factor + i));
        },
        { target[i] = (g[i] - shift[i] - (x[i] - mean[i]) * slope[i]) * factor[i]; })
  }
}

// Sixteen lanes whatever the width of the vectors.
typedef float sixteen __attribute__((ext_vector_type(16), aligned(4)));

INLINE float sum_of_sixteen(const sixteen *x) {
  typedef float eight __attribute__((ext_vector_type(8)));
  typedef float four __attribute__((ext_vector_type(4)));
  typedef float two __attribute__((ext_vector_type(2)));
  const eight a = x->lo + x->hi;
  const four b = a.lo + a.hi;
  const two c = b.lo + b.hi;
  return c.x + c.y;
}

static void dot_rows(const float *x, const float *rows, long count, long width, float *products) {
  const long whole = width & ~15L;
  for (long row = 0; row < count; row += 4, rows += 4 * width) {
    sixteen sums[4] = {0, 0, 0, 0};
    const long height = count - row < 4 ? count - row : 4;
    if (height == 4) {
      for (long i = 0; i < whole; i += 16) {
        const sixteen values = *(const sixteen *)(x + i);
        UNROLLED for (int r = 0; r < 4; r++) {
          sums[r] = __builtin_elementwise_fma(values, *(const sixteen *)(rows + r * width + i), sums[r]);
        }
      }
    } else {
      for (long r = 0; r < height; r++) {
        for (long i = 0; i < whole; i += 16) {
          sums[r] = __builtin_elementwise_fma(*(const sixteen *)(x + i), *(const sixteen *)(rows + r * width + i), sums[r]);
        }
      }
    }
    for (long r = 0; r < height; r++) {
      float sum = sum_of_sixteen(&sums[r]);
      for (long i = whole; i < width; i++) sum = __builtin_fmaf(x[i], rows[r * width + i], sum);
      products[row + r] = sum;
    }
  }
}
