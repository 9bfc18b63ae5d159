"""What the supervisor shows: steps with seconds, the children's lines, and at last where to go."""

import os
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO, TextIO

COLOURS = (36, 32, 33, 35, 34, 96, 92, 93)
NAME_WIDTH = 8


@dataclass
class Screen:
    """Writes whole lines only: children are read by a thread each, one lock orders them."""

    stream: TextIO = field(default_factory=lambda: sys.stdout)
    started: float = field(default_factory=time.time)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _colours: dict[str, int] = field(default_factory=dict, init=False)

    def step(self, text: str) -> None:
        """One step of the start, with the seconds since it began."""
        self._write(f"{self._paint('1', f'{time.time() - self.started:5.1f} s')}  {text}")

    def line(self, name: str, text: str) -> None:
        """One line of a child."""
        colour = self._colours.setdefault(name, COLOURS[len(self._colours) % len(COLOURS)])
        self._write(f"{self._paint(str(colour), f'{name:<{NAME_WIDTH}} |')} {text}")

    def plain(self, text: str = "") -> None:
        self._write(text)

    def follow_child(self, name: str, child: subprocess.Popen[bytes]) -> threading.Thread:
        """Show the lines of a child that was started with a pipe."""
        assert child.stdout is not None
        thread = threading.Thread(
            target=self._copy, args=(name, child.stdout), name=f"log-{name}", daemon=True
        )
        thread.start()
        return thread

    def _copy(self, name: str, handle: IO[bytes]) -> None:
        with handle:
            for raw in handle:
                self.line(name, raw.decode(errors="replace").rstrip())

    def _write(self, text: str) -> None:
        with self._lock:
            try:
                self.stream.write(text + "\n")
                self.stream.flush()
            except (BrokenPipeError, ValueError):
                pass  # nobody reads any more; the processes go on

    def _paint(self, code: str, text: str) -> str:
        if not self.stream.isatty() or os.environ.get("NO_COLOR"):
            return text
        return f"\x1b[{code}m{text}\x1b[0m"


def width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as aligned lines."""
    columns = max((len(row) for row in rows), default=0)
    widths = [max((width(row[i]) for row in rows if i < len(row)), default=0) for i in range(columns)]
    return [
        "  ".join(cell + " " * (widths[i] - width(cell)) for i, cell in enumerate(row)).rstrip()
        for row in rows
    ]
