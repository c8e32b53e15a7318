#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void sgemm(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);

static sgemm *multiply;
static char kernels[64], own_choice[64], error[256];

const char *openblas_better_kernels(const char *chosen, bool has_avx2, bool has_avx512) {
  static const char *const wide[] = {"SkylakeX", "Cooperlake", "SapphireRapids"};
  static const char *const middle[] = {"Haswell", "Zen", "Excavator"};
  for (int i = 0; i < 3; i++) {
    if (strcmp(chosen, wide[i]) == 0) return NULL;
  }
  if (has_avx512) return "SKYLAKEX";
  for (int i = 0; i < 3; i++) {
    if (strcmp(chosen, middle[i]) == 0) return NULL;
  }
  return has_avx2 ? "HASWELL" : NULL;
}

static const char *choice(void *library) {
  char *(*name)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
  return name ? name() : "unknown";
}

static void load(void) {
  static const char *const names[] = {"libopenblas.so.0", "libopenblas.so"};
  void *library = NULL;
  const char *name = NULL;
  for (int i = 0; i < 2 && !library; i++) {
    name = names[i];
    library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  }
  if (!library) {
    snprintf(error, sizeof error, "%s", dlerror());
    return;
  }
  // It chooses by the model of the processor, and one that is newer than itself gets its oldest kernels.
  __builtin_cpu_init();
#if defined(__x86_64__)
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  const char *better = openblas_better_kernels(choice(library), has_avx2, has_avx512);
#else
  const char *better = NULL;
#endif
  if (better && !getenv("OPENBLAS_CORETYPE")) {
    snprintf(own_choice, sizeof own_choice, "%s", choice(library));
    dlclose(library);
    // It reads the variable while it is loaded; what this program starts is not told.
    setenv("OPENBLAS_CORETYPE", better, 1);
    library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    unsetenv("OPENBLAS_CORETYPE");
    if (!library) {
      snprintf(error, sizeof error, "%s", dlerror());
      return;
    }
  }
  snprintf(kernels, sizeof kernels, "%s", choice(library));
  // A product is computed by the thread that asks for it. OpenBLAS makes threads of its own as soon as it is loaded, and they spin for a
  // tenth of a second before they sleep.
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  if (set_threads) set_threads(1);
  // Not before: whoever sets a number begins them again. Not every build has threads.
  int (*stop_threads)(void) = (int (*)(void))dlsym(library, "blas_thread_shutdown_");
  if (stop_threads) stop_threads();
  multiply = (sgemm *)dlsym(library, "cblas_sgemm");
  if (!multiply) snprintf(error, sizeof error, "%s has no cblas_sgemm", name);
}

bool openblas_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return multiply != NULL;
}

const char *openblas_error(void) { return error; }
const char *openblas_kernels(void) { return kernels; }
const char *openblas_own_choice(void) { return own_choice[0] ? own_choice : NULL; }

void openblas_multiply(
    bool a_transposed, long rows, long columns, long inner, const float *a, long a_row, const float *b, long b_row,
    bool accumulate, float *target, long target_row) {
  enum { row_major = 101, plain = 111, transposed = 112 };
  multiply(
      row_major, a_transposed ? transposed : plain, plain, (int)rows, (int)columns, (int)inner, 1, a,
      (int)a_row, b, (int)b_row, accumulate ? 1 : 0, target, (int)target_row);
}
