// The part of ncurses (wide characters) that the program draws with. A shim, because Swift imports neither ncurses'
// macros (stdscr, COLS, A_*, KEY_*) nor, safely, its globals; and because signal handlers are best written in C.
// One thread calls all of this, except cn_restore.
#ifndef CNCURSES_H
#define CNCURSES_H
#include <stdbool.h>
#include <stdint.h>

enum { CN_BOLD = 1, CN_UNDERLINE = 2, CN_REVERSE = 4, CN_DIM = 8, CN_STRIKE = 16 };

// A character with its combining marks, ended by 0. Colours are −1 for the terminal's own, palette indices below 256, and
// 0xRRGGBB above where the terminal has exact colours.
typedef struct {
  uint32_t text[6];
  int32_t foreground, background;
  uint32_t attributes;
} cn_cell;

// What lets the calling thread answer a key soon: it asks the system for short turns, so that it is not kept waiting for those that
// compute (Linux 6.12; nothing elsewhere), and memory that a frame frees stays at hand for the next one.
void cn_be_quick(void);

// Opens standard input and output as the terminal `name`; false where terminfo does not know it or it cannot move its
// cursor. Exact colours are had where they are wanted, or terminfo says that the terminal takes them (RGB, Tc).
// Signals must have been routed before, so that ncurses leaves them alone.
bool cn_open(const char *name, bool wants_exact_colors);
// Gives the terminal back as it was. May be called at any time, any number of times.
void cn_close(void);

// The number of colours; 0 where the terminal has none, more than 256 where it has exact ones.
int cn_colors(void);
// What the terminal says of its size now.
void cn_window_size(int *height, int *width);
// Makes the screen that size.
void cn_resize(int height, int width);
// Whether the terminal shows `character` in as many columns as `width`.
bool cn_has_width(uint32_t character, int width);

// Replaces part of a row, from `column` on; cells that a wide character covers are left out of `cells`.
void cn_put(int row, int column, const cn_cell *cells, int count);
// Sends what changed. The cursor is hidden where `cursor_row` is negative.
void cn_flush(int cursor_row, int cursor_column);
// Where very many pairs of colours have been shown (ncurses keeps every one), drops them all and returns true: every row
// must then be put again. To be called between two frames.
bool cn_forget_colors(void);
// The next cn_flush sends every cell.
void cn_invalidate(void);

// Writes bytes that show nothing, as they are; false where the terminal does not take them. To be called between two frames.
bool cn_send(const unsigned char *bytes, int count);

// Asks the terminal whether it is well (DSR, ECMA-48 §8.3.35). It says so (`ESC [ 0 n`) when it has taken all bytes before; some say
// nothing. False where it does not take the bytes. To be called between two frames.
bool cn_ask(void);

// What has been typed, or comes within so many milliseconds: how many bytes; 0 for none, −1 where the terminal is gone.
int cn_read(unsigned char *bytes, int most, int milliseconds);
// Whether a byte completes a character in the encoding of the locale, and which.
bool cn_widen(unsigned char byte, uint32_t *character);

// Stops this process as ^Z does, with the terminal given back meanwhile; returns when it goes on.
void cn_suspend(void);

// From now on SIGWINCH, SIGHUP, SIGTERM, SIGINT and SIGTSTP write their number as one byte into `descriptor`, and a
// crash gives the terminal back before it ends the process. A second SIGHUP or SIGTERM ends it at once.
void cn_route_signals(int descriptor);
#endif
