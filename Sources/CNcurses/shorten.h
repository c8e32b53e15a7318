// Colours and attributes in fewer bytes than ncurses sends them in. Internal to this target.
#ifndef CNCURSES_SHORTEN_H
#define CNCURSES_SHORTEN_H
#include <stdbool.h>
#include <stddef.h>

// Before the first frame. `knows_defaults`: whether the terminal takes 39 and 49 for its own colours.
void shorten_begin(bool knows_defaults);

// Nobody knows any more which colours and attributes the terminal is left with.
void shorten_anew(void);

// A frame that looks the same: what changes colours and attributes goes out once, in one sequence, when something is to be drawn with it, and holds only
// what differs. It lies where the next call overwrites it.
const unsigned char *shorten(const unsigned char *bytes, size_t count, size_t *shorter);
#endif
