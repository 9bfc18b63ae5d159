"""Pictures of questions: told by their content, made small enough for a phone, written anew."""

import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 30_000_000
MAX_SIDE = 1600
SMALL_BYTES = 64 * 1024
KINDS = ("PNG", "JPEG", "GIF", "WEBP", "BMP")
SUFFIXES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")


@dataclass(frozen=True)
class Picture:
    """A picture as it will be served."""

    content: bytes
    media_type: str


def checked(content: bytes) -> Picture | None:
    """The picture written anew (nothing hidden in it survives), or None when it is none, too large or broken.

    Photographs become JPEG, all else PNG; the first frame of an animation is kept."""
    if len(content) > MAX_BYTES:
        return None
    return _checked_before(content) if len(content) <= SMALL_BYTES else _checked(content)


def _checked(content: bytes) -> Picture | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=KINDS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    return None
                is_photo = opened.format == "JPEG"
                if is_photo and _is_bare_photo(opened, content):
                    return Picture(content, "image/jpeg")
                image = ImageOps.exif_transpose(opened)
                image.thumbnail((MAX_SIDE, MAX_SIDE))
                return _written(image, is_photo)
    except Exception:
        # Decoders raise many kinds of errors on hostile bytes; all mean "no picture we can show".
        return None


@lru_cache(maxsize=128)
def _checked_before(content: bytes) -> Picture | None:
    """Drawings of a bank come again with each of its versions, when it is looked at and when it is stored; a drawing
    takes 25 ms. At most 16 MB of a process."""
    return _checked(content)


def _is_bare_photo(image: Image.Image, content: bytes) -> bool:
    """A photograph that carries nothing but its pixels and fits: written anew it would only lose quality,
    and be another file each time a bank goes out and in."""
    image.load()
    extra = {"exif", "comment", "icc_profile", "xmp", "photoshop", "mpoffset"} & set(image.info)
    fits = max(image.size) <= MAX_SIDE and image.mode in {"RGB", "L"}
    ends = content.endswith(b"\xff\xd9") and content.count(b"\xff\xd9") == 1
    return fits and ends and not extra


def _written(image: Image.Image, is_photo: bool) -> Picture:
    out = io.BytesIO()
    if is_photo:
        image.convert("RGB").save(out, "JPEG", quality=85, optimize=True)
        return Picture(out.getvalue(), "image/jpeg")
    has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    plain = image.convert("RGBA" if has_alpha else "RGB")
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)
    clean.save(out, "PNG", optimize=True)
    return Picture(out.getvalue(), "image/png")


def find(name: str, files: Mapping[str, bytes]) -> bytes | None:
    """The file a picture column means: the very path, else the same file name in any folder, with or without
    its ending, in any case."""
    if name in files:
        return files[name]
    wanted = name.replace("\\", "/").rsplit("/", 1)[-1].casefold()
    for path, content in files.items():
        base = path.rsplit("/", 1)[-1].casefold()
        stem = base.rsplit(".", 1)[0]
        if base == wanted or (stem == wanted and base.endswith(SUFFIXES)):
            return content
    return None
