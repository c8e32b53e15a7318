// OpenBLAS: single-precision matrix products.
#ifndef COPENBLAS_H
#define COPENBLAS_H
#include <cblas.h>
#endif
