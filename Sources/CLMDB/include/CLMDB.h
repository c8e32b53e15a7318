// LMDB: the memory-mapped key-value store in which Caffe keeps image sets.
#ifndef CLMDB_H
#define CLMDB_H
#include <lmdb.h>
#endif
