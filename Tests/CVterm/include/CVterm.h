// libvterm: the terminal that the tests hold the program's output against. A shim for its bit fields, unions and
// callbacks.
#ifndef CVTERM_H
#define CVTERM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cv_terminal cv_terminal;

enum { CV_BOLD = 1, CV_UNDERLINE = 2, CV_REVERSE = 4, CV_STRIKE = 16 };

// Colours: a palette index, −1 the default, 0x1000000 | RGB otherwise. `text` is ended by 0, empty in a blank cell.
typedef struct {
  uint32_t text[7];
  int width;
  int foreground, background;
  unsigned attributes;
} cv_cell;

cv_terminal *cv_new(int rows, int columns);
void cv_free(cv_terminal *terminal);
void cv_write(cv_terminal *terminal, const uint8_t *bytes, size_t count);
void cv_resize(cv_terminal *terminal, int rows, int columns);
// False where there is no such cell.
bool cv_get(const cv_terminal *terminal, int row, int column, cv_cell *cell);
void cv_cursor(const cv_terminal *terminal, int *row, int *column, bool *is_visible);
bool cv_is_alternate(const cv_terminal *terminal);
// Presses a button (1 left, 4 and 5 the wheel) and lets it go: an answer in the encoding that was asked for, if any was.
void cv_click(cv_terminal *terminal, int row, int column, int button);
// What goes before and behind a paste: an answer where that was asked for.
void cv_mark_paste(cv_terminal *terminal, bool is_start);
// What the terminal answers to queries; copied into `buffer`, returns how many bytes.
size_t cv_take_answer(cv_terminal *terminal, char *buffer, size_t size);
#endif
