// Counts what the calling thread allocates, by standing in front of the C library's allocator.
#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H
/// Calls of malloc, calloc, realloc and their aligned kin by this thread so far.
long callocations_of_this_thread(void);
#endif
