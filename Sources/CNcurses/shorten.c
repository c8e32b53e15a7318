// ncurses sends each colour and attribute by a sequence of its own, takes both colours back before it ends everything, and tells a ground again that
// has not changed: a third of what a move of the cursor costs. (ECMA-48, 8.3.117 SGR; 38 and 48 as xterm takes them.)
#include "shorten.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  // Bit n: attribute n of SGR, 1 to 9.
  unsigned attributes;
  // As parameters of SGR; empty: the terminal's own.
  char foreground[20], background[20];
} look;

// What the terminal is left with, and what the next character is to have.
static look shown, wanted;
// Strange: by a sequence that is not understood here, until one makes a fresh start.
static bool is_known, is_strange, knows_defaults;

void shorten_begin(bool defaults) {
  knows_defaults = defaults;
  wanted = (look){0};
  is_strange = false;
  shorten_anew();
}

void shorten_anew(void) { is_known = false; }

// Takes the parameters of one SGR into `wanted`; false where one is unknown.
static bool take(const unsigned char *text, size_t count) {
  look to = wanted;
  int numbers[24];
  int found = 0;
  for (size_t i = 0; i <= count;) {
    int number = 0;
    for (; i < count && text[i] >= '0' && text[i] <= '9'; i++) number = number < 100000 ? number * 10 + text[i] - '0' : number;
    if ((i < count && text[i] != ';') || found == sizeof numbers / sizeof *numbers) return false;
    numbers[found++] = number;
    i++;
  }
  for (int i = 0; i < found; i++) {
    int n = numbers[i];
    bool is_ground = (n >= 40 && n <= 49) || (n >= 100 && n <= 107);
    char *color = is_ground ? to.background : to.foreground;
    if (n == 0) to = (look){0};
    else if (n <= 9) to.attributes |= 1u << n;
    else if (n == 29) to.attributes &= ~(1u << 9);  // no longer struck through
    else if (n == 39 || n == 49) *color = 0;
    else if ((n >= 30 && n <= 37) || (n >= 40 && n <= 47) || (n >= 90 && n <= 97) || (n >= 100 && n <= 107)) snprintf(color, sizeof to.foreground, "%d", n);
    else if ((n == 38 || n == 48) && i + 2 < found && numbers[i + 1] == 5 && numbers[i + 2] < 256) {
      snprintf(color, sizeof to.foreground, "%d;5;%d", n, numbers[i + 2]);
      i += 2;
    } else if ((n == 38 || n == 48) && i + 4 < found && numbers[i + 1] == 2) {
      snprintf(color, sizeof to.foreground, "%d;2;%d;%d;%d", n, numbers[i + 2] & 255, numbers[i + 3] & 255, numbers[i + 4] & 255);
      i += 4;
    } else {
      return false;
    }
  }
  wanted = to;
  return true;
}

static void add(char *to, const char *parameter) {
  if (*to) strcat(to, ";");
  strcat(to, parameter);
}

static void add_attributes(char *to, unsigned attributes) {
  for (int n = 1; n <= 9; n++) {
    if (attributes >> n & 1) add(to, (char[]){(char)('0' + n), 0});
  }
}

// What makes the terminal draw as it is wanted: the shorter of the change and a fresh start.
// Returns its length; 0 for none.
static size_t change(char *sequence) {
  char fresh[96] = "", changed[96] = "";
  bool may_change = is_known && !(shown.attributes & ~wanted.attributes);
  if (wanted.attributes || *wanted.foreground || *wanted.background) add(fresh, "0");
  add_attributes(fresh, wanted.attributes);
  if (*wanted.foreground) add(fresh, wanted.foreground);
  if (*wanted.background) add(fresh, wanted.background);
  if (may_change) {
    const bool ends[] = {*shown.foreground && !*wanted.foreground, *shown.background && !*wanted.background};
    may_change = knows_defaults || (!ends[0] && !ends[1]);
    add_attributes(changed, wanted.attributes & ~shown.attributes);
    if (strcmp(shown.foreground, wanted.foreground) != 0) add(changed, ends[0] ? "39" : wanted.foreground);
    if (strcmp(shown.background, wanted.background) != 0) add(changed, ends[1] ? "49" : wanted.background);
    if (may_change && !*changed) return 0;
  }
  return (size_t)sprintf(sequence, "\033[%sm", may_change && strlen(changed) <= strlen(fresh) ? changed : fresh);
}

static unsigned char *out;
static size_t room, length;

static void put(const void *bytes, size_t count) {
  if (length + count > room) {
    room = 2 * (length + count);
    out = realloc(out, room);
    if (!out) abort();
  }
  memcpy(out + length, bytes, count);
  length += count;
}

static void put_change(void) {
  if (is_strange) return;
  char sequence[100];
  put(sequence, change(sequence));
  shown = wanted;
  is_known = true;
}

const unsigned char *shorten(const unsigned char *bytes, size_t count, size_t *shorter) {
  length = 0;
  for (size_t in = 0, end; in < count; in = end) {
    bool is_move = bytes[in] == '\r' || bytes[in] == '\b';
    end = in + 1;
    if (in + 1 < count && bytes[in] == 27 && bytes[in + 1] == '[') {
      size_t last = in + 2;
      while (last < count && bytes[last] < 0x40) last++;
      if (last < count) {
        end = last + 1;
        if (bytes[last] == 'm') {
          bool is_whole = last == in + 2 || bytes[in + 2] == '0';
          bool is_read = (!is_strange || is_whole) && take(bytes + in + 2, last - in - 2);
          if (is_strange && is_read) is_strange = is_known = false;
          if (is_read) continue;
          put_change();
          is_strange = true;
        }
        // Nothing is drawn: no matter with what.
        is_move = strchr("ABCDGHd", bytes[last]) != NULL;
      }
    }
    if (!is_move) put_change();
    put(bytes + in, end - in);
  }
  // A terminal that is resized, or another program that writes to it, takes what it was left with.
  put_change();
  *shorter = length;
  return out;
}
