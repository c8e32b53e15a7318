// zlib: reading gzip files (IDX datasets), writing the deflate streams of PNG files.
#ifndef CZLIB_H
#define CZLIB_H
#include <zlib.h>
#endif
