"""What a drill has measured, the table at the end, and the same as JSON."""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of the table. ok None: told for information, there is no limit."""

    row: str
    done: str
    figure: str
    limit: str
    ok: bool | None

    @property
    def verdict(self) -> str:
        return {True: "ok", False: "MISSED", None: "-"}[self.ok]


def at_most(row: str, done: str, value: float, limit: float, unit: str = "") -> Figure:
    """A figure that must not be above its limit."""
    return Figure(row, done, _number(value, unit), f"<= {_number(limit, unit)}", value <= limit)


def exactly(row: str, done: str, value: int, wanted: int = 0) -> Figure:
    """A count that must be this one."""
    return Figure(row, done, str(value), str(wanted), value == wanted)


def at_least(row: str, done: str, value: float, limit: float, unit: str = "") -> Figure:
    """A figure that must not be below its limit: a drill under no load proves nothing."""
    return Figure(row, done, _number(value, unit), f">= {_number(limit, unit)}", value >= limit)


def told(row: str, done: str, said: str) -> Figure:
    """Something to know, without a limit."""
    return Figure(row, done, said, "", None)


def failed(row: str, error: BaseException) -> Figure:
    """A drill that did not come to its end counts as missed."""
    said = (str(error).strip().splitlines() or [""])[0]
    return Figure(row, "the drill did not come to its end", f"{type(error).__name__}: {said}"[:90], "", False)


def _number(value: float, unit: str) -> str:
    text = f"{value:.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:.3g}"
    return f"{text} {unit}".strip()


def table(figures: Sequence[Figure]) -> str:
    """The figures in columns; Chinese letters count as two."""
    rows = [("row", "what was done", "figure", "limit", "")]
    rows += [(one.row, one.done, one.figure, one.limit, one.verdict) for one in figures]
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def write_json(figures: Sequence[Figure], seconds: float, path: Path) -> None:
    """The same for programs; limits missed come first to the eye as `ok: false`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "seconds": round(seconds, 1),
        "missed": sum(one.ok is False for one in figures),
        "figures": [asdict(one) for one in figures],
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
