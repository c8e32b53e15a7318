#include "CProcessor.h"

#include <unistd.h>

#if defined(__x86_64__) && defined(__AVX2__)

const char *processor_build(void) { return "x86-64-v3"; }

// A constructor runs before any Swift code of the executable could meet an illegal instruction.
__attribute__((constructor)) static void refuse_older_processors(void) {
  static const char message[] =
      "imagenet-tui: this build needs a processor with AVX2 and FMA, this one has not both; "
      "build it again with `make PORTABLE=1 run`\n";
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return;
  if (write(STDERR_FILENO, message, sizeof message - 1) < 0) _exit(2);
  _exit(1);
}

#else

const char *processor_build(void) { return "portable"; }

#endif
