// Stops with a clear message, before main, where this build needs instructions that the processor lacks.
#ifndef CPROCESSOR_H
#define CPROCESSOR_H

/// The instruction set this build needs: "x86-64-v3", or "portable".
const char *processor_build(void);

#endif
