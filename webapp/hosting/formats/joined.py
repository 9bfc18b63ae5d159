"""A file that lies in pieces, read as one: forwards, backwards, without joining it on disk."""

import io
from collections.abc import Sequence
from pathlib import Path


class Joined(io.RawIOBase):
    """The pieces behind each other. Every piece but the last is `piece_bytes` long."""

    def __init__(self, pieces: Sequence[Path], piece_bytes: int, size_bytes: int) -> None:
        super().__init__()
        self._pieces, self._piece_bytes, self.size_bytes = pieces, piece_bytes, size_bytes
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size_bytes}[whence]
        self._at = max(0, start + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        end = self.size_bytes if size < 0 else min(self._at + size, self.size_bytes)
        parts = []
        while self._at < end:
            number, inside = divmod(self._at, self._piece_bytes)
            with self._pieces[number].open("rb") as piece:
                piece.seek(inside)
                part = piece.read(min(end - self._at, self._piece_bytes - inside))
            if not part:
                break
            parts.append(part)
            self._at += len(part)
        return b"".join(parts)
