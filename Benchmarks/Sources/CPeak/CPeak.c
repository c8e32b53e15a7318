#include "CPeak.h"

#if defined(__x86_64__)
#include <immintrin.h>

static volatile float sink;

// Ten accumulators hide the latency of four cycles on two ports.
#define ROUNDS(TYPE, FMA, SET, LANES)                                              \
  TYPE a[10], x = SET(0.999f), y = SET(0.001f);                                    \
  for (int i = 0; i < 10; i++) a[i] = SET((float)i);                               \
  for (long round = 0; round < rounds; round++) {                                  \
    _Pragma("clang loop unroll(full)") for (int i = 0; i < 10; i++) {              \
      a[i] = FMA(a[i], x, y);                                                      \
      __asm__ volatile("" : "+v"(a[i]));                                           \
    }                                                                              \
  }                                                                                \
  for (int i = 0; i < 10; i++) sink = ((float *)&a[i])[0];                         \
  return 2.0 * 10 * LANES * (double)rounds;

__attribute__((target("avx512f"))) static double wide(long rounds) {
  ROUNDS(__m512, _mm512_fmadd_ps, _mm512_set1_ps, 16)
}

__attribute__((target("avx2,fma"))) static double narrow(long rounds) {
  ROUNDS(__m256, _mm256_fmadd_ps, _mm256_set1_ps, 8)
}

double cpeak_multiply_add(long rounds, bool is_wide) {
  if (is_wide && __builtin_cpu_supports("avx512f")) return wide(rounds);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return narrow(rounds);
  return 0;
}
#else
double cpeak_multiply_add(long rounds, bool is_wide) { return 0; }
#endif
