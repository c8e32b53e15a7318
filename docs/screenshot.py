#!/usr/bin/env python3
"""Turns a terminal screen into a PNG.

    tmux capture-pane -p -e -t SESSION | docs/screenshot.py OUT.png [COLUMNS ROWS]

Reads text with SGR colour sequences, as tmux prints a pane. Needs Pillow and DejaVu Sans Mono
(Debian: python3-pil, fonts-dejavu-core). Blocks and braille are drawn as shapes, so that they join up as in a terminal.
"""
import re
import sys
import unicodedata

from PIL import Image, ImageDraw, ImageFont

CELL_W, CELL_H, SIZE = 9, 18, 15
FONTS = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf"
GROUND, INK = (24, 26, 31), (208, 212, 220)
BASE = [(24, 26, 31), (224, 82, 82), (92, 184, 92), (222, 178, 76), (92, 142, 224), (188, 120, 210),
        (78, 186, 196), (208, 212, 220), (96, 102, 114), (255, 110, 110), (124, 218, 124), (250, 208, 108),
        (126, 172, 250), (216, 150, 236), (110, 216, 226), (255, 255, 255)]
BRAILLE = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]


def palette(index):
    if index < 16:
        return BASE[index]
    if index < 232:
        index -= 16
        return tuple(0 if v == 0 else 55 + 40 * v for v in (index // 36, index // 6 % 6, index % 6))
    return (8 + 10 * (index - 232),) * 3


def sgr(codes, style):
    codes = [int(c or 0) for c in codes.split(";")] if codes else [0]
    while codes:
        code = codes.pop(0)
        if code == 0:
            style.clear()
        elif code in (1, 2, 4, 7):
            style[{1: "bold", 2: "dim", 4: "underline", 7: "reverse"}[code]] = True
        elif code in (22, 24, 27):
            for key in {22: ("bold", "dim"), 24: ("underline",), 27: ("reverse",)}[code]:
                style.pop(key, None)
        elif code in (38, 48):
            key = "fg" if code == 38 else "bg"
            kind = codes.pop(0)
            style[key] = palette(codes.pop(0)) if kind == 5 else tuple(codes.pop(0) for _ in range(3))
        elif code in (39, 49):
            style.pop("fg" if code == 39 else "bg", None)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            style["fg"] = BASE[code - 30 if code < 90 else code - 82]
        elif 40 <= code <= 47 or 100 <= code <= 107:
            style["bg"] = BASE[code - 40 if code < 100 else code - 92]


def parse(text):
    rows, style = [], {}
    for line in text.split("\n"):
        row = []
        for match in re.finditer(r"(\x1b\[([0-9;]*)m)|([^\x1b])", re.sub(r"\x1b\([B0]|[\x0e\x0f]", "", line)):
            sequence, codes, char = match.groups()
            if sequence:
                sgr(codes, style)
            elif unicodedata.combining(char) and row:
                row[-1] = (row[-1][0] + char, row[-1][1])
            else:
                row.append((char, dict(style)))
                if unicodedata.east_asian_width(char) in "WF":
                    row.append(("", dict(style)))
        rows.append(row)
    return rows


def draw_cell(draw, fonts, x, y, char, style):
    fg, bg = style.get("fg", INK), style.get("bg", GROUND)
    if style.get("reverse"):
        fg, bg = bg, fg
    if style.get("dim"):
        fg = tuple((2 * f + b) // 3 for f, b in zip(fg, bg))
    right, bottom = x + CELL_W - 1, y + CELL_H - 1
    draw.rectangle((x, y, right, bottom), fill=bg)
    code = ord(char[0]) if char else 32
    if 0x2800 <= code <= 0x28FF:
        for bit, (column, row) in enumerate(BRAILLE):
            if (code - 0x2800) >> bit & 1:
                cx, cy = x + 1 + column * 5, y + 1 + row * 4.5
                draw.rectangle((cx, cy, cx + 2, cy + 2), fill=fg)
    elif 0x2581 <= code <= 0x2588:
        draw.rectangle((x, bottom + 1 - CELL_H * (code - 0x2580) // 8, right, bottom), fill=fg)
    elif 0x2589 <= code <= 0x258F:
        draw.rectangle((x, y, x + CELL_W * (0x2590 - code) // 8 - 1, bottom), fill=fg)
    elif code == 0x2580:
        draw.rectangle((x, y, right, y + CELL_H // 2 - 1), fill=fg)
    elif code != 32 and char:
        draw.text((x, y), char, font=fonts[bool(style.get("bold"))], fill=fg)
    if style.get("underline"):
        draw.line((x, bottom - 1, right, bottom - 1), fill=fg)


def main():
    rows = parse(sys.stdin.read().rstrip("\n"))
    columns = int(sys.argv[2]) if len(sys.argv) > 2 else max(len(row) for row in rows)
    lines = int(sys.argv[3]) if len(sys.argv) > 3 else len(rows)
    image = Image.new("RGB", (columns * CELL_W, lines * CELL_H), GROUND)
    draw = ImageDraw.Draw(image)
    fonts = [ImageFont.truetype(FONTS.format(kind), SIZE) for kind in ("", "-Bold")]
    for r, row in enumerate(rows[:lines]):
        for c, (char, style) in enumerate(row[:columns]):
            draw_cell(draw, fonts, c * CELL_W, r * CELL_H, char, style)
    image.save(sys.argv[1], optimize=True)


main()
