"""What an mp4 says of itself: its length (box `mvhd`) and how its pictures are coded (box `stsd`)."""

import struct
from collections.abc import Iterator
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

HEADER = 8
LONG = 1


def duration_s(path: Path) -> int:
    """The length of an mp4 in whole seconds, rounded up. Raise ValueError when it is not an mp4, or cut off."""
    with path.open("rb") as file:
        return duration_of(file, path.stat().st_size)


def duration_of(file: BinaryIO | RawIOBase, size: int) -> int:
    """`duration_s` of an open file of so many bytes; only the heads of its boxes are read. Raise ValueError."""
    moov = _find(file, b"moov", 0, size)
    last = max((stop for _, _, stop in _boxes(file, 0, size)), default=0)
    if moov is None or last != size:
        raise ValueError("not an mp4 video")
    mvhd = _find(file, b"mvhd", *moov)
    if mvhd is None:
        raise ValueError("not an mp4 video")
    file.seek(mvhd[0])
    body = file.read(32) or b""
    if len(body) < 32:
        raise ValueError("not an mp4 video")
    if body[0] == 1:
        scale, length = struct.unpack(">IQ", body[20:32])
    else:
        scale, length = struct.unpack(">II", body[12:20])
    if not scale:
        raise ValueError("not an mp4 video")
    return int(-(-length // scale))


def is_h264(path: Path) -> bool:
    """Whether an mp4 has a track coded as H.264, which every browser plays (phones also record HEVC)."""
    with path.open("rb") as file:
        for trak in _path(file, (b"moov", b"trak"), 0, path.stat().st_size):
            for stsd in _path(file, (b"mdia", b"minf", b"stbl", b"stsd"), *trak):
                file.seek(stsd[0])
                if file.read(16)[12:] in {b"avc1", b"avc3"}:
                    return True
    return False


def _path(
    file: BinaryIO | RawIOBase, names: tuple[bytes, ...], start: int, end: int
) -> Iterator[tuple[int, int]]:
    """The contents of all boxes at a path of names."""
    if not names:
        yield start, end
        return
    for kind, inner, stop in _boxes(file, start, end):
        if kind == names[0]:
            yield from _path(file, names[1:], inner, stop)


def _find(file: BinaryIO | RawIOBase, name: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where the content of the first box `name` begins and ends, between two places of the file."""
    return next(((inner, stop) for kind, inner, stop in _boxes(file, start, end) if kind == name), None)


def _boxes(file: BinaryIO | RawIOBase, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, where its content begins, where it ends) of each box, until one makes no sense."""
    place = start
    while place + HEADER <= end:
        file.seek(place)
        head = file.read(16) or b""
        if len(head) < HEADER:
            return
        length, kind = struct.unpack(">I4s", head[:HEADER])
        skip = HEADER
        if length == LONG and len(head) == 16:
            length, skip = struct.unpack(">Q", head[8:16])[0], 16
        if length == 0:
            length = end - place
        if length < skip:
            return
        if place + length > end:
            return
        yield kind, place + skip, place + length
        place += length
