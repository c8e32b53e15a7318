// All loops, for the vectors of the file that includes this: it says LANES (floats of a vector), VECTORS and TILE_ROWS (of the tile of a
// product whose sums fill the registers) and TILES.
#include "tables.h"

// Products and sums are fused where this says so, and nowhere else.
#pragma clang fp contract(off)

#define INLINE static inline __attribute__((always_inline))
#define UNROLLED _Pragma("clang loop unroll(full)")

typedef float vector __attribute__((ext_vector_type(LANES), aligned(4)));

INLINE vector load(const float *place) { return *(const vector *)place; }
INLINE void store(float *place, vector value) { *(vector *)place = value; }

#include "product.h"
#include "rows.h"
#include "winograd.h"

#define KERNELS(title)                                                                                                    \
  {                                                                                                                       \
    .name = title, .tile_rows = TILE_ROWS, .tile_columns = VECTORS * LANES, .multiply = multiply,                         \
    .winograd =                                                                                                           \
        {                                                                                                                 \
            [winograd_input] = input_tile,                                                                                \
            [winograd_input_first] = input_tile_first,                                                                    \
            [winograd_input_second] = input_tile_second,                                                                  \
            [winograd_four_outputs] = four_outputs,                                                                       \
            [winograd_two_outputs] = two_outputs,                                                                         \
            [winograd_four_gradients_first] = four_gradients_first,                                                       \
            [winograd_four_gradients_second] = four_gradients_second,                                                     \
            [winograd_two_gradients_first] = two_gradients_first,                                                         \
            [winograd_two_gradients_second] = two_gradients_second,                                                       \
            [winograd_kernel_of_three] = kernel_of_three,                                                                 \
            [winograd_kernel_of_five] = kernel_of_five,                                                                   \
            [winograd_kernel_gradient_of_three] = kernel_gradient_of_three,                                               \
            [winograd_kernel_gradient_of_five] = kernel_gradient_of_five,                                                 \
        },                                                                                                                \
    .copy_runs = copy_runs, .relu = relu, .relu_gradient = relu_gradient, .add = add, .add_rows = add_rows, .dot_rows = dot_rows, .max_of_window = max_of_window,       \
    .gradient_of_chosen = gradient_of_chosen, .overlaps = overlaps, .response = response, .response_gradient = response_gradient,               \
    .add_squared_differences = add_squared_differences, .normalise = normalise,                                           \
    .add_normalised_gradients = add_normalised_gradients, .normalised_gradient = normalised_gradient,                     \
  }
