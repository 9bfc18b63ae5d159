"""Draw the pictures of the shipped drills: pictures/*.svg -> media/*.png beside them.

    python scripts/draw_drills.py        # draws what is missing or older than its source

The drawings are plain shapes, so a palette of colours keeps each picture below some sixty kilobytes."""

import io
import sys
from pathlib import Path

import typst
from PIL import Image

SHIPPED = Path(__file__).resolve().parents[1] / "webapp" / "courses" / "shipped"
WIDTH_PX, HEIGHT_PX = 1200, 900
COLOURS = 96


def draw(source: Path, into: Path) -> None:
    """Write one picture of WIDTH_PX x HEIGHT_PX."""
    page = (
        f"#set page(width: {WIDTH_PX}pt, height: {HEIGHT_PX}pt, margin: 0pt)\n"
        '#image(bytes(sys.inputs.svg), format: "svg", width: 100%, height: 100%)'
    )
    text = source.read_text(encoding="utf-8")
    data = typst.compile(page.encode(), format="png", ppi=72, sys_inputs={"svg": text})
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    if picture.size != (WIDTH_PX, HEIGHT_PX):
        raise SystemExit(f"{source}: {picture.size}")
    into.parent.mkdir(exist_ok=True)
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(into, optimize=True)


def main() -> int:
    for source in sorted(SHIPPED.glob("*/pictures/*.svg")):
        into = source.parents[1] / "media" / f"{source.stem}.png"
        if not into.exists() or into.stat().st_mtime < source.stat().st_mtime:
            draw(source, into)
            print(f"{into.relative_to(SHIPPED)}: {into.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
