#!/usr/bin/env python3
"""Draw the pictures used by the topics of this bank (Pillow only).

Run:  python make_pictures.py [output folder]      (default: this file's folder)
All of them are our own simple drawings; each PNG is 480x480. Places on a body carry numbers, not words.
"""

import math
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

S = 4  # drawn 4x too large, then reduced: smooth edges
N = 480
BLACK, WHITE, GREY = (20, 20, 20), (255, 255, 255), (150, 150, 150)
RED, YELLOW, BLUE, FLOOR = (200, 16, 32), (250, 204, 0), (0, 84, 166), (226, 236, 228)
SKIN, LINE, CLOTH, SHIRT = (247, 214, 184), (120, 82, 58), (74, 104, 142), (120, 158, 196)
Points = list[tuple[float, float]]
Colour = tuple[int, int, int]


class Pen:
    """A drawing surface in 480x480 coordinates."""

    def __init__(self, paper: Colour = WHITE) -> None:
        self.im = Image.new("RGB", (N * S, N * S), paper)
        self.d = ImageDraw.Draw(self.im)

    def _p(self, pts: Points) -> Points:
        return [(x * S, y * S) for x, y in pts]

    def poly(self, pts: Points, c: Colour, edge: Colour | None = None) -> None:
        self.d.polygon(self._p(pts), fill=c)
        if edge:
            self.stroke([*pts, pts[0]], 3, edge)

    def disc(self, x: float, y: float, r: float, c: Colour) -> None:
        self.oval(x - r, y - r, x + r, y + r, c)

    def oval(self, x0: float, y0: float, x1: float, y1: float, c: Colour) -> None:
        self.d.ellipse([x0 * S, y0 * S, x1 * S, y1 * S], fill=c)

    def box(self, x0: float, y0: float, x1: float, y1: float, c: Colour, r: float = 0) -> None:
        self.d.rounded_rectangle([x0 * S, y0 * S, x1 * S, y1 * S], radius=r * S, fill=c)

    def arc(self, x: float, y: float, r: float, a0: float, a1: float, w: float, c: Colour) -> None:
        """Arc, angles in degrees clockwise from 3 o'clock."""
        self.d.arc([(x - r) * S, (y - r) * S, (x + r) * S, (y + r) * S], a0, a1, fill=c, width=int(w * S))

    def pie(self, x: float, y: float, r: float, a0: float, a1: float, c: Colour) -> None:
        self.d.pieslice([(x - r) * S, (y - r) * S, (x + r) * S, (y + r) * S], a0, a1, fill=c)

    def stroke(self, pts: Points, w: float, c: Colour) -> None:
        """Polyline with round joints and ends."""
        self.d.line(self._p(pts), fill=c, width=int(w * S))
        for x, y in pts:
            self.disc(x, y, w / 2, c)

    def limb(self, pts: Points, w: float, c: Colour) -> None:
        """A thick line with a thin dark edge."""
        self.stroke(pts, w + 5, LINE)
        self.stroke(pts, w, c)

    def number(self, text: str, x: float, y: float, r: float = 17, c: Colour = RED) -> None:
        self.disc(x, y, r + 3, WHITE)
        self.disc(x, y, r, c)
        font = ImageFont.load_default(size=r * 1.5 * S)
        self.d.text((x * S, y * S), text, fill=WHITE, font=font, anchor="mm")

    def save(self, path: Path) -> None:
        im = self.im.resize((N, N), Image.Resampling.LANCZOS)
        im = im.quantize(96, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        im.save(path, optimize=True)


# ---- bodies ----------------------------------------------------------------
def front(p: Pen, ox: float = 0, oy: float = 0, k: float = 1, arms: tuple[int, ...] = (-1, 1)) -> None:
    """A bare upper body seen from the front, down to the hips, with the arms named (-1 is the left of the picture)."""

    def f(pts: Points) -> Points:
        return [(ox + x * k, oy + y * k) for x, y in pts]

    for side in arms:
        arm = f([(240 + side * 122, 168), (240 + side * 150, 290), (240 + side * 158, 420)])
        p.stroke(arm, 46 * k + 5, LINE)
        p.stroke(arm, 46 * k, SKIN)
    left = [(206, 116), (206, 132), (118, 150), (104, 180), (128, 300), (136, 360), (122, 470)]
    body = f([*left, *((480 - x, y) for x, y in reversed(left))])
    p.poly(body, SKIN)
    p.stroke(body[2:7], 3, LINE)
    p.stroke(body[7:12], 3, LINE)
    for side in (-1, 1):  # neck, clavicles, lower edge of the ribs, nipples
        p.stroke(f([(240 + side * 34, 100), (240 + side * 34, 132), (240 + side * 122, 150)]), 3, LINE)
        p.stroke(f([(240 + side * 18, 152), (240 + side * 96, 160)]), 3, LINE)
        p.stroke(f([(240 + side * 8, 302), (240 + side * 52, 332), (240 + side * 92, 366)]), 2.5, LINE)
        x, y = f([(240 + side * 66, 252)])[0]
        p.disc(x, y, 6 * k, (205, 140, 120))
    (x, y), (nx, ny) = f([(240, 62), (240, 408)])
    p.oval(x - 48 * k, y - 60 * k, x + 48 * k, y + 58 * k, LINE)
    p.oval(x - 45 * k, y - 57 * k, x + 45 * k, y + 55 * k, SKIN)
    p.pie(x, y - 8 * k, 48 * k, 180, 360, (70, 52, 44))
    for side in (-1, 1):
        p.disc(x + side * 17 * k, y + 6 * k, 4 * k, LINE)
    p.arc(x, y + 22 * k, 14 * k, 30, 150, 3 * k, LINE)
    p.disc(nx, ny, 5 * k, LINE)


def cpr_hand_place() -> Pen:
    p = Pen()
    front(p)
    for text, x, y in (("1", 240, 172), ("2", 240, 256), ("3", 240, 350), ("4", 330, 300)):
        p.number(text, x, y)
    return p


def abdominal_thrust_place() -> Pen:
    p = Pen()
    front(p)
    for text, x, y in (("1", 240, 172), ("2", 240, 250), ("3", 240, 362), ("4", 240, 452)):
        p.number(text, x, y)
    return p


def aed_pads() -> Pen:
    p = Pen()
    pads = {
        "1": ((282, 180), (290, 300)),
        "2": ((132, 180), (282, 180)),
        "3": ((152, 385), (264, 385)),
        "4": ((132, 180), (306, 290)),
    }
    for n, (text, places) in enumerate(pads.items()):
        ox, oy = (n % 2) * 240, (n // 2) * 240
        front(p, ox, oy, 0.5)
        for across, down in places:
            x, y = ox + across / 2, oy + down / 2
            p.box(x - 2, y - 2, x + 40, y + 34, (30, 90, 60), 6)
            p.box(x, y, x + 38, y + 32, (190, 235, 205), 5)
            p.stroke(
                [(x + 21, y + 7), (x + 15, y + 17), (x + 22, y + 16), (x + 17, y + 26)], 2.5, (30, 90, 60)
            )
        p.number(text, ox + 24, oy + 26, 15, BLUE)
    for a, b in (((240, 8), (240, 472)), ((8, 240), (472, 240))):
        p.stroke([a, b], 2, GREY)
    return p


def tourniquet_place() -> Pen:
    """A leg from the hip (left) to the foot, a bleeding wound on the calf, four bands."""
    p = Pen()
    p.box(0, 330, 480, 480, FLOOR)
    leg = [(0, 190), (120, 196), (205, 212), (250, 208), (320, 214), (412, 240), (424, 196), (444, 170)]
    leg += [
        (462, 176),
        (462, 296),
        (440, 304),
        (400, 294),
        (330, 306),
        (262, 290),
        (205, 298),
        (110, 318),
        (0, 330),
    ]
    p.poly(leg, SKIN, LINE)
    p.poly([(0, 180), (70, 184), (78, 326), (0, 340)], CLOTH, LINE)
    p.arc(232, 246, 24, 200, 340, 3, LINE)  # knee cap
    for x0, y0, y1 in ((112, 192, 322), (222, 204, 300), (318, 208, 308), (380, 224, 302)):
        p.stroke([(x0, y0), (x0 + 3, (y0 + y1) / 2), (x0, y1)], 16, (70, 70, 70))
        p.stroke([(x0, y0), (x0 + 3, (y0 + y1) / 2), (x0, y1)], 10, (205, 205, 205))
    p.poly([(300, 250), (318, 240), (338, 252), (320, 264)], (150, 0, 16))
    for x, y in ((306, 270), (318, 282), (332, 272), (312, 300), (324, 318), (318, 340)):
        p.oval(x - 6, y - 8, x + 6, y + 9, RED)
    p.oval(282, 344, 356, 366, RED)
    for text, x in (("1", 112), ("2", 222), ("3", 318), ("4", 380)):
        p.stroke([(x, 150), (x, 198)], 3, BLUE)
        p.number(text, x, 134, 19, BLUE)
    return p


def arm_sling() -> Pen:
    p = Pen()
    front(p, arms=(1,))
    shirt = [(206, 132), (118, 150), (104, 180), (128, 300), (122, 480), (358, 480), (352, 300), (376, 180)]
    shirt += [(362, 150), (274, 132), (240, 158)]
    p.poly(shirt, SHIRT, LINE)
    p.stroke([(368, 168), (378, 232)], 52, SHIRT)
    p.limb([(112, 172), (106, 300)], 46, SHIRT)  # the hurt arm hangs down to the elbow ...
    p.limb([(108, 312), (308, 296)], 40, SKIN)  # ... and lies across the belly
    p.limb([(306, 296), (334, 292)], 34, SKIN)
    cloth = [
        (282, 118),
        (300, 140),
        (322, 284),
        (306, 332),
        (96, 350),
        (76, 326),
        (88, 292),
        (190, 130),
        (204, 118),
    ]
    p.poly(cloth, (250, 248, 238), LINE)
    p.stroke([(198, 136), (120, 300)], 2, GREY)
    p.stroke([(290, 146), (300, 290)], 2, GREY)
    p.stroke([(112, 334), (300, 312)], 2, GREY)
    p.limb([(204, 120), (240, 150), (282, 120)], 8, (250, 248, 238))
    p.disc(286, 112, 11, LINE)
    p.disc(286, 112, 8, (250, 248, 238))
    p.limb([(290, 106), (312, 92)], 7, (250, 248, 238))
    return p


def recovery_position() -> Pen:
    """Seen from above: lying on the side, face to the lower edge of the picture."""
    p = Pen()
    p.box(16, 70, 464, 420, FLOOR, 16)
    p.limb([(150, 236), (128, 322), (66, 330)], 30, SKIN)  # lower arm, stretched out in front, elbow bent
    p.limb([(260, 226), (360, 222), (444, 224)], 40, CLOTH)  # lower leg, straight
    p.limb([(148, 214), (262, 216)], 84, SHIRT)
    p.limb([(262, 218), (330, 312), (420, 300)], 42, CLOTH)  # upper leg, hip and knee bent
    p.disc(436, 300, 19, BLACK)
    p.disc(450, 226, 19, BLACK)
    p.oval(34, 170, 122, 268, LINE)
    p.oval(37, 173, 119, 265, SKIN)
    p.pie(78, 214, 44, 175, 350, (70, 52, 44))
    p.disc(62, 238, 4, LINE)
    p.disc(84, 242, 4, LINE)
    p.limb([(158, 200), (176, 290), (100, 282)], 27, SHIRT)  # upper arm, the hand below the cheek
    p.limb([(100, 282), (76, 268)], 22, SKIN)
    return p


# ---- signs -----------------------------------------------------------------
def warning() -> Pen:
    p = Pen()

    def tri(cx: float, cy: float, rad: float, corner: float, c: Colour) -> None:
        angles = [math.radians(a) for a in (-90, 30, 150)]
        pts = [(cx + rad * math.cos(a), cy + rad * math.sin(a)) for a in angles]
        p.poly(pts, c)
        p.stroke(pts + pts[:1], corner * 2, c)

    tri(240, 300, 232, 22, BLACK)
    tri(240, 300, 208, 10, YELLOW)
    return p


def warn_poison() -> Pen:  # skull and crossbones
    p = warning()
    for a, b in (((158, 330), (322, 392)), ((322, 330), (158, 392))):
        p.stroke([a, b], 16, BLACK)
        for x, y in (a, b):
            p.disc(x, y - 8, 11, BLACK)
            p.disc(x, y + 8, 11, BLACK)
    p.oval(178, 188, 302, 310, BLACK)
    p.box(206, 280, 274, 346, BLACK, 10)
    for x in (214, 266):
        p.disc(x, 254, 18, YELLOW)
    p.poly([(240, 274), (230, 296), (250, 296)], YELLOW)
    for x in (224, 240, 256):
        p.box(x - 2, 314, x + 2, 344, YELLOW)
    return p


def warn_radiation() -> Pen:  # trefoil
    p = warning()
    for a in (90, 210, 330):
        p.pie(240, 304, 98, a - 30, a + 30, BLACK)
    p.disc(240, 304, 28, YELLOW)
    p.disc(240, 304, 19, BLACK)
    return p


def warn_dust() -> Pen:  # a head in profile before a cloud of grains
    p = warning()
    head = [(338, 300), (334, 262), (306, 240), (268, 240), (246, 258), (244, 282), (226, 312), (244, 318)]
    head += [(242, 330), (248, 338), (244, 348), (252, 366), (282, 368), (286, 398), (346, 398), (332, 350)]
    p.poly(head, BLACK)
    p.disc(262, 290, 6, YELLOW)
    grains = [(212, 296), (196, 322), (216, 336), (178, 344), (198, 352), (220, 362), (160, 366), (184, 374)]
    grains += [(206, 382), (228, 388), (140, 386), (162, 394), (188, 398), (212, 402), (226, 276), (206, 262)]
    for n, (x, y) in enumerate(grains):
        p.disc(x, y, 5 + (n % 3) * 1.6, BLACK)
    return p


def warn_corrosion() -> Pen:  # two tubes drip on a bar and on a hand
    p = warning()
    for x, tilt in ((212, -1), (268, 1)):
        p.stroke([(x, 222), (x + tilt * 42, 246)], 22, BLACK)
        p.stroke([(x + tilt * 4, 224), (x + tilt * 36, 242)], 11, YELLOW)
    for x in (160, 322):
        for y in (280, 310):
            p.poly([(x, y - 16), (x - 8, y + 2), (x + 8, y + 2)], BLACK)
            p.disc(x, y + 4, 8, BLACK)
    p.poly(
        [(108, 352), (146, 352), (154, 366), (166, 366), (174, 352), (222, 352), (222, 388), (108, 388)],
        BLACK,
    )
    hand = [(258, 388), (258, 362), (282, 346), (306, 350), (314, 362), (328, 362), (336, 350), (372, 354)]
    p.poly([*hand, (378, 362), (340, 372), (378, 380), (376, 390)], BLACK)
    return p


def must_gasmask() -> Pen:
    p = Pen()
    p.disc(240, 240, 222, BLUE)
    p.oval(140, 78, 340, 330, WHITE)
    p.box(150, 190, 330, 300, WHITE, 40)
    for x in (192, 288):
        p.disc(x, 204, 44, BLUE)
        p.disc(x, 204, 33, WHITE)
    p.stroke([(148, 150), (332, 150)], 9, BLUE)
    p.disc(240, 308, 62, BLUE)
    p.disc(240, 308, 52, WHITE)
    for y in (286, 308, 330):
        p.box(206, y - 5, 274, y + 5, BLUE, 5)
    p.box(196, 366, 284, 402, WHITE, 8)
    return p


PICTURES = {
    "cpr-hand-place.png": cpr_hand_place,
    "abdominal-thrust-place.png": abdominal_thrust_place,
    "aed-pads.png": aed_pads,
    "tourniquet-place.png": tourniquet_place,
    "arm-sling.png": arm_sling,
    "recovery-position.png": recovery_position,
    "sign-warn-poison.png": warn_poison,
    "sign-warn-radiation.png": warn_radiation,
    "sign-warn-dust.png": warn_dust,
    "sign-warn-corrosion.png": warn_corrosion,
    "sign-must-gasmask.png": must_gasmask,
}


def main() -> None:
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent
    out.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        draw().save(out / name)
        size = (out / name).stat().st_size
        print(f"{name}: {size} bytes")
        assert size < 30 * 1024, name


if __name__ == "__main__":
    main()
