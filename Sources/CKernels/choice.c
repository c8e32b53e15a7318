#include "tables.h"

static const struct kernels *found[4];

bool processor_has_fused_multiply_add(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return true;
#endif
}

// Before anything can ask, and by one thread.
__attribute__((constructor)) static void find(void) {
  int count = 0;
#if defined(__x86_64__)
  if (processor_has_fused_multiply_add()) {
    if (__builtin_cpu_supports("avx512f")) found[count++] = &avx512_kernels;
    found[count++] = &avx2_kernels;
  }
#endif
  found[count++] = &plain_kernels;
}

const struct kernels *const *kernels_of_processor(void) { return found; }
