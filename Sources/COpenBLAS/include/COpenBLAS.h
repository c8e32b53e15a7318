// OpenBLAS: single-precision matrix products.
#ifndef COPENBLAS_H
#define COPENBLAS_H
#include <cblas.h>
// malloc_trim, which Swift's Glibc leaves out.
#include <malloc.h>
#endif
