// OpenBLAS: single-precision matrix products, and the switch for its own threads.
#ifndef COPENBLAS_H
#define COPENBLAS_H
#include <cblas.h>
#endif
