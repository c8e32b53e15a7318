// What one core can do at most: fused multiply-adds in registers.
#ifndef CPEAK_H
#define CPEAK_H
#include <stdbool.h>

/// Runs `rounds` rounds of independent fused multiply-adds with AVX2, or if `wide` with AVX-512 where the processor has it; returns
/// how many floating-point operations that were (0 without FMA).
double cpeak_multiply_add(long rounds, bool wide);
#endif
