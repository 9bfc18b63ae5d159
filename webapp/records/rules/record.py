"""A skill record (技能档案): one person's contests, results, certificates, awards and skill levels over the years.

Source: CONTESTS 2 (one person's contests, certificates and level promotions stand together as a skill record)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

Words = dict[str, str]
"""A text in both languages: {"zh": …, "en": …}."""


@dataclass(frozen=True)
class Reached:
    """One stage that somebody reached. rank, combined, of: on its final list (of: how many it names); None while
    there is no such list or it does not name the person. goes_on: the list lets them go on."""

    title: Words
    rank: int | None = None
    of: int | None = None
    combined: str | None = None
    goes_on: bool = False
    final_on: date | None = None


@dataclass(frozen=True)
class Taking:
    """Taking part in one event. unit: at that time. points: learning points earned. team: of a team's entry."""

    contest_id: int
    contest: Words
    event: Words
    year: int
    number: str
    unit: str
    stages: tuple[Reached, ...]
    points: Decimal | None = None
    in_team: bool = False


@dataclass(frozen=True)
class Held:
    """A certificate. is_valid: not revoked."""

    contest_id: int
    serial: str
    title: Words
    event: Words
    issued_on: date
    is_valid: bool


@dataclass(frozen=True)
class Given:
    """An award that two people decided. Sums of money are nobody else's business and are not part of it."""

    contest_id: int
    title: Words
    contest: Words
    event: Words
    rank: int
    given_on: date


@dataclass(frozen=True)
class Level:
    """A skill level in a trade. contest_id: of the contest that gave it; None: held before, the staff saw the paper."""

    contest_id: int | None
    trade: str
    level: str
    since: date
    contest: Words | None = None


@dataclass(frozen=True)
class Earlier:
    """A result of an earlier contest, as its host brought it in."""

    contest: str
    edition: str
    year: int
    trade: str
    rank: int | None
    prize: str


@dataclass(frozen=True)
class Record:
    """The whole record of one person, the newest first in every part."""

    name: str
    takings: tuple[Taking, ...] = ()
    certificates: tuple[Held, ...] = ()
    awards: tuple[Given, ...] = ()
    levels: tuple[Level, ...] = ()
    earlier: tuple[Earlier, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.takings or self.certificates or self.awards or self.levels or self.earlier)

    @property
    def years(self) -> tuple[int, ...]:
        """The years it covers, the newest first."""
        found = {one.year for one in self.takings} | {one.year for one in self.earlier}
        return tuple(sorted(found, reverse=True))


def as_json(record: Record) -> dict[str, Any]:
    """The record as JSON values, the same for the same record: what its digest is taken of."""
    return {key: _plain(value) for key, value in asdict(record).items()}


def record_from(data: Mapping[str, Any]) -> Record:
    """Back from `as_json`."""
    return Record(
        name=data["name"],
        takings=tuple(_taking(one) for one in data["takings"]),
        certificates=tuple(Held(**{**one, **_days(one, "issued_on")}) for one in data["certificates"]),
        awards=tuple(Given(**{**one, **_days(one, "given_on")}) for one in data["awards"]),
        levels=tuple(Level(**{**one, **_days(one, "since")}) for one in data["levels"]),
        earlier=tuple(Earlier(**one) for one in data["earlier"]),
    )


def _taking(one: Mapping[str, Any]) -> Taking:
    points = None if one["points"] is None else Decimal(one["points"])
    stages = tuple(Reached(**{**stage, **_days(stage, "final_on")}) for stage in one["stages"])
    return Taking(**{**one, "points": points, "stages": stages})


def _days(one: Mapping[str, Any], name: str) -> dict[str, date | None]:
    return {name: None if one[name] is None else date.fromisoformat(one[name])}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (date, Decimal)):
        return str(value)
    return value
