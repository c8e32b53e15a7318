#include "CVterm.h"

#include <stdlib.h>
#include <vterm.h>

struct cv_terminal {
  VTerm *vterm;
  VTermScreen *screen;
  int row, column;
  bool is_visible, is_alternate, reports_mouse;
};

static int move_cursor(VTermPos to, VTermPos from, int visible, void *user) {
  cv_terminal *terminal = user;
  (void)from, (void)visible;
  terminal->row = to.row;
  terminal->column = to.col;
  return 1;
}

static int set_property(VTermProp property, VTermValue *value, void *user) {
  cv_terminal *terminal = user;
  if (property == VTERM_PROP_CURSORVISIBLE) terminal->is_visible = value->boolean;
  if (property == VTERM_PROP_ALTSCREEN) terminal->is_alternate = value->boolean;
  if (property == VTERM_PROP_MOUSE) terminal->reports_mouse = value->number != VTERM_PROP_MOUSE_NONE;
  return 1;
}

static const VTermScreenCallbacks callbacks = {.movecursor = move_cursor, .settermprop = set_property};

cv_terminal *cv_new(int rows, int columns) {
  cv_terminal *terminal = calloc(1, sizeof *terminal);
  terminal->is_visible = true;
  terminal->vterm = vterm_new(rows, columns);
  vterm_set_utf8(terminal->vterm, 1);
  terminal->screen = vterm_obtain_screen(terminal->vterm);
  vterm_screen_set_callbacks(terminal->screen, &callbacks, terminal);
  vterm_screen_enable_altscreen(terminal->screen, 1);
  vterm_screen_reset(terminal->screen, 1);
  return terminal;
}

void cv_free(cv_terminal *terminal) {
  vterm_free(terminal->vterm);
  free(terminal);
}

void cv_write(cv_terminal *terminal, const uint8_t *bytes, size_t count) {
  vterm_input_write(terminal->vterm, (const char *)bytes, count);
}

void cv_resize(cv_terminal *terminal, int rows, int columns) { vterm_set_size(terminal->vterm, rows, columns); }

static int color(const VTermColor *color, bool is_foreground) {
  if (is_foreground ? VTERM_COLOR_IS_DEFAULT_FG(color) : VTERM_COLOR_IS_DEFAULT_BG(color)) return -1;
  if (VTERM_COLOR_IS_INDEXED(color)) return color->indexed.idx;
  return 0x1000000 | color->rgb.red << 16 | color->rgb.green << 8 | color->rgb.blue;
}

bool cv_get(const cv_terminal *terminal, int row, int column, cv_cell *cell) {
  VTermScreenCell found;
  VTermPos place = {.row = row, .col = column};
  if (!vterm_screen_get_cell(terminal->screen, place, &found)) return false;
  for (int i = 0; i < 6; i++) cell->text[i] = found.chars[i];
  cell->text[6] = 0;
  cell->width = found.width;
  cell->foreground = color(&found.fg, true);
  cell->background = color(&found.bg, false);
  cell->attributes = (found.attrs.bold ? CV_BOLD : 0) | (found.attrs.underline ? CV_UNDERLINE : 0) |
                     (found.attrs.reverse ? CV_REVERSE : 0) | (found.attrs.strike ? CV_STRIKE : 0);
  return true;
}

void cv_cursor(const cv_terminal *terminal, int *row, int *column, bool *is_visible) {
  *row = terminal->row;
  *column = terminal->column;
  *is_visible = terminal->is_visible;
}

bool cv_is_alternate(const cv_terminal *terminal) { return terminal->is_alternate; }

void cv_click(cv_terminal *terminal, int row, int column, int button) {
  // libvterm reports buttons to a program that has not asked for them.
  if (!terminal->reports_mouse) return;
  vterm_mouse_move(terminal->vterm, row, column, VTERM_MOD_NONE);
  vterm_mouse_button(terminal->vterm, button, true, VTERM_MOD_NONE);
  if (button < 4) vterm_mouse_button(terminal->vterm, button, false, VTERM_MOD_NONE);
}

void cv_mark_paste(cv_terminal *terminal, bool is_start) {
  if (is_start) vterm_keyboard_start_paste(terminal->vterm);
  else vterm_keyboard_end_paste(terminal->vterm);
}

size_t cv_take_answer(cv_terminal *terminal, char *buffer, size_t size) {
  return vterm_output_read(terminal->vterm, buffer, size);
}
