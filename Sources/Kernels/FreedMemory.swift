import CKernels

/// Gives memory that was freed in small pieces back to the system: after work that needed much of it once.
package func giveBackFreedMemory() { malloc_trim(0) }
