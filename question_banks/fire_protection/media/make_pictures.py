#!/usr/bin/env python3
"""Draw the pictures of the fire-protection bank (Pillow only).

Run:  python make_pictures.py [output folder]      (default: this file's folder)
The signs are our own simple drawings in the manner of GB 13495.1, not copies; each PNG is 480x480.
"""

import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

S = 4  # drawn 4x too large, then reduced: smooth edges
N = 480
RED, GREEN = (200, 16, 32), (0, 132, 70)
BLACK, WHITE, GREY, PALE = (20, 20, 20), (255, 255, 255), (120, 124, 130), (226, 229, 233)
BRASS, YELLOW = (186, 150, 70), (245, 196, 0)


class Pen:
    """A drawing surface in 480x480 coordinates."""

    def __init__(self, ground=WHITE):
        self.im = Image.new("RGB", (N * S, N * S), WHITE)
        self.d = ImageDraw.Draw(self.im)
        if ground != WHITE:
            self.box(22, 22, 458, 458, ground, 14)

    def poly(self, pts, c):
        self.d.polygon([(x * S, y * S) for x, y in pts], fill=c)

    def disc(self, x, y, r, c):
        self.d.ellipse([(x - r) * S, (y - r) * S, (x + r) * S, (y + r) * S], fill=c)

    def box(self, x0, y0, x1, y1, c, r=0):
        self.d.rounded_rectangle([x0 * S, y0 * S, x1 * S, y1 * S], radius=r * S, fill=c)

    def arc(self, x, y, r, a0, a1, w, c):
        """A band w wide inside the radius r; degrees clockwise from 3 o'clock."""
        self.d.arc([(x - r) * S, (y - r) * S, (x + r) * S, (y + r) * S], a0, a1, fill=c, width=int(w * S))

    def stroke(self, pts, w, c):
        """Polyline with round joints and ends."""
        self.d.line([(x * S, y * S) for x, y in pts], fill=c, width=int(w * S))
        for x, y in pts:
            self.disc(x, y, w / 2, c)

    def number(self, x, y, text):
        """A figure in a ring, the mark of a part."""
        self.disc(x, y, 25, BLACK)
        self.disc(x, y, 22, WHITE)
        font = ImageFont.load_default(30 * S)
        self.d.text((x * S, y * S), text, fill=BLACK, font=font, anchor="mm")

    def save(self, path):
        im = self.im.resize((N, N), Image.LANCZOS)
        im.quantize(96, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)


def bezier(p0, p1, p2, p3, n=24):
    """Points of a cubic curve."""
    out = []
    for i in range(n + 1):
        t = i / n
        u = 1 - t
        out.append(
            tuple(u**3 * p0[k] + 3 * u * u * t * p1[k] + 3 * u * t * t * p2[k] + t**3 * p3[k] for k in (0, 1))
        )
    return out


def flame(p, x, y, k, c, hole):
    """A flame that stands on (x, y), about 150 * k high, with a hole of another colour."""

    def put(path, scale, colour):
        pts = [pt for part in path for pt in bezier(*part)]
        p.poly([(x + a * scale, y + b * scale) for a, b in pts], colour)

    outer = [
        ((0, 0), (-70, 0), (-72, -64), (-40, -102)),
        ((-40, -102), (-40, -80), (-32, -70), (-20, -66)),
        ((-20, -66), (-28, -104), (-6, -134), (16, -152)),
        ((16, -152), (14, -118), (60, -96), (60, -48)),
        ((60, -48), (60, -16), (38, 0), (0, 0)),
    ]
    put(outer, k, c)
    p.poly(
        [(x + a * k * 0.46, y - 8 * k + b * k * 0.46) for part in outer for a, b in bezier(*part)],
        hole,
    )


# ---- signs -----------------------------------------------------------------
def call_point():  # a finger on a button, a flame beside it
    p = Pen(RED)
    p.disc(170, 170, 62, WHITE)
    p.disc(170, 170, 48, RED)
    p.disc(170, 170, 36, WHITE)
    for halo, c in ((9, RED), (0, WHITE)):  # a hand that comes from below, its finger on the button
        p.stroke([(178, 186), (232, 290)], 40 + 2 * halo, c)
        p.poly(
            [
                (200 - halo, 292),
                (262, 246 - halo),
                (330 + halo, 300),
                (366 + halo, 424),
                (262 - halo, 424),
            ],
            c,
        )
    p.stroke([(246, 268), (262, 300)], 7, RED)
    p.stroke([(282, 268), (294, 300)], 7, RED)
    flame(p, 366, 236, 1.05, WHITE, RED)
    return p


def extinguisher():
    p = Pen(RED)
    p.box(196, 178, 296, 424, WHITE, 26)
    p.box(222, 138, 270, 190, WHITE, 6)
    p.stroke([(236, 132), (318, 104)], 16, WHITE)  # upper lever
    p.stroke([(236, 146), (318, 146)], 14, WHITE)  # carrying handle
    p.stroke(bezier((226, 150), (150, 150), (146, 210), (150, 300)), 15, WHITE)  # hose
    p.poly([(140, 294), (162, 294), (172, 352), (130, 352)], WHITE)
    p.box(214, 250, 278, 330, RED, 6)
    flame(p, 384, 424, 0.92, WHITE, RED)
    return p


def hose_reel():
    p = Pen(RED)
    p.disc(210, 226, 132, WHITE)
    for r in (114, 88, 62):
        p.arc(210, 226, r, 0, 360, 9, RED)
    p.disc(210, 226, 26, RED)
    p.stroke([(328, 226), (328, 330), (300, 388)], 20, WHITE)
    p.poly([(284, 382), (310, 394), (290, 434), (274, 426)], WHITE)
    flame(p, 396, 206, 0.8, WHITE, RED)
    return p


def hydrant():
    p = Pen(RED)
    p.box(176, 398, 304, 424, WHITE, 4)
    p.box(200, 164, 280, 400, WHITE)
    p.box(186, 146, 294, 172, WHITE, 6)
    p.d.pieslice([196 * S, 88 * S, 284 * S, 206 * S], 180, 360, fill=WHITE)
    p.box(230, 68, 250, 96, WHITE, 4)
    p.box(152, 212, 204, 264, WHITE, 4)  # outlets
    p.box(276, 212, 328, 264, WHITE, 4)
    p.box(138, 204, 156, 272, WHITE, 4)
    p.box(324, 204, 342, 272, WHITE, 4)
    p.disc(240, 238, 24, RED)
    p.disc(240, 238, 11, WHITE)
    flame(p, 394, 424, 0.8, WHITE, RED)
    return p


def prohibition(draw):
    p = Pen()
    p.disc(240, 240, 222, RED)
    p.disc(240, 240, 180, WHITE)
    draw(p)
    d = 200 * math.sqrt(0.5)
    p.d.line([((240 - d) * S, (240 - d) * S), ((240 + d) * S, (240 + d) * S)], fill=RED, width=36 * S)
    return p


def padlock(p):
    p.arc(240, 204, 66, 180, 360, 22, BLACK)
    p.box(174, 202, 196, 250, BLACK)
    p.box(284, 202, 306, 250, BLACK)
    p.box(154, 236, 326, 358, BLACK, 10)
    p.disc(240, 284, 17, WHITE)
    p.poly([(233, 288), (247, 288), (254, 328), (226, 328)], WHITE)


def water_on_fire(p):
    """A tilted bucket pours water on a flame."""
    p.poly([(232, 112), (328, 172), (364, 238), (286, 268), (246, 206)], BLACK)
    p.arc(304, 160, 62, 238, 388, 8, BLACK)
    for shift in (0, 20, 40):
        p.stroke(
            bezier(
                (236 - shift * 0.5, 150 + shift), (204, 164 + shift), (190, 190 + shift), (186, 226 + shift)
            ),
            9,
            BLACK,
        )
    flame(p, 196, 382, 0.82, BLACK, WHITE)


def exit_right():
    """A runner in a doorway and an arrow to the right."""
    p = Pen(GREEN)
    p.box(44, 96, 212, 396, WHITE)
    p.box(62, 114, 194, 396, GREEN)
    for halo, c in ((10, GREEN), (0, WHITE)):  # a green rim parts the runner from the door post
        p.disc(176, 150, 22 + halo, c)
        p.stroke([(158, 196), (140, 254)], 34 + 2 * halo, c)
        p.stroke([(164, 190), (204, 220), (238, 204)], 15 + 2 * halo, c)
        p.stroke([(150, 188), (108, 200), (88, 236)], 15 + 2 * halo, c)
        p.stroke([(144, 260), (192, 290), (190, 352)], 21 + 2 * halo, c)
        p.stroke([(134, 260), (110, 312), (56, 318)], 21 + 2 * halo, c)
    p.box(256, 226, 356, 266, WHITE)
    p.poly([(344, 168), (436, 246), (344, 324)], WHITE)
    return p


# ---- devices ---------------------------------------------------------------
def gauge(angle):
    """A pressure gauge: red, green and yellow band; the needle at degrees clockwise from 3 o'clock."""
    p = Pen()
    p.disc(240, 240, 214, GREY)
    p.disc(240, 240, 198, WHITE)
    p.arc(240, 240, 172, 150, 218, 52, RED)
    p.arc(240, 240, 172, 222, 318, 52, GREEN)
    p.arc(240, 240, 172, 322, 390, 52, YELLOW)
    for a in (150, 220, 320, 390):
        c, s = math.cos(math.radians(a)), math.sin(math.radians(a))
        p.stroke([(240 + 112 * c, 240 + 112 * s), (240 + 178 * c, 240 + 178 * s)], 6, BLACK)
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    p.poly(
        [(240 - 12 * s, 240 + 12 * c), (240 + 150 * c, 240 + 150 * s), (240 + 12 * s, 240 - 12 * c)],
        BLACK,
    )
    p.stroke([(240, 240), (240 - 46 * c, 240 - 46 * s)], 16, BLACK)
    p.disc(240, 240, 26, BLACK)
    p.disc(240, 240, 9, GREY)
    return p


def extinguisher_parts():
    """A portable powder extinguisher; 1 lever, 2 pin, 3 gauge, 4 body, 5 hose."""
    p = Pen()
    p.box(174, 190, 300, 456, RED, 34)
    p.box(214, 150, 260, 200, GREY, 6)
    p.box(190, 268, 284, 360, WHITE, 8)
    for y in (290, 312, 334):
        p.stroke([(206, y), (268, y)], 5, PALE)
    p.stroke(bezier((214, 172), (116, 170), (112, 250), (122, 352)), 15, BLACK)
    p.poly([(112, 346), (134, 346), (142, 398), (106, 398)], BLACK)
    p.stroke([(226, 154), (344, 154)], 15, GREY)  # handle
    p.stroke([(226, 132), (340, 92)], 15, BLACK)  # lever
    p.stroke([(236, 124), (236, 156)], 22, GREY)
    p.stroke([(286, 132), (286, 142)], 8, BRASS)  # pin with its ring
    p.stroke([(262, 136), (318, 136)], 7, BRASS)
    p.arc(336, 136, 20, 0, 360, 6, BRASS)
    p.disc(240, 178, 24, GREY)
    p.disc(240, 178, 19, WHITE)
    p.arc(240, 178, 17, 220, 320, 6, GREEN)
    p.stroke([(240, 178), (240, 166)], 4, BLACK)
    for x, y, text, to in (
        (378, 62, "1", (334, 92)),
        (430, 134, "2", (358, 136)),
        (392, 214, "3", (264, 182)),
        (400, 330, "4", (300, 330)),
        (48, 240, "5", (112, 250)),
    ):
        p.stroke([(x, y), to], 4, BLACK)
        p.number(x, y, text)
    return p


def sprinkler():
    """A pendent sprinkler with a red bulb."""
    p = Pen()
    p.box(60, 52, 420, 74, PALE)  # ceiling
    p.box(196, 74, 284, 138, BRASS, 4)
    for y in (88, 104, 120):
        p.stroke([(198, y), (282, y)], 4, (150, 118, 50))
    p.box(172, 138, 308, 166, BRASS, 5)
    p.stroke(bezier((196, 166), (128, 220), (140, 300), (222, 338)), 16, BRASS)
    p.stroke(bezier((284, 166), (352, 220), (340, 300), (258, 338)), 16, BRASS)
    p.box(220, 166, 260, 190, BRASS)
    p.box(216, 318, 264, 352, BRASS, 6)
    p.box(226, 186, 254, 322, (214, 24, 40), 14)  # the glass bulb
    p.box(232, 200, 238, 304, (246, 150, 158), 3)
    p.box(128, 352, 352, 366, BRASS, 3)
    for x in range(134, 350, 24):
        p.poly([(x, 364), (x + 16, 364), (x + 12, 386), (x + 4, 386)], BRASS)
    return p


PICTURES = {
    "sign-call-point.png": call_point,
    "sign-extinguisher.png": extinguisher,
    "sign-hose-reel.png": hose_reel,
    "sign-hydrant.png": hydrant,
    "sign-no-lock.png": lambda: prohibition(padlock),
    "sign-no-water.png": lambda: prohibition(water_on_fire),
    "sign-exit-right.png": exit_right,
    "gauge-red.png": lambda: gauge(182),
    "gauge-green.png": lambda: gauge(276),
    "gauge-yellow.png": lambda: gauge(354),
    "extinguisher-parts.png": extinguisher_parts,
    "sprinkler-bulb.png": sprinkler,
}


def main():
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    out.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        draw().save(out / name)
        size = (out / name).stat().st_size
        print(f"{name}: {size} bytes")
        assert size < 30 * 1024, name


if __name__ == "__main__":
    main()
