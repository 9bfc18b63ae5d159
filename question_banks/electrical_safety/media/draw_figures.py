#!/usr/bin/env python3
"""Draw the figures used by topics/*.toml (Pillow only).

Run:  python draw_figures.py [output folder]      (default: this file's folder)
All figures are our own drawings, 640x420; labels are letters and digits only, so that no font file is needed.
"""

import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

S = 3  # drawn 3x too large, then reduced: smooth edges
W, H = 640, 420
BLACK, GREY, PALE, WHITE = (25, 25, 25), (120, 120, 120), (232, 236, 240), (255, 255, 255)
L1, L2, L3 = (232, 178, 0), (0, 140, 70), (205, 30, 40)
N, PE = (70, 160, 225), (95, 165, 20)
BLUE = (0, 84, 166)


class Pen:
    """A drawing surface in 640x420 coordinates."""

    def __init__(self):
        self.im = Image.new("RGB", (W * S, H * S), WHITE)
        self.d = ImageDraw.Draw(self.im)

    def line(self, *pts, c=BLACK, w=3):
        self.d.line([(x * S, y * S) for x, y in pts], fill=c, width=int(w * S))
        for x, y in pts:
            self.disc(x, y, w / 2, c)

    def disc(self, x, y, r, c=BLACK):
        self.d.ellipse([(x - r) * S, (y - r) * S, (x + r) * S, (y + r) * S], fill=c)

    def ring(self, x, y, r, c=BLACK, w=3, fill=WHITE):
        box = [(x - r) * S, (y - r) * S, (x + r) * S, (y + r) * S]
        self.d.ellipse(box, fill=fill, outline=c, width=int(w * S))

    def box(self, x0, y0, x1, y1, c=BLACK, w=3, fill=WHITE, r=0):
        self.d.rounded_rectangle(
            [x0 * S, y0 * S, x1 * S, y1 * S], radius=r * S, fill=fill, outline=c, width=int(w * S)
        )

    def poly(self, pts, c=BLACK):
        self.d.polygon([(x * S, y * S) for x, y in pts], fill=c)

    def arc(self, x, y, rx, ry, a0, a1, w=3, c=BLACK):
        self.d.arc([(x - rx) * S, (y - ry) * S, (x + rx) * S, (y + ry) * S], a0, a1, fill=c, width=int(w * S))

    def text(self, x, y, words, size=24, c=BLACK, anchor="mm"):
        font = ImageFont.load_default(size * S)
        self.d.text((x * S, y * S), words, fill=c, font=font, anchor=anchor)

    def number(self, x, y, digit, r=16):
        self.ring(x, y, r, c=BLUE, w=2.5)
        self.text(x, y, str(digit), size=20, c=BLUE)

    def save(self, path):
        im = self.im.resize((W, H), Image.LANCZOS)
        im = im.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        im.save(path, optimize=True)


# ---- circuit symbols -------------------------------------------------------
def earth(p, x, y):
    """Earth electrode hanging from the point (x, y)."""
    p.line((x, y), (x, y + 16))
    for i, half in enumerate((20, 13, 6)):
        p.line((x - half, y + 16 + 8 * i), (x + half, y + 16 + 8 * i))


def lamp(p, x, y, r=24):
    p.ring(x, y, r)
    k = r * math.sqrt(0.5)
    p.line((x - k, y - k), (x + k, y + k), w=2.5)
    p.line((x - k, y + k), (x + k, y - k), w=2.5)


def meter(p, x, y, letter, r=26):
    p.ring(x, y, r)
    p.text(x, y, letter, 26)


def resistor(p, x, y, name, half=44):
    """Lying resistor with its middle at (x, y), its name above."""
    p.box(x - half, y - 14, x + half, y + 14)
    p.text(x, y - 32, name)


# ---- earthing systems ------------------------------------------------------
def source(p, rows):
    """Three star-connected windings at the left, feeding the rows L1, L2, L3; returns the star point."""
    p.line((70, rows[0]), (70, rows[2]))
    for y in rows:
        p.line((70, y), (90, y))
        for k in range(4):
            p.arc(98 + 16 * k, y, 8, 9, 180, 360)
        p.line((154, y), (600, y))
    for y, name in zip(rows, ("L1", "L2", "L3"), strict=True):
        p.text(620, y, name, 20)
    return 70, rows[2]


def load(p, taps, case_x=330, top=270):
    """A load in a metal case with conductors from the given (x, row) taps going down to it."""
    p.box(case_x, top, case_x + 150, top + 76, fill=PALE)
    p.ring(case_x + 75, top + 38, 25)
    p.text(case_x + 75, top + 38, "Z")
    for x, y in taps:
        p.disc(x, y, 5)
        p.line((x, y), (x, top))


def tn_s(p):
    rows = (50, 90, 130)
    x, y = source(p, rows)
    p.line((x, y), (x, 340))
    earth(p, x, 340)
    p.line((x, 170), (600, 170), c=N, w=4)
    p.line((x, 210), (600, 210), c=PE, w=4)
    p.disc(70, 170, 5)
    p.disc(70, 210, 5)
    p.text(620, 170, "N", 20)
    p.text(620, 210, "PE", 20)
    load(p, [(350, 50), (375, 90), (400, 130), (425, 170)])
    p.disc(520, 210, 5, PE)
    p.line((520, 210), (520, 310), (480, 310), c=PE, w=4)


def tt(p):
    rows = (50, 90, 130)
    x, y = source(p, rows)
    p.line((x, y), (x, 340))
    earth(p, x, 340)
    p.line((x, 170), (600, 170), c=N, w=4)
    p.text(620, 170, "N", 20)
    load(p, [(350, 50), (375, 90), (400, 130), (425, 170)], top=240)
    p.line((480, 280), (530, 280), (530, 340), c=PE, w=4)
    earth(p, 530, 340)


def tn_c(p):
    rows = (50, 90, 130)
    x, y = source(p, rows)
    p.line((x, y), (x, 340))
    earth(p, x, 340)
    p.line((x, 190), (600, 190), c=GREY, w=5)
    p.disc(70, 190, 5)
    p.text(620, 190, "?", 24)
    load(p, [(350, 50), (375, 90), (400, 130), (425, 190)])
    p.disc(520, 190, 5, GREY)
    p.line((520, 190), (520, 310), (480, 310), c=GREY, w=5)


# ---- devices ---------------------------------------------------------------
def rcd_panel(p):
    p.box(215, 20, 425, 400, r=12, fill=PALE)
    for x in (265, 320, 375):
        p.ring(x, 52, 14)
        p.line((x - 9, 52), (x + 9, 52))
        p.ring(x, 368, 14)
        p.line((x - 9, 368), (x + 9, 368))
    p.box(235, 84, 405, 336, r=8)
    p.text(320, 112, "In 40 A   30 mA", 18)
    p.box(252, 150, 318, 250, r=6, fill=PALE)
    p.box(262, 158, 308, 192, r=4, fill=BLACK)
    p.text(285, 222, "ON", 18)
    p.box(340, 172, 386, 218, r=6, fill=(250, 204, 0))
    p.text(363, 195, "T", 26)
    p.text(320, 296, "230 V ~  50 Hz", 18)
    p.line((388, 195), (480, 160), w=2)
    p.number(500, 154, 1)
    p.line((260, 175), (150, 160), w=2)
    p.number(132, 156, 2)


def five_wires(p):
    for i, colour in enumerate((L1, L2, L3, N, None)):
        y = 60 + 75 * i
        p.number(50, y, i + 1)
        p.line((540, y), (600, y), c=(190, 110, 50), w=8)
        p.line((95, y), (540, y), c=colour or PE, w=26)
        if colour is None:
            for k in range(9):
                x = 112 + 48 * k
                p.poly([(x, y - 13), (x + 16, y - 13), (x + 30, y + 13), (x + 14, y + 13)], L1)


def socket_two(p):
    p.box(190, 40, 450, 380, r=24, fill=PALE)
    p.box(215, 65, 425, 355, r=14)
    for y, digit in ((145, 1), (275, 2)):
        p.box(264, y - 13, 376, y + 13, fill=BLACK, r=4)
        p.number(500, y, digit)
        p.line((382, y), (484, y), w=2)


def nameplate(p):
    p.box(40, 40, 600, 380, r=16, fill=PALE)
    for x in (66, 574):
        for y in (66, 354):
            p.ring(x, y, 9)
    p.text(320, 84, "3 ~  MOTOR", 34)
    cells = (("7.5 kW", "380 V"), ("15.4 A", "50 Hz"), ("1440 r/min", "IP54"), ("cos 0.85", "S1"))
    for i, row in enumerate(cells):
        p.box(100, 122 + 54 * i, 320, 176 + 54 * i, w=2)
        p.box(320, 122 + 54 * i, 540, 176 + 54 * i, w=2)
        for x, words in zip((210, 430), row, strict=True):
            p.text(x, 149 + 54 * i, words, 26)


def class_marks(p):
    for x, digit in ((120, 1), (320, 2), (520, 3)):
        p.number(x, 350, digit)
    p.ring(120, 180, 84)
    p.line((120, 118), (120, 178), w=6)
    for i, half in enumerate((52, 34, 16)):
        p.line((120 - half, 178 + 22 * i), (120 + half, 178 + 22 * i), w=6)
    p.box(240, 100, 400, 260, w=6)
    p.box(280, 140, 360, 220, w=6)
    p.line((520, 88), (612, 180), (520, 272), (428, 180), (520, 88), w=6)
    for x in (496, 520, 544):
        p.line((x, 148), (x, 212), w=6)
    for y in (148, 212):
        p.line((484, y), (556, y), w=6)


# ---- circuits --------------------------------------------------------------
def circuit_mixed(p):
    p.line((110, 90), (110, 330), (550, 330), (550, 90))
    p.line((110, 90), (410, 90))
    p.box(92, 180, 128, 240, c=WHITE)
    p.line((85, 195), (135, 195))
    p.line((97, 222), (123, 222), w=6)
    p.line((110, 222), (110, 240))
    p.line((110, 178), (110, 195))
    p.text(62, 208, "U")
    resistor(p, 220, 90, "R1")
    p.line((330, 50), (330, 170), (500, 170), (500, 50), (330, 50))
    p.line((500, 90), (550, 90))
    p.box(332, 78, 498, 102, c=WHITE)
    p.disc(330, 90, 5)
    p.disc(500, 90, 5)
    p.box(371, 36, 459, 64)
    p.text(415, 22, "R2")
    p.box(371, 156, 459, 184)
    p.text(415, 202, "R3")
    p.line((160, 310), (230, 310), w=2)
    p.poly([(160, 310), (176, 303), (176, 317)])
    p.text(195, 290, "I")


def meters(p):
    p.line((344, 210), (550, 210), (550, 80), (90, 80), (90, 340), (220, 340), (220, 210), (296, 210))
    p.box(70, 184, 110, 236, c=WHITE)
    p.line((62, 195), (118, 195))
    p.line((78, 222), (102, 222), w=6)
    p.line((90, 222), (90, 240))
    p.line((90, 178), (90, 195))
    p.ring(210, 80, 26)
    p.text(210, 80, "?", 26)
    p.number(210, 36, 1)
    lamp(p, 320, 210)
    p.text(320, 250, "HL", 20)
    p.line((380, 210), (380, 130), (346, 130))
    p.line((294, 130), (260, 130), (260, 210))
    p.disc(380, 210, 5)
    p.disc(260, 210, 5)
    p.ring(320, 130, 26)
    p.text(320, 130, "?", 26)
    p.number(370, 100, 2)
    p.ring(480, 210, 26)
    p.text(480, 210, "?", 26)
    p.number(480, 164, 3)


def push_button(p, x, y, name, closed):
    """Lying push button between (x-30, y) and (x+30, y)."""
    p.box(x - 29, y - 4, x + 29, y + 4, c=WHITE)
    p.line((x - 30, y), (x - 22, y))
    p.line((x + 22, y), (x + 30, y))
    level = y + 7 if closed else y - 14
    if closed:
        p.line((x - 22, y), (x - 22, y + 7), w=2.5)
        p.line((x + 22, y), (x + 22, y + 7), w=2.5)
    p.line((x - 26, level), (x + 26, level))
    p.line((x, level), (x, y - 30), w=2)
    p.line((x - 12, y - 30), (x + 12, y - 30))
    p.text(x, y - 48, name, 20)


def motor_control(p):
    p.line((50, 130), (590, 130))
    p.text(50, 104, "L", 22)
    push_button(p, 160, 130, "SB1", closed=True)
    push_button(p, 310, 130, "SB2", closed=False)
    p.disc(250, 130, 5)
    p.disc(370, 130, 5)
    p.line((250, 130), (250, 220), (288, 220))
    p.line((332, 220), (370, 220), (370, 130))
    p.line((288, 220), (330, 200))
    p.text(310, 246, "KM", 22)
    p.box(440, 108, 500, 152)
    p.text(470, 84, "KM", 22)
    p.text(590, 104, "N", 22)


def two_way_switch(p):
    p.line((50, 150), (140, 150))
    p.text(50, 124, "L", 22)
    p.disc(140, 150, 6)
    p.disc(220, 100, 6)
    p.disc(220, 200, 6)
    p.line((140, 150), (220, 100), w=5)
    p.line((220, 100), (360, 100))
    p.line((220, 200), (360, 200))
    p.disc(360, 100, 6)
    p.disc(360, 200, 6)
    p.disc(440, 150, 6)
    p.line((440, 150), (360, 200), w=5)
    p.text(170, 180, "S1", 22)
    p.text(412, 130, "S2", 22)
    p.line((440, 150), (516, 150))
    lamp(p, 540, 150)
    p.text(540, 104, "HL", 22)
    p.line((540, 174), (540, 320), (50, 320))
    p.text(50, 294, "N", 22)


def clamp_meter(p):
    p.arc(320, 150, 84, 104, 270, 450, w=20, c=BLUE)
    p.line((40, 125), (600, 125), c=L3, w=14)
    p.line((40, 175), (600, 175), c=N, w=14)
    p.arc(320, 150, 84, 104, 90, 270, w=20, c=BLUE)  # the near half of the jaws covers the wires
    p.line((320, 44), (320, 68), c=WHITE, w=4)
    p.box(262, 240, 378, 400, r=14, fill=(250, 204, 0))
    p.box(280, 330, 360, 372, fill=PALE)
    p.text(320, 351, "A ~", 20)
    p.ring(320, 286, 22)
    p.line((320, 286), (332, 272), w=4)
    p.text(16, 125, "L", 22)
    p.text(16, 175, "N", 22)


def person(p, x, ground, hand=None, step=18):
    p.disc(x, ground - 118, 14)
    p.line((x, ground - 102), (x, ground - 52), w=9)
    p.line((x, ground - 52), (x - step, ground), w=7)
    p.line((x, ground - 52), (x + step, ground), w=7)
    p.line((x, ground - 94), hand or (x + 22, ground - 58), w=6)
    p.line((x, ground - 94), (x - 20, ground - 58), w=6)


def step_touch(p):
    ground = 300
    p.line((20, ground), (620, ground), w=4)
    for k in range(30):
        p.line((24 + 20 * k, ground + 12), (34 + 20 * k, ground + 2), w=1.5, c=GREY)
    p.box(90, 170, 180, ground - 2, fill=PALE)
    p.poly([(142, 190), (118, 240), (136, 238), (126, 276), (152, 226), (134, 228), (148, 190)], L3)
    p.line((135, ground), (135, ground + 30))
    earth(p, 135, ground + 30)
    person(p, 228, ground, hand=(182, 220))
    person(p, 420, ground, step=42)
    p.text(262, 178, "A", 24)
    p.text(454, 178, "B", 24)
    p.line(*[(135 + 10 * k, 150 - 90 * math.exp(-k / 11)) for k in range(47)], c=BLUE, w=3)
    p.text(600, 122, "U", 22, BLUE)


FIGURES = {
    "system-tn-s": tn_s,
    "system-tt": tt,
    "system-tn-c": tn_c,
    "rcd-panel": rcd_panel,
    "five-wires": five_wires,
    "socket-two": socket_two,
    "motor-nameplate": nameplate,
    "class-marks": class_marks,
    "circuit-mixed": circuit_mixed,
    "meters": meters,
    "motor-control": motor_control,
    "two-way-switch": two_way_switch,
    "clamp-meter": clamp_meter,
    "step-touch": step_touch,
}


def main():
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    out.mkdir(parents=True, exist_ok=True)
    for name, draw in FIGURES.items():
        pen = Pen()
        draw(pen)
        path = out / f"{name}.png"
        pen.save(path)
        print(f"{path.name}: {path.stat().st_size} bytes")
        assert path.stat().st_size < 30 * 1024, name


if __name__ == "__main__":
    main()
