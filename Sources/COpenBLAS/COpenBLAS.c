#include "COpenBLAS.h"

extern int blas_thread_shutdown_(void) __attribute__((weak));

// A product is computed by the thread that asks for it: parallelFor shares the cores already. OpenBLAS makes threads of its own as soon as it is
// loaded, and they spin for a tenth of a second before they sleep, while a command on two cores has other work for them.
__attribute__((constructor)) static void keep_to_one_thread(void) {
  openblas_set_num_threads(1);
  // Not before: whoever sets a number begins them again. Not every build has threads.
  if (blas_thread_shutdown_) blas_thread_shutdown_();
}
