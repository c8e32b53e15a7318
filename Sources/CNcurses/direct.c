// ncurses sends exact colours only where the description of the terminal carries the flag RGB and has 2^24 colours. Few
// installed descriptions do, though nearly every terminal of today understands the sequences. So the description that is
// installed is copied with these entries changed, and handed to ncurses through the environment: it takes a compiled
// description in hexadecimal as the value of TERMINFO (ncurses(3), "TERMINFO"; the format is in term(5)).
#define _GNU_SOURCE 1
#include "direct.h"

#include <curses.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>

// SGR: 3n, 9n, 38;5;n for the palette, 38;2;r;g;b for the rest.
#define SET_COLOR(normal, bright, extended)                                                                       \
  "\033[%?%p1%{8}%<%t" normal "%p1%d%e%p1%{16}%<%t" bright "%p1%{8}%-%d%e" extended                                \
  ";%?%p1%{256}%<%t5;%p1%d%e2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;%;m"

enum {
  MAGIC = 01036,  // numbers of 32 bits
  COLORS_OF_RGB = 1 << 24,
  PAIRS = 0xFFFF,
  LARGEST = 30000,  // ncurses takes 32768 bytes
};

typedef struct {
  unsigned char bytes[LARGEST];
  size_t count;
  bool is_full;
} buffer;

static void put(buffer *to, const void *bytes, size_t count) {
  if (to->count + count > sizeof to->bytes) {
    to->is_full = true;
    return;
  }
  memcpy(to->bytes + to->count, bytes, count);
  to->count += count;
}

static void put_short(buffer *to, int value) {
  put(to, (unsigned char[]){value & 0xFF, value >> 8 & 0xFF}, 2);
}

static void put_number(buffer *to, int32_t value) {
  uint32_t bits = (uint32_t)value;
  put(to, (unsigned char[]){bits & 0xFF, bits >> 8 & 0xFF, bits >> 16 & 0xFF, bits >> 24}, 4);
}

static void put_padding(buffer *to) {
  if (to->count % 2) put(to, "", 1);
}

static size_t length(NCURSES_CONST char *const *names) {
  size_t count = 0;
  while (names[count]) count++;
  return count;
}

static int number(const char *name, bool exact) {
  if (exact && strcmp(name, "colors") == 0) return COLORS_OF_RGB;
  if (exact && strcmp(name, "pairs") == 0) return PAIRS;
  int value = tigetnum((char *)name);
  return value < 0 ? -1 : value;
}

static const char *string(const char *name, bool exact) {
  if (exact && strcmp(name, "setaf") == 0) return SET_COLOR("3", "9", "38");
  if (exact && strcmp(name, "setab") == 0) return SET_COLOR("4", "10", "48");
  // Sequences for palettes that would be taken in preference.
  if (exact && (strcmp(name, "setf") == 0 || strcmp(name, "setb") == 0 || strcmp(name, "scp") == 0)) return NULL;
  // ncurses has no attribute for struck-through text: it sends these for italics.
  if (strcmp(name, "sitm") == 0) name = "smxx";
  if (strcmp(name, "ritm") == 0) name = "rmxx";
  const char *value = tigetstr((char *)name);
  if (!value || value == (char *)-1) return NULL;
  // Nothing is drawn with the alternate character set, and an end of attributes goes out with nearly every word.
  static const char ascii[] = "\033(B", choice[] = "%?%p9%t\033(0%e\033(B%;";
  if (strcmp(name, "sgr0") == 0 && strncmp(value, ascii, sizeof ascii - 1) == 0) return value + sizeof ascii - 1;
  if (strcmp(name, "sgr") == 0 && strncmp(value, choice, sizeof choice - 1) == 0) return value + sizeof choice - 1;
  return value;
}

static void describe(buffer *out, buffer *offsets, buffer *table, const char *name, bool exact) {
  size_t flags = length(boolnames), numbers = length(numnames), strings = length(strnames);
  for (size_t i = 0; i < strings; i++) {
    const char *value = string(strnames[i], exact);
    put_short(offsets, value ? (int)table->count : -1);
    if (value) put(table, value, strlen(value) + 1);
  }
  put_short(out, MAGIC);
  put_short(out, (int)strlen(name) + 1);
  put_short(out, (int)flags);
  put_short(out, (int)numbers);
  put_short(out, (int)strings);
  put_short(out, (int)table->count);
  put(out, name, strlen(name) + 1);
  for (size_t i = 0; i < flags; i++) put(out, (char[]){tigetflag((char *)boolnames[i]) > 0}, 1);
  put_padding(out);
  for (size_t i = 0; i < numbers; i++) put_number(out, number(numnames[i], exact));
  put(out, offsets->bytes, offsets->count);
  put(out, table->bytes, table->count);
  if (!exact) return;
  // The extended part: one flag, whose name is RGB.
  put_padding(out);
  const int counts[] = {1, 0, 0, 1, sizeof "RGB"};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) put_short(out, counts[i]);
  put(out, (char[]){1, 0}, 2);
  put_short(out, 0);
  put(out, "RGB", sizeof "RGB");
}

char *direct_description(const char *name, bool exact) {
  static const char prefix[] = "hex:";
  buffer *parts = calloc(3, sizeof *parts);
  char *text = NULL;
  if (!parts) return NULL;
  describe(&parts[0], &parts[1], &parts[2], name, exact);
  const buffer *whole = &parts[0];
  if (!whole->is_full && !parts[1].is_full && !parts[2].is_full && (text = malloc(sizeof prefix + 2 * whole->count))) {
    memcpy(text, prefix, sizeof prefix);
    char *at = text + sizeof prefix - 1;
    for (size_t i = 0; i < whole->count; i++) {
      *at++ = "0123456789ABCDEF"[whole->bytes[i] >> 4];
      *at++ = "0123456789ABCDEF"[whole->bytes[i] & 15];
    }
    *at = 0;
  }
  free(parts);
  return text;
}
