"""Results as JSON lines or CSV with a digest at the end. Both carry the same values; neither has names."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from webapp.leaderboard.rules.masking import neutral
from webapp.leaderboard.rules.verify import Line

END = "end"
COLUMNS = (
    "contest",
    "event",
    "stage",
    "rank",
    "number",
    "terms",
    "combined",
    "time_used_s",
    "submitted_at",
    "display",
    "breakers",
    "sort_key",
)


class Format(StrEnum):
    """How results are written."""

    JSONL = "jsonl"
    CSV = "csv"


class ResultsUnreadable(ValueError):
    """The file is not one of ours, or somebody has changed its form; the text says where."""


def written(lines: Iterable[Line], form: Format) -> Iterator[str]:
    """The text of a file, line by line; the last one holds the count and the SHA-256 of all before it."""
    digest, count = hashlib.sha256(), 0
    for text in _body(lines, form):
        digest.update(text.encode())
        count += 1
        yield text
    count -= form is Format.CSV  # the head is no result
    if form is Format.CSV:
        yield _csv_line([END, str(count), digest.hexdigest()])
    else:
        yield json.dumps({END: True, "rows": count, "digest": digest.hexdigest()}) + "\n"


def read(text: str) -> tuple[list[Line], str]:
    """(the results, the digest that was stated and is right).

    raise (ResultsUnreadable): wrong digest or count, or a line that cannot be read."""
    lines = text.splitlines(keepends=True)
    if not lines:
        raise ResultsUnreadable("the file is empty")
    form = Format.JSONL if lines[0].startswith("{") else Format.CSV
    body, last = lines[:-1], lines[-1]
    rows, stated = _end(last, form)
    computed = hashlib.sha256("".join(body).encode()).hexdigest()
    if computed != stated:
        raise ResultsUnreadable(f"the digest is {computed}, but the file says {stated}")
    head = 1 if form is Format.CSV else 0
    if len(body) - head != rows:
        raise ResultsUnreadable(f"{len(body) - head} results, but the file says {rows}")
    found = []
    for at, line in enumerate(body[head:], 1):
        try:
            found.append(_from_cells(next(csv.reader([line]))) if head else _from_json(json.loads(line)))
        except (ValueError, KeyError, ArithmeticError, StopIteration) as error:
            raise ResultsUnreadable(f"result {at} cannot be read: {error}") from error
    return found, stated


def _body(lines: Iterable[Line], form: Format) -> Iterator[str]:
    if form is Format.CSV:
        yield _csv_line(COLUMNS)
    for line in lines:
        yield (
            _csv_line(_cells(line))
            if form is Format.CSV
            else json.dumps(_json(line), ensure_ascii=False) + "\n"
        )


def _end(last: str, form: Format) -> tuple[int, str]:
    try:
        if form is Format.JSONL:
            told = json.loads(last)
            return int(told["rows"]), str(told["digest"])
        mark, rows, digest = next(csv.reader([last]))
        if mark != END:
            raise ValueError(mark)
        return int(rows), digest
    except (ValueError, KeyError, TypeError, StopIteration) as error:
        raise ResultsUnreadable("the last line with count and digest is missing") from error


def _csv_line(cells: Sequence[str]) -> str:
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerow(cells)
    return target.getvalue()


def _json(line: Line) -> dict[str, Any]:
    return {
        "contest": line.contest,
        "event": line.event,
        "stage": line.stage,
        "rank": line.rank,
        "number": line.number,
        "terms": [
            {"component": component, "score": str(score), "weight_pct": str(weight)}
            for component, score, weight in line.terms
        ],
        "combined": str(line.combined),
        "time_used_s": line.time_used_s,
        "submitted_at": line.submitted_at.isoformat() if line.submitted_at else None,
        "display": line.display,
        "breakers": list(line.breakers),
        "sort_key": line.sort_key,
    }


def _from_json(data: dict[str, Any]) -> Line:
    return Line(
        contest=data["contest"],
        event=data["event"],
        stage=data["stage"],
        rank=int(data["rank"]),
        number=data["number"],
        terms=tuple(
            (term["component"], Decimal(term["score"]), Decimal(term["weight_pct"])) for term in data["terms"]
        ),
        combined=Decimal(data["combined"]),
        time_used_s=data["time_used_s"],
        submitted_at=datetime.fromisoformat(data["submitted_at"]) if data["submitted_at"] else None,
        display=data["display"],
        breakers=tuple(data["breakers"]),
        sort_key=data["sort_key"],
    )


def _cells(line: Line) -> list[str]:
    """As `_json`; terms as 'learning 50.0000 x 30 + theory 90.0000 x 70'."""
    told = _json(line)
    told["terms"] = " + ".join(f"{component} {score} x {weight}" for component, score, weight in line.terms)
    told["breakers"] = " ".join(line.breakers)
    return [neutral("" if told[column] is None else str(told[column])) for column in COLUMNS]


def _from_cells(cells: Sequence[str]) -> Line:
    told: dict[str, Any] = {
        column: cell.removeprefix("'") for column, cell in zip(COLUMNS, cells, strict=True)
    }
    told["terms"] = [
        dict(zip(("component", "score", "weight_pct"), term.replace(" x ", " ").split(" "), strict=True))
        for term in told["terms"].split(" + ")
    ]
    told["breakers"] = told["breakers"].split()
    told["time_used_s"] = int(told["time_used_s"]) if told["time_used_s"] else None
    return _from_json(told)
