#define NCURSES_WIDECHAR 1
#define _XOPEN_SOURCE_EXTENDED 1
#define _GNU_SOURCE 1
#include "CNcurses.h"

#include <curses.h>
#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "direct.h"
#include "shorten.h"

static SCREEN *screen;
// What ncurses writes to in place of the terminal: a file in memory, so that a frame can be made shorter before it goes out, whole.
static FILE *frames;
static bool has_exact_colors;
static bool has_default_colors;
static int cursor_shown = -1;

// What gives the terminal back without ncurses: its modes before we came, and the bytes of terminfo.
static struct termios modes_before;
static volatile sig_atomic_t is_open;
static char leave_bytes[256];
static size_t leave_length;

static void add_leave_bytes(const char *capability) {
  if (!capability || capability == (char *)-1) return;
  for (const char *c = capability; *c && leave_length < sizeof leave_bytes; c++) {
    if (c[0] == '$' && c[1] == '<') {  // padding, which no terminal of today needs
      while (*c && *c != '>') c++;
      if (!*c) return;
    } else {
      leave_bytes[leave_length++] = *c;
    }
  }
}

// Safe in a signal handler.
static void restore(void) {
  if (!is_open) return;
  is_open = 0;
  ssize_t written = write(STDOUT_FILENO, leave_bytes, leave_length);
  (void)written;
  tcsetattr(STDIN_FILENO, TCSANOW, &modes_before);
}

// Sends what ncurses has written.
static void send_frames(void) {
  static unsigned char *bytes;
  static size_t room;
  int file = fileno(frames);
  off_t count = lseek(file, 0, SEEK_CUR);
  if (count <= 0) return;
  if ((size_t)count > room) {
    free(bytes);
    room = (size_t)count * 2;
    bytes = malloc(room);
    if (!bytes) abort();
  }
  ssize_t length = pread(file, bytes, (size_t)count, 0);
  lseek(file, 0, SEEK_SET);
  if (length <= 0) return;
  size_t shorter;
  const unsigned char *frame = shorten(bytes, (size_t)length, &shorter);
  cn_send(frame, (int)shorter);
}

// The modes of a terminal whose keys come one by one, as they are: what ncurses cannot set, as it sees a file.
static void take_terminal(void) {
  struct termios modes = modes_before;
  modes.c_iflag &= ~(tcflag_t)(IXON | BRKINT | PARMRK | ICRNL | INLCR | IGNCR);
  modes.c_oflag &= ~(tcflag_t)(ONLCR | TABDLY);
  modes.c_lflag &= ~(tcflag_t)(ICANON | ISIG | IEXTEN | ECHO | ECHONL);
  modes.c_cc[VMIN] = 1;
  modes.c_cc[VTIME] = 0;
  tcsetattr(STDIN_FILENO, TCSADRAIN, &modes);
}

// As newterm, with a description of our own, that has exact colours where the terminal has them.
static SCREEN *open_screen(const char *name, bool wants_exact_colors) {
  int status;
  has_exact_colors = false;
  if (setupterm(name, STDOUT_FILENO, &status) != OK) return NULL;
  bool exact = max_colors >= 8 && (wants_exact_colors || tigetflag("RGB") > 0 || tigetnum("RGB") > 0 || tigetflag("Tc") > 0);
  char *description = (max_colors >= 8 && max_colors <= 256) || exact ? direct_description(name, exact) : NULL;
  del_curterm(cur_term);
  if (!description) return newterm(name, frames, stdin);
  const char *outer = getenv("TERMINFO");
  char *before = outer ? strdup(outer) : NULL;
  setenv("TERMINFO", description, 1);
  SCREEN *opened = newterm(name, frames, stdin);
  // Programs that are started from here have a terminal of their own to describe.
  if (before) setenv("TERMINFO", before, 1);
  else unsetenv("TERMINFO");
  free(before);
  free(description);
  has_exact_colors = opened && exact;
  return opened ? opened : newterm(name, frames, stdin);
}

// As sched_setattr(2) takes it.
struct turns {
  uint32_t size, policy;
  uint64_t flags;
  int32_t nice;
  uint32_t priority;
  uint64_t runtime, deadline, period;
};

void cn_be_quick(void) {
  // A tenth of a millisecond, the least there is; what is started from here has the usual turns (SCHED_FLAG_RESET_ON_FORK).
  struct turns turns = {.size = sizeof turns, .flags = 1, .nice = getpriority(PRIO_PROCESS, 0), .runtime = 100000};
  syscall(SYS_sched_setattr, 0, &turns, 0);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
}

// Asked for by ourselves, as terminfo's entries know one encoding of the mouse each, not always the terminal's, and no paste: clicks (1000), told
// in decimal numbers (1006), and pastes between marks (2004). Terminals pass over what they do not know.
static const char modes_on[] = "\033[?1000h\033[?1006h\033[?2004h", modes_off[] = "\033[?2004l\033[?1006l\033[?1000l";

// Whether the terminal takes control sequences of that kind: it moves its cursor by one.
static bool has_modes(void) { return cursor_address && strncmp(cursor_address, "\033[", 2) == 0; }

static void send_modes(bool on) {
  if (has_modes()) cn_send((const unsigned char *)(on ? modes_on : modes_off), sizeof modes_on - 1);
}

bool cn_open(const char *name, bool wants_exact_colors) {
  tcgetattr(STDIN_FILENO, &modes_before);
  if (!frames) frames = fdopen(memfd_create("frames", MFD_CLOEXEC), "w");
  if (!frames) return false;
  screen = open_screen(name, wants_exact_colors);
  if (!screen) return false;
  int height, width;
  cn_window_size(&height, &width);
  resizeterm(height, width);
  leave_length = 0;
  if (has_modes()) add_leave_bytes(modes_off);
  add_leave_bytes(exit_attribute_mode);
  add_leave_bytes(orig_pair);
  add_leave_bytes(exit_ca_mode);
  add_leave_bytes(cursor_normal);
  is_open = 1;
  if (!cursor_address) {  // a printer-like terminal: nothing can be drawn on it
    cn_close();
    return false;
  }
  nonl();
  take_terminal();
  shorten_begin(orig_pair && strcmp(orig_pair, "\033[39;49m") == 0);
  typeahead(-1);  // a frame is sent whole
  if (has_colors()) {
    start_color();
    has_default_colors = use_default_colors() == OK;
  }
  send_modes(true);
  return true;
}

// The cursor is shown again after the full screen has ended, too: terminals made of libvterm (those inside Neovim and Emacs) keep
// one saved cursor, which a scroll of ours may have been the last to save, hidden, and take it back when the full screen ends.
static void leave_screen(void) {
  send_modes(false);
  curs_set(1);
  endwin();
  send_frames();
  if (cursor_normal) {
    tputs(cursor_normal, 1, putchar);
    fflush(stdout);
  }
  tcsetattr(STDIN_FILENO, TCSADRAIN, &modes_before);
  is_open = 0;
}

void cn_close(void) {
  if (is_open) leave_screen();
}

int cn_colors(void) {
  if (!has_colors()) return 0;
  // A terminal of exact colours alone, whose description could not be copied, has eight by number.
  return COLORS > 256 && !has_exact_colors ? 8 : COLORS;
}

void cn_window_size(int *height, int *width) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
    *height = size.ws_row;
    *width = size.ws_col;
  } else {
    *height = LINES;
    *width = COLS;
  }
}

void cn_resize(int height, int width) {
  resizeterm(height, width);
  clearok(curscr, TRUE);
}

bool cn_has_width(uint32_t character, int width) { return wcwidth((wchar_t)character) == width; }

static int last_foreground = -1, last_background = -1, last_pair, largest_pair;

static int pair_of(int foreground, int background) {
  if (!has_colors()) return 0;  // alloc_pair crashes without colours
  if (!has_default_colors) {
    if (foreground < 0) foreground = COLOR_WHITE;
    if (background < 0) background = COLOR_BLACK;
  } else if (foreground < 0 && background < 0) {
    return 0;
  }
  if (foreground != last_foreground || background != last_background || last_pair == 0) {
    int pair = alloc_pair(foreground, background);
    last_pair = pair < 0 ? 0 : pair;
    if (last_pair > largest_pair) largest_pair = last_pair;
    last_foreground = foreground;
    last_background = background;
  }
  return last_pair;
}

bool cn_forget_colors(void) {
  const int many = 60000;
  if (largest_pair < many) return false;
  reset_color_pairs();
  largest_pair = last_pair = 0;
  clearok(curscr, TRUE);
  return true;
}

void cn_put(int row, int column, const cn_cell *cells, int count) {
  cchar_t line[count + 1];
  for (int i = 0; i < count; i++) {
    const cn_cell *cell = &cells[i];
    attr_t attributes = A_NORMAL;
    if (cell->attributes & CN_BOLD) attributes |= A_BOLD;
    if (cell->attributes & CN_UNDERLINE) attributes |= A_UNDERLINE;
    if (cell->attributes & CN_REVERSE) attributes |= A_REVERSE;
    if (cell->attributes & CN_DIM) attributes |= A_DIM;
    // direct.c gives italics, which nothing here is written in, this meaning.
    if (cell->attributes & CN_STRIKE) attributes |= A_ITALIC;
    wchar_t text[6];
    for (int j = 0; j < 6; j++) text[j] = (wchar_t)cell->text[j];
    text[5] = 0;
    int pair = pair_of(cell->foreground, cell->background);
    setcchar(&line[i], text, attributes, 0, &pair);
  }
  mvadd_wchnstr(row, column, line, count);
}

void cn_flush(int cursor_row, int cursor_column) {
  int show = cursor_row >= 0;
  if (show) move(cursor_row, cursor_column);
  if (show != cursor_shown) curs_set(cursor_shown = show);
  leaveok(stdscr, !show);
  wnoutrefresh(stdscr);
  doupdate();
  send_frames();
}

void cn_invalidate(void) {
  clearok(curscr, TRUE);
  shorten_anew();
}

bool cn_send(const unsigned char *bytes, int count) {
  while (count > 0) {
    ssize_t written = write(STDOUT_FILENO, bytes, (size_t)count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    count -= (int)written;
  }
  return true;
}

bool cn_ask(void) {
  static const unsigned char question[] = "\033[5n";
  return cn_send(question, sizeof question - 1);
}

int cn_read(unsigned char *bytes, int most, int milliseconds) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  // Never O_NONBLOCK: whoever else has this terminal open would have it too.
  if (poll(&input, 1, milliseconds) <= 0) return 0;
  ssize_t count = read(STDIN_FILENO, bytes, (size_t)most);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return 0;
  // A terminal that is gone is readable for ever, and never gives a byte.
  return count > 0 ? (int)count : -1;
}

bool cn_widen(unsigned char byte, uint32_t *character) {
  static mbstate_t part;
  wchar_t wide = 0;
  size_t status = mbrtowc(&wide, (const char *)&byte, 1, &part);
  if (status == (size_t)-1) memset(&part, 0, sizeof part);
  *character = (uint32_t)wide;
  return status == 1 || status == 0;
}

static int signal_descriptor = -1;

static void note(int number) {
  static volatile sig_atomic_t asked_to_leave;
  int saved = errno;
  if (number == SIGHUP || number == SIGTERM) {
    if (asked_to_leave) {
      restore();
      _exit(128 + number);
    }
    asked_to_leave = 1;
  }
  unsigned char byte = (unsigned char)number;
  ssize_t written = write(signal_descriptor, &byte, 1);
  (void)written;
  errno = saved;
}

static void crash(int number) {
  restore();
  signal(number, SIG_DFL);
  raise(number);
}

static void handle(int number, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigemptyset(&action.sa_mask);
  sigaction(number, &action, NULL);
}

void cn_route_signals(int descriptor) {
  signal_descriptor = descriptor;
  const int noted[] = {SIGWINCH, SIGHUP, SIGTERM, SIGINT, SIGTSTP};
  for (size_t i = 0; i < sizeof noted / sizeof *noted; i++) handle(noted[i], note, SA_RESTART);
  const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGFPE, SIGABRT};
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++) handle(crashes[i], crash, SA_RESETHAND | SA_NODEFER);
  signal(SIGPIPE, SIG_IGN);
}

void cn_suspend(void) {
  cursor_shown = -1;
  leave_screen();
  handle(SIGTSTP, SIG_DFL, 0);
  kill(0, SIGTSTP);  // the whole job, as the terminal would
  handle(SIGTSTP, note, SA_RESTART);
  is_open = 1;
  take_terminal();
  cn_invalidate();
  doupdate();
  send_frames();
  send_modes(true);
}
