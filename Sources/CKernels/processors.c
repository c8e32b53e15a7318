#define _GNU_SOURCE
#include "CKernels.h"

#include <sched.h>

int processors_of_process(int *numbers, int most) {
  cpu_set_t *set = CPU_ALLOC(most);
  if (!set) return 0;
  const size_t size = CPU_ALLOC_SIZE(most);
  CPU_ZERO_S(size, set);
  int count = 0;
  if (sched_getaffinity(0, size, set) == 0) {
    for (int number = 0; number < most; number++) {
      if (CPU_ISSET_S(number, size, set)) numbers[count++] = number;
    }
  }
  CPU_FREE(set);
  return count;
}
