#ifndef TABLES_H
#define TABLES_H
#include "CKernels.h"

extern const struct kernels avx512_kernels, avx2_kernels, plain_kernels;
#endif
