// A terminal's description in fewer bytes, and with exact colours where it knows only a palette. Internal to this target.
#ifndef CNCURSES_DIRECT_H
#define CNCURSES_DIRECT_H
#include <stdbool.h>
#include <stddef.h>

// A copy of the description of the terminal that setupterm() has loaded, as the value of $TERMINFO, without what the alternate character set
// costs; with `exact`, a colour below 256 is an index into the terminal's palette and any other is 0xRRGGBB. NULL where it has no room for
// that or memory is short; to be freed.
char *direct_description(const char *name, bool exact);
#endif
