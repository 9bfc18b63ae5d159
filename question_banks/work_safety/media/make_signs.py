#!/usr/bin/env python3
"""Draw the safety-sign pictures used by topics/signs.toml (Pillow only).

Run:  python make_signs.py [output folder]      (default: this file's folder)
All pictograms are our own simple drawings; each PNG is 480x480.
"""

import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw

S = 4  # drawn 4x too large, then reduced: smooth edges
N = 480
RED, YELLOW, BLUE, GREEN = (200, 16, 32), (250, 204, 0), (0, 84, 166), (0, 132, 70)
BLACK, WHITE = (20, 20, 20), (255, 255, 255)


class Pen:
    """A drawing surface in 480x480 coordinates."""

    def __init__(self):
        self.im = Image.new("RGB", (N * S, N * S), WHITE)
        self.d = ImageDraw.Draw(self.im)

    def _p(self, pts):
        return [(x * S, y * S) for x, y in pts]

    def poly(self, pts, c):
        self.d.polygon(self._p(pts), fill=c)

    def disc(self, x, y, r, c):
        self.d.ellipse([(x - r) * S, (y - r) * S, (x + r) * S, (y + r) * S], fill=c)

    def oval(self, x0, y0, x1, y1, c):
        self.d.ellipse([x0 * S, y0 * S, x1 * S, y1 * S], fill=c)

    def box(self, x0, y0, x1, y1, c, r=0):
        self.d.rounded_rectangle([x0 * S, y0 * S, x1 * S, y1 * S], radius=r * S, fill=c)

    def arc(self, x, y, r, a0, a1, w, c):
        """Arc with round ends, angles in degrees clockwise from 3 o'clock."""
        self.d.arc([(x - r) * S, (y - r) * S, (x + r) * S, (y + r) * S], a0, a1, fill=c, width=int(w * S))

    def pie(self, x, y, r, a0, a1, c):
        self.d.pieslice([(x - r) * S, (y - r) * S, (x + r) * S, (y + r) * S], a0, a1, fill=c)

    def stroke(self, pts, w, c):
        """Polyline with round joints and ends."""
        self.d.line(self._p(pts), fill=c, width=int(w * S))
        for x, y in pts:
            self.disc(x, y, w / 2, c)

    def curve(self, p0, p1, p2, p3, n=24):
        out = []
        for i in range(n + 1):
            t = i / n
            u = 1 - t
            out.append(
                (
                    u**3 * p0[0] + 3 * u * u * t * p1[0] + 3 * u * t * t * p2[0] + t**3 * p3[0],
                    u**3 * p0[1] + 3 * u * u * t * p1[1] + 3 * u * t * t * p2[1] + t**3 * p3[1],
                )
            )
        return out

    def save(self, path):
        im = self.im.resize((N, N), Image.LANCZOS)
        im = im.quantize(96, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        im.save(path, optimize=True)


# ---- sign bodies -----------------------------------------------------------
def prohibition(draw):
    p = Pen()
    p.disc(240, 240, 222, RED)
    p.disc(240, 240, 180, WHITE)
    draw(p)
    d = 200 * math.sqrt(0.5)
    p.d.line(p._p([(240 - d, 240 - d), (240 + d, 240 + d)]), fill=RED, width=36 * S)
    return p


def warning(draw):
    p = Pen()

    def tri(cx, cy, rad, corner, c):
        pts = [
            (cx + rad * math.cos(math.radians(a)), cy + rad * math.sin(math.radians(a)))
            for a in (-90, 30, 150)
        ]
        p.poly(pts, c)
        p.stroke(pts + pts[:1], corner * 2, c)

    tri(240, 300, 232, 22, BLACK)
    tri(240, 300, 208, 10, YELLOW)
    draw(p)
    return p


def mandatory(draw):
    p = Pen()
    p.disc(240, 240, 222, BLUE)
    draw(p)
    return p


def prompt(draw):
    p = Pen()
    p.box(22, 22, 458, 458, GREEN, 14)
    draw(p)
    return p


# ---- pictograms ------------------------------------------------------------
def flame(p, x, y, k, c, hole):
    """A flame standing on the point (x, y), k = scale."""

    def f(pts):
        return [(x + a * k, y + b * k) for a, b in pts]

    out = (
        p.curve((0, 0), (-62, 0), (-74, -58), (-44, -100))
        + p.curve((-44, -100), (-40, -82), (-34, -76), (-24, -74))
        + p.curve((-24, -74), (-34, -120), (-6, -150), (22, -172))
        + p.curve((22, -172), (14, -132), (62, -100), (62, -52))
        + p.curve((62, -52), (62, -18), (40, 0), (0, 0))
    )
    p.poly(f(out), c)
    inn = (
        p.curve((2, -8), (-28, -8), (-30, -40), (-12, -58))
        + p.curve((-12, -58), (-8, -48), (-2, -46), (4, -46))
        + p.curve((4, -46), (2, -66), (10, -80), (20, -90))
        + p.curve((20, -90), (18, -66), (34, -54), (34, -34))
        + p.curve((34, -34), (34, -16), (20, -8), (2, -8))
    )
    p.poly(f(inn), hole)


def no_fire(p):  # a burning match
    p.stroke([(150, 352), (262, 262)], 17, BLACK)
    p.disc(268, 256, 17, BLACK)
    flame(p, 284, 262, 0.92, BLACK, WHITE)


def no_smoking(p):
    p.box(112, 252, 296, 286, BLACK)
    p.box(304, 252, 324, 286, BLACK)
    p.box(332, 252, 352, 286, BLACK)
    for x in (322, 356):
        p.stroke(
            p.curve((x - 8, 236), (x - 8, 206), (x + 16, 206), (x + 12, 182))
            + p.curve((x + 12, 182), (x + 10, 166), (x - 12, 166), (x - 10, 146)),
            11,
            BLACK,
        )


def no_entry_person(p):  # walking person
    p.disc(246, 122, 27, BLACK)
    p.poly([(222, 160), (272, 160), (278, 250), (214, 250)], BLACK)
    p.stroke([(230, 168), (184, 212), (168, 262)], 19, BLACK)
    p.stroke([(264, 168), (302, 214), (334, 228)], 19, BLACK)
    p.stroke([(228, 248), (208, 306), (164, 358)], 26, BLACK)
    p.stroke([(262, 248), (288, 304), (298, 366)], 26, BLACK)


def warn_electric(p):  # lightning arrow
    p.poly(
        [
            (262, 152),
            (196, 282),
            (238, 276),
            (206, 350),
            (184, 340),
            (196, 404),
            (250, 364),
            (229, 358),
            (284, 246),
            (240, 254),
            (284, 152),
        ],
        BLACK,
    )


def warn_fire(p):
    flame(p, 240, 372, 1.2, BLACK, YELLOW)
    p.box(158, 382, 322, 398, BLACK)


def warn_general(p):
    p.poly([(218, 160), (262, 160), (252, 318), (228, 318)], BLACK)
    p.disc(240, 160, 22, BLACK)
    p.disc(240, 318, 12, BLACK)
    p.disc(240, 364, 24, BLACK)


def warn_slip(p):  # falling person on a slippery floor
    p.disc(202, 216, 21, BLACK)
    p.stroke([(212, 246), (246, 308)], 32, BLACK)
    p.stroke([(214, 250), (172, 290), (156, 330)], 14, BLACK)
    p.stroke([(222, 246), (266, 236), (290, 212)], 14, BLACK)
    p.stroke([(246, 312), (296, 296), (336, 330)], 19, BLACK)
    p.stroke([(246, 314), (286, 346), (318, 372)], 19, BLACK)
    p.stroke([(124, 396), (356, 396)], 13, BLACK)


def helmet(p):  # head with helmet
    p.oval(168, 190, 312, 372, WHITE)
    p.pie(240, 206, 112, 180, 360, WHITE)
    p.box(108, 200, 372, 228, WHITE, 13)
    p.box(108, 228, 372, 240, BLUE)
    p.box(230, 84, 250, 180, WHITE, 8)
    p.arc(240, 206, 82, 205, 258, 9, BLUE)
    p.arc(240, 206, 82, 282, 335, 9, BLUE)
    p.disc(210, 274, 9, BLUE)
    p.disc(270, 274, 9, BLUE)
    p.arc(240, 308, 30, 25, 155, 8, BLUE)


def goggles(p):  # head with dark goggles
    p.oval(142, 88, 338, 392, WHITE)
    p.box(132, 212, 348, 228, BLUE)
    p.box(160, 182, 234, 262, BLUE, 26)
    p.box(246, 182, 320, 262, BLUE, 26)
    p.box(170, 192, 224, 252, WHITE, 18)
    p.box(256, 192, 310, 252, WHITE, 18)
    p.box(178, 200, 216, 244, BLUE, 12)
    p.box(264, 200, 302, 244, BLUE, 12)
    p.arc(240, 310, 38, 25, 155, 9, BLUE)


def gloves(p):  # one five-finger glove
    for x, top in ((190, 152), (226, 126), (262, 134), (298, 164)):
        p.stroke([(x, top), (x, 270)], 31, WHITE)
    p.box(174, 226, 314, 340, WHITE, 22)
    p.stroke([(188, 300), (136, 238)], 33, WHITE)
    p.box(186, 352, 302, 398, WHITE, 8)


def ear(p):  # head with ear muffs
    p.oval(166, 112, 314, 388, WHITE)
    p.arc(240, 220, 140, 180, 360, 22, WHITE)
    for x in (122, 358):
        p.box(x - 32, 196, x + 32, 302, WHITE, 24)
    p.disc(208, 226, 9, BLUE)
    p.disc(272, 226, 9, BLUE)
    p.arc(240, 288, 32, 25, 155, 8, BLUE)


def exit_(p):  # person running through a doorway
    p.box(250, 72, 416, 408, WHITE)
    p.box(272, 94, 394, 408, GREEN)
    for halo, c in ((11, GREEN), (0, WHITE)):  # a green rim parts the person from the door post
        p.disc(246, 138, 26 + halo, c)
        p.stroke([(232, 190), (212, 258)], 42 + 2 * halo, c)
        p.stroke([(240, 184), (286, 220), (328, 202)], 18 + 2 * halo, c)
        p.stroke([(220, 180), (168, 194), (142, 238)], 18 + 2 * halo, c)
        p.stroke([(216, 264), (272, 300), (272, 372)], 25 + 2 * halo, c)
        p.stroke([(204, 264), (174, 324), (104, 332)], 25 + 2 * halo, c)


def first_aid(p):
    p.box(196, 96, 284, 384, WHITE)
    p.box(96, 196, 384, 284, WHITE)


SIGNS = {
    "sign-no-fire.png": (prohibition, no_fire),
    "sign-no-smoking.png": (prohibition, no_smoking),
    "sign-no-passing.png": (prohibition, no_entry_person),
    "sign-warn-electric.png": (warning, warn_electric),
    "sign-warn-fire.png": (warning, warn_fire),
    "sign-warn-general.png": (warning, warn_general),
    "sign-warn-slip.png": (warning, warn_slip),
    "sign-must-helmet.png": (mandatory, helmet),
    "sign-must-goggles.png": (mandatory, goggles),
    "sign-must-gloves.png": (mandatory, gloves),
    "sign-must-ear.png": (mandatory, ear),
    "sign-exit.png": (prompt, exit_),
    "sign-first-aid.png": (prompt, first_aid),
}


def main():
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    out.mkdir(parents=True, exist_ok=True)
    for name, (body, pictogram) in SIGNS.items():
        body(pictogram).save(out / name)
        size = (out / name).stat().st_size
        print(f"{name}: {size} bytes")
        assert size < 30 * 1024, name


if __name__ == "__main__":
    main()
