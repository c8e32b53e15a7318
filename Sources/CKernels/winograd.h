// Winograd's minimal filtering (Lavin and Gray 2016, arXiv:1509.09308) through the six points 0, 1, −1, 2, −2, ∞. Each transform maps a
// square of numbers, by columns, then rows; each number is a vector of channels. Constants are products of those of the one-dimensional
// maps below, which are named after what they make.

#define QUARTER (1.0f / 4)
#define THIRD (1.0f / 3)
#define TWO_THIRDS (2.0f / 3)
#define SIXTH (1.0f / 6)
#define TWELFTH (1.0f / 12)
#define TWENTY_FOURTH (1.0f / 24)

// Bᵀ: a tile of the input.
#define INPUT(a, b, V)                                         \
  {                                                            \
    const V even = a[4] - 4 * a[2], odd = a[3] - 4 * a[1];     \
    const V far = a[4] - a[2], wide = 2 * (a[3] - a[1]);       \
    b[0] = 4 * (a[0] - a[2]) + (a[4] - a[2]);                  \
    b[1] = even + odd;                                         \
    b[2] = even - odd;                                         \
    b[3] = far + wide;                                         \
    b[4] = far - wide;                                         \
    b[5] = 4 * (a[1] - a[3]) + (a[5] - a[3]);                  \
  }

// Aᵀ for four outputs.
#define FOUR_OUTPUTS(a, b, V)                                                      \
  {                                                                                \
    const V ones = a[1] + a[2], ones_odd = a[1] - a[2];                            \
    const V twos = a[3] + a[4], twos_odd = a[3] - a[4];                            \
    b[0] = a[0] + ones + twos;                                                     \
    b[1] = ones_odd + 2 * twos_odd;                                                \
    b[2] = ones + 4 * twos;                                                        \
    b[3] = ones_odd + 8 * twos_odd + a[5];                                         \
  }

// A, its transpose: four gradients of outputs.
#define FOUR_GRADIENTS(a, b, V)                                                    \
  {                                                                                \
    const V even = a[0] + a[2], odd = a[1] + a[3];                                 \
    const V even_two = a[0] + 4 * a[2], odd_two = 2 * a[1] + 8 * a[3];             \
    b[0] = a[0];                                                                   \
    b[1] = even + odd;                                                             \
    b[2] = even - odd;                                                             \
    b[3] = even_two + odd_two;                                                     \
    b[4] = even_two - odd_two;                                                     \
    b[5] = a[3];                                                                   \
  }

// Aᵀ for two outputs.
#define TWO_OUTPUTS(a, b, V)                                                       \
  {                                                                                \
    b[0] = a[0] + (a[1] + a[2]) + (a[3] + a[4]);                                   \
    b[1] = (a[1] - a[2]) + 2 * (a[3] - a[4]) + a[5];                               \
  }

// A, its transpose.
#define TWO_GRADIENTS(a, b, V)                                                     \
  {                                                                                \
    b[0] = a[0];                                                                   \
    b[1] = a[0] + a[1];                                                            \
    b[2] = a[0] - a[1];                                                            \
    b[3] = a[0] + 2 * a[1];                                                        \
    b[4] = a[0] - 2 * a[1];                                                        \
    b[5] = a[1];                                                                   \
  }

// G for a kernel of three.
#define KERNEL_OF_THREE(a, b, V)                                                                 \
  {                                                                                              \
    const V ones = (a[0] + a[2]) * -SIXTH, twos = a[0] * TWENTY_FOURTH + a[2] * SIXTH;           \
    b[0] = a[0] * QUARTER;                                                                       \
    b[1] = ones - a[1] * SIXTH;                                                                  \
    b[2] = ones + a[1] * SIXTH;                                                                  \
    b[3] = twos + a[1] * TWELFTH;                                                                \
    b[4] = twos - a[1] * TWELFTH;                                                                \
    b[5] = a[2];                                                                                 \
  }

// Gᵀ, its transpose.
#define KERNEL_GRADIENT_OF_THREE(a, b, V)                                                        \
  {                                                                                              \
    const V ones = (a[1] + a[2]) * -SIXTH, twos = a[3] + a[4];                                   \
    b[0] = a[0] * QUARTER + ones + twos * TWENTY_FOURTH;                                         \
    b[1] = (a[2] - a[1]) * SIXTH + (a[3] - a[4]) * TWELFTH;                                      \
    b[2] = ones + twos * SIXTH + a[5];                                                           \
  }

// G for a kernel of five.
#define KERNEL_OF_FIVE(a, b, V)                                                                  \
  {                                                                                              \
    const V even = (a[0] + a[2] + a[4]) * -SIXTH, odd = (a[1] + a[3]) * SIXTH;                   \
    const V even_two = a[0] * TWENTY_FOURTH + a[2] * SIXTH + a[4] * TWO_THIRDS;                  \
    const V odd_two = a[1] * TWELFTH + a[3] * THIRD;                                             \
    b[0] = a[0] * QUARTER;                                                                       \
    b[1] = even - odd;                                                                           \
    b[2] = even + odd;                                                                           \
    b[3] = even_two + odd_two;                                                                   \
    b[4] = even_two - odd_two;                                                                   \
    b[5] = a[4];                                                                                 \
  }

// Gᵀ, its transpose.
#define KERNEL_GRADIENT_OF_FIVE(a, b, V)                                                         \
  {                                                                                              \
    const V ones = (a[1] + a[2]) * -SIXTH, ones_odd = (a[2] - a[1]) * SIXTH;                     \
    const V twos = a[3] + a[4], twos_odd = a[3] - a[4];                                          \
    b[0] = a[0] * QUARTER + ones + twos * TWENTY_FOURTH;                                         \
    b[1] = ones_odd + twos_odd * TWELFTH;                                                        \
    b[2] = ones + twos * SIXTH;                                                                  \
    b[3] = ones_odd + twos_odd * THIRD;                                                          \
    b[4] = ones + twos * TWO_THIRDS + a[5];                                                      \
  }

typedef float quartet __attribute__((ext_vector_type(4), aligned(4)));

// The rows `first` to `last` of the square of `outputs` × `outputs` that comes from one of `inputs` × `inputs`, for the channels
// from `channel` on. END is what is done to a value before it is stored.
#define SQUARE(V, MAP, inputs, outputs, first, last, END)                                                                  \
  {                                                                                                                        \
    V between[last][inputs], a[6], b[6];                                                                                   \
    UNROLLED for (int column = 0; column < inputs; column++) {                                                             \
      UNROLLED for (int row = 0; row < inputs; row++) a[row] = *(const V *)(in[row * inputs + column] + channel);          \
      MAP(a, b, V)                                                                                                         \
      UNROLLED for (int row = first; row < last; row++) between[row][column] = b[row];                                     \
    }                                                                                                                      \
    UNROLLED for (int row = first; row < last; row++) {                                                                    \
      MAP(between[row], b, V)                                                                                              \
      UNROLLED for (int column = 0; column < outputs; column++) {                                                          \
        V value = b[column];                                                                                               \
        END(V)                                                                                                             \
        *(V *)(out[row * outputs + column] + channel) = value;                                                             \
      }                                                                                                                    \
    }                                                                                                                      \
  }

#define AS_IT_IS(V)
#define BIAS_AND_RELU(V)                              \
  if (bias) value = value + *(const V *)(bias + channel); \
  if (relu) value = value <= 0 ? (V)0 : value;

#define TRANSFORM(name, MAP, inputs, outputs, first, last, END)                                                            \
  static void name(const float *const *in, float *const *out, long channels, const float *bias, bool relu) {               \
    long channel = 0;                                                                                                      \
    for (; channel + LANES <= channels; channel += LANES) SQUARE(vector, MAP, inputs, outputs, first, last, END)           \
    for (; channel < channels; channel += 4) SQUARE(quartet, MAP, inputs, outputs, first, last, END)                       \
  }

TRANSFORM(input_tile, INPUT, 6, 6, 0, 6, AS_IT_IS)
TRANSFORM(input_tile_first, INPUT, 6, 6, 0, 3, AS_IT_IS)
TRANSFORM(input_tile_second, INPUT, 6, 6, 3, 6, AS_IT_IS)
TRANSFORM(four_outputs, FOUR_OUTPUTS, 6, 4, 0, 4, BIAS_AND_RELU)
TRANSFORM(two_outputs, TWO_OUTPUTS, 6, 2, 0, 2, BIAS_AND_RELU)
TRANSFORM(four_gradients_first, FOUR_GRADIENTS, 4, 6, 0, 3, AS_IT_IS)
TRANSFORM(four_gradients_second, FOUR_GRADIENTS, 4, 6, 3, 6, AS_IT_IS)
TRANSFORM(two_gradients_first, TWO_GRADIENTS, 2, 6, 0, 3, AS_IT_IS)
TRANSFORM(two_gradients_second, TWO_GRADIENTS, 2, 6, 3, 6, AS_IT_IS)
TRANSFORM(kernel_of_three, KERNEL_OF_THREE, 3, 6, 0, 6, AS_IT_IS)
TRANSFORM(kernel_of_five, KERNEL_OF_FIVE, 5, 6, 0, 6, AS_IT_IS)
TRANSFORM(kernel_gradient_of_three, KERNEL_GRADIENT_OF_THREE, 6, 3, 0, 3, AS_IT_IS)
TRANSFORM(kernel_gradient_of_five, KERNEL_GRADIENT_OF_FIVE, 6, 5, 0, 5, AS_IT_IS)
