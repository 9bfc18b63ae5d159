"""Pictures of lessons and drills: what they claim to be, and not too large to show."""

import warnings
from pathlib import Path

from PIL import Image

KINDS = {".png": "PNG", ".jpg": "JPEG", ".webp": "WEBP"}
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 30_000_000


def is_picture(path: Path, suffix: str) -> bool:
    """Whether a file is a whole picture of the kind that `suffix` says, within 10 MB and 30 million pixels."""
    if path.stat().st_size > MAX_BYTES:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=[KINDS[suffix]]) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    return False
                opened.load()
    except Exception:
        # Decoders raise many kinds of errors on hostile bytes; all mean "no picture we can show".
        return False
    return True
