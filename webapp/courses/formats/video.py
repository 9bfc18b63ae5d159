"""What an mp4 says of itself: its length, read from the box `mvhd`."""

import struct
from pathlib import Path
from typing import BinaryIO

HEADER = 8
LONG = 1


def duration_s(path: Path) -> int:
    """The length of an mp4 in whole seconds, rounded up. Raise ValueError when it is not an mp4."""
    with path.open("rb") as file:
        size = path.stat().st_size
        moov = _find(file, b"moov", 0, size)
        if moov is None:
            raise ValueError("not an mp4 video")
        mvhd = _find(file, b"mvhd", *moov)
        if mvhd is None:
            raise ValueError("not an mp4 video")
        file.seek(mvhd[0])
        body = file.read(32)
    if len(body) < 32:
        raise ValueError("not an mp4 video")
    if body[0] == 1:
        scale, length = struct.unpack(">IQ", body[20:32])
    else:
        scale, length = struct.unpack(">II", body[12:20])
    if not scale:
        raise ValueError("not an mp4 video")
    return int(-(-length // scale))


def _find(file: BinaryIO, name: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where the content of the first box `name` begins and ends, between two places of the file."""
    place = start
    while place + HEADER <= end:
        file.seek(place)
        head = file.read(16)
        if len(head) < HEADER:
            return None
        length, kind = struct.unpack(">I4s", head[:HEADER])
        skip = HEADER
        if length == LONG and len(head) == 16:
            length, skip = struct.unpack(">Q", head[8:16])[0], 16
        if length == 0:
            length = end - place
        if length < skip:
            return None
        if kind == name:
            return place + skip, min(place + length, end)
        place += length
    return None
