// Loops over floats in the vectors that the processor has, one table of functions for each kind of processor.
//
// Every table gives the same bits: no result depends on how wide the vectors are. An element of a matrix product is one chain of
// fused multiply-adds over `inner`, in order.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>

// malloc_trim, which Swift's Glibc leaves out.
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

/// Caffe's SGD with the product as the gradient: V' = momentum·V + rate·(gradient + decay·W); W ← W − V', or with Nesterov's
/// momentum W ← W − (V' + momentum·(V' − V)).
struct descent {
  float rate, momentum, decay;
  bool nesterov;
};

/// c = a · b, or c + a · b, of rows × inner and inner × columns.
struct matrix_block {
  long rows, columns, inner;
  /// Element (row, k) is a[row · a_row + k · a_step].
  const float *a;
  long a_row, a_step;
  /// Element (k, column) is b[(column / n) · b_panel + k · b_step + column % n], n being `tile_columns`. The floats of the last vector
  /// of a row are read whole, those beyond `columns` too.
  const float *b;
  long b_panel, b_step;
  float *c;
  long c_row;
  bool accumulate;
  /// Added to every row at the end; null: none.
  const float *bias;
  /// max(0, ·) at the end; what is no number stays so.
  bool relu;
  /// Not null: c are weights, which this changes by the product instead, and `velocity` has the same rows.
  const struct descent *descent;
  float *velocity;
};

/// The pixels that a pooling window looks at.
struct pool_window {
  long top, left, height, width;
  /// Floats from one row of the plane to the next; the side of the uncut window.
  long row, kernel;
  /// The place of the first pixel in the uncut window.
  float first_place;
};

/// The windows that hold a pixel: theirs is `first_place`, and less by `down` or `across` in each further one.
struct chosen_windows {
  long height, width;
  /// Floats from one row of windows to the next.
  long row;
  long down, across;
  float first_place;
};

/// Local response normalisation with β = ¾: scale = k + share · Σ x² over `size` channels; `factor` is 2αβ/n.
struct response {
  long size;
  float k, share, factor;
};

struct normalised_rows {
  long count, columns;
  const float *mean, *factor, *shift, *slope;
  bool relu;
};

/// Squares of Winograd's transforms: from pointers to the channels of each number, row by row, to such pointers.
enum winograd_transform {
  winograd_input,
  winograd_input_first,
  winograd_input_second,
  winograd_four_outputs,
  winograd_two_outputs,
  winograd_four_gradients_first,
  winograd_four_gradients_second,
  winograd_two_gradients_first,
  winograd_two_gradients_second,
  winograd_kernel_of_three,
  winograd_kernel_of_five,
  winograd_kernel_gradient_of_three,
  winograd_kernel_gradient_of_five,
  winograd_transforms,
};

/// Channels are a multiple of four. Only outputs get a bias (or null) and max(0, ·).
typedef void winograd_map(const float *const *in, float *const *out, long channels, const float *bias, bool relu);

struct kernels {
  /// `avx512`, `avx2`, `plain`.
  const char *name;
  /// The size of the tile that is kept in registers.
  long tile_rows, tile_columns;
  void (*multiply)(const struct matrix_block *block);
  winograd_map *winograd[winograd_transforms];

  /// Copies `count` runs of floats, from and to places that lie a step apart.
  void (*copy_runs)(const float *source, long source_step, float *target, long target_step, long run, long count);
  /// y = max(0, x).
  void (*relu)(const float *x, float *y, long count);
  /// gradient ← gradient where y > 0, else 0.
  void (*relu_gradient)(const float *y, float *gradient, long count);
  /// target ← target + source, then max(0, ·) if `relu`.
  void (*add)(const float *source, float *target, long count, bool relu);
  /// sums[column] += Σ over rows in order.
  void (*add_rows)(const float *rows, long count, long columns, float *sums);

  /// products[row] = Σ x · rows[row], in sixteen interleaved chains that are added in pairs.
  void (*dot_rows)(const float *x, const float *rows, long count, long width, float *products);

  void (*max_of_window)(
      const float *plane, const struct pool_window *window, long channels, float *largest, float *choices);
  void (*gradient_of_chosen)(
      const float *choices, const float *gradients, const struct chosen_windows *windows, long channels, float *target);

  /// Whether a box (x1, y1, x2, y2, area) has an intersection over union above `threshold` with any of `count`, whose numbers of
  /// each kind lie `row` floats behind those of the one before.
  bool (*overlaps)(const float *boxes, long row, long count, const float *box, float threshold);

  /// `squares` and `ratios` have `size` / 2 zeros before and behind the channels.
  void (*response)(const struct response *response, const float *x, float *y, long pixels, long channels, float *squares);
  void (*response_gradient)(
      const struct response *response, const float *x, const float *dy, float *dx, long pixels, long channels, float *squares,
      float *ratios, float *direct);

  /// sums[column] += Σ (x − mean)².
  void (*add_squared_differences)(const float *rows, const float *mean, long count, long columns, float *sums);
  /// y = (x − mean) · factor + shift, then max(0, ·) if `relu`.
  void (*normalise)(const struct normalised_rows *rows, const float *x, float *y);
  /// sums += Σ g; products += Σ g · (x − mean).
  void (*add_normalised_gradients)(
      const struct normalised_rows *rows, const float *x, const float *g, float *sums, float *products);
  /// target = (g − shift − (x − mean) · slope) · factor.
  void (*normalised_gradient)(const struct normalised_rows *rows, const float *x, const float *g, float *target);
};

static inline winograd_map *winograd_map_of(const struct kernels *kernels, enum winograd_transform transform) {
  return kernels->winograd[transform];
}

/// packed[k · packed_row + column] = b[k · b_row + column].
void pack_rows(const float *b, long b_row, long inner, long columns, float *packed, long packed_row);

/// packed[k · packed_row + column] = b[column · b_column + k].
void pack_columns(const float *b, long b_column, long inner, long columns, float *packed, long packed_row);

/// Those that this processor can run, the fastest first; null at the end.
const struct kernels *const *kernels_of_processor(void);

/// Fills `numbers` with the processors below `most` that this process may run on; how many they are, 0: not known.
int processors_of_process(int *numbers, int most);

/// Whether the processor has fused multiply-add: without it `plain` is slow, as every one is a call.
bool processor_has_fused_multiply_add(void);
#endif
