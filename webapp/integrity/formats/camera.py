"""A picture of a camera: told by its content, small, written anew."""

import io
import warnings

from PIL import Image

MAX_BYTES = 60_000
MAX_PIXELS = 2_000_000
MAX_SIDE = 640


def rewritten(content: bytes) -> bytes | None:
    """The JPEG with nothing in it but pixels, at most MAX_SIDE wide and high; None when it is no JPEG,
    larger than MAX_BYTES or broken."""
    if not 0 < len(content) <= MAX_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG",)) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    return None
                image = opened.convert("RGB")
                image.thumbnail((MAX_SIDE, MAX_SIDE))
                clean = Image.new("RGB", image.size)  # what a camera wrote beside the pixels stays behind
                clean.paste(image)
                out = io.BytesIO()
                clean.save(out, "JPEG", quality=70)
                return out.getvalue()
    except Exception:
        # Decoders raise many kinds of errors on hostile bytes; all mean "no picture we can keep".
        return None
