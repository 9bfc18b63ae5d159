"""What a photo says of itself: its kind and its resolution."""

import io
import warnings

from PIL import Image

KINDS = ("JPEG", "PNG", "TIFF")
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "TIFF": "image/tiff"}


def read_photo(content: bytes) -> tuple[str, int | None] | None:
    """(media type, dpi) of a photo: the smaller of both directions, rounded; dpi None when it says nothing.

    None when it is no photo. Only the head is read: nothing is decoded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=KINDS) as opened:
                told = opened.info.get("dpi")
                kind = MEDIA_TYPES[opened.format or ""]
    except Exception:
        # Decoders raise many kinds of errors on hostile bytes; all mean "no photo".
        return None
    try:
        dpi = round(min(float(told[0]), float(told[1]))) if told else None
    except (TypeError, ValueError, OverflowError, IndexError):
        dpi = None
    return kind, dpi if dpi and dpi > 1 else None
