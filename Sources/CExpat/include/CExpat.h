// Expat: the XML parser that annotations are read with.
#ifndef CEXPAT_H
#define CEXPAT_H
#include <expat.h>
#endif
