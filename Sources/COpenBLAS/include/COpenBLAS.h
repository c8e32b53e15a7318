// OpenBLAS, loaded when it is first asked for: what multiplies nothing with it neither loads it nor starts its threads.
#ifndef COPENBLAS_H
#define COPENBLAS_H
#include <stdbool.h>

/// Loads OpenBLAS with the kernels that this processor has, on one thread. True: it is there; the rest may be called only then.
bool openblas_load(void);

/// Why it could not be loaded.
const char *openblas_error(void);

/// The kind of processor that its kernels are for: `Haswell`, `SkylakeX`.
const char *openblas_kernels(void);

/// What it would have chosen by itself; null: the same.
const char *openblas_own_choice(void);

/// The kernels that `chosen` should be, as a value of OPENBLAS_CORETYPE; null: it is as good as any that the processor can run.
const char *openblas_better_kernels(const char *chosen, bool has_avx2, bool has_avx512);

/// target = a · b, or target + a · b; all row-major, b is inner × columns, and a rows × inner after transposition.
void openblas_multiply(
    bool a_transposed, long rows, long columns, long inner, const float *a, long a_row, const float *b, long b_row,
    bool accumulate, float *target, long target_row);
#endif
