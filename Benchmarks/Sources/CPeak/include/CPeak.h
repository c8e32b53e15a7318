// What one core can do at most: fused multiply-adds in registers.
#ifndef CPEAK_H
#define CPEAK_H
/// Runs `rounds` rounds of independent fused multiply-adds with the widest vectors of this processor; returns how
/// many floating-point operations that were (0 without FMA).
double cpeak_multiply_add(long rounds);
#endif
