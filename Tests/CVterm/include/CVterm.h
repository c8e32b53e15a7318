// libvterm: the terminal that the tests hold the program's output against.
#ifndef CVTERM_H
#define CVTERM_H
#include <vterm.h>
#endif
