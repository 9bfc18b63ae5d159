"""What the address of a report asks for."""

from dataclasses import dataclass

from flask import request, url_for

from webapp.access.principal import principal
from webapp.core.errors import NotFound
from webapp.reports.errors import ReportMissing
from webapp.reports.queries import cells, scope
from webapp.reports.queries.cells import Cell, Source
from webapp.reports.queries.outline import outline
from webapp.reports.queries.scope import Choice

MOST_ID = 2**62
MOST_WORDS = 80


@dataclass(frozen=True)
class Asked:
    """What is looked at, where its numbers come from, and the number of the whole of it."""

    choice: Choice
    source: Source
    wanted: str

    def cell(self) -> Cell:
        """The numbers at the place itself. One statement."""
        found = cells.read(self.source, *self.choice.slice, [self.choice.place])
        return found[0] if found else Cell(self.choice.place, "", 0, 0, {}, cells.nothing())

    def link(self, endpoint: str, **changed: object) -> str:
        """The address of a view of the same with other filters; None takes a filter away."""
        return address(endpoint, self.choice, **changed)


def asked(contest_id: int) -> Asked:
    """What the address asks for, if the reader may see it. raise (ReportMissing)."""
    try:
        one = outline(contest_id)
    except NotFound:
        raise ReportMissing from None
    try:
        choice = scope.choose(
            principal(), one, number("event"), request.values.get("industry") or _unnamed(), number("place")
        )
    except NotFound:
        raise ReportMissing from None
    return Asked(choice, cells.sources([one])[0], request.values.get("q", "").strip()[:MOST_WORDS])


def _unnamed() -> str | None:
    """'' when the industry that no file names is asked for."""
    return "" if request.values.get("unnamed") else None


def number(name: str) -> int | None:
    """A number of the address, or None. raise (ReportMissing): it is none."""
    words = request.values.get(name, "")
    if not words:
        return None
    if not words.isdecimal() or int(words) > MOST_ID:
        raise ReportMissing
    return int(words)


def address(endpoint: str, choice: Choice, **changed: object) -> str:
    """The address of a view with the present filters and what is changed; None takes a filter away."""
    filters: dict[str, object] = {
        "event": choice.event_id,
        "industry": choice.industry,
        "place": choice.place or None,
        **changed,
    }
    if filters["industry"] == "":
        filters |= {"industry": None, "unnamed": 1}
    return url_for(
        endpoint,
        contest_id=choice.outline.contest_id,
        **{name: value for name, value in filters.items() if value is not None},  # type: ignore[arg-type]  # plain values
    )


def plain_address(endpoint: str, contest_id: int, place: int = cells.EVERYWHERE) -> str:
    """The address of a contest's view, of a place if one is given, without other filters."""
    return url_for(endpoint, contest_id=contest_id, place=place or None)
