// libpng and libjpeg behind functions that return error codes: both libraries leave by longjmp,
// which must not cross Swift frames, so every setjmp stays in CImageCodecs.c.
#ifndef CIMAGECODECS_H
#define CIMAGECODECS_H
#endif
