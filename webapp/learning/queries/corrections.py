"""What hosts see to correct points: contestants of their scope, requests, and signs of haste."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text

from webapp.access.permissions import Grant, ScopeKind
from webapp.core.db import db
from webapp.core.errors import NotFound

MOST = 30


@dataclass(frozen=True)
class Contestant:
    """A participation as the host finds it."""

    participation_id: int
    name: str
    number: str
    unit: str
    contest_id: int
    contest_title: dict[str, str]
    event_id: int
    event_title: dict[str, str]
    points: Decimal


@dataclass(frozen=True)
class ReversalRequest:
    """A request to take points back. state: waiting | done | refused."""

    request_id: int
    participation_id: int
    name: str
    number: str
    contest_id: int
    event_id: int
    event_title: dict[str, str]
    entry_id: int
    points: Decimal
    reason: str
    state: str
    asked_by_account_id: int
    asked_at: datetime


@dataclass(frozen=True)
class Haste:
    """Quiz answers that came too fast: how many, of how many, and in which rounds."""

    fast: int
    answers: int
    rounds: frozenset[int]


@dataclass(frozen=True)
class Scope:
    """Over which contests and events somebody looks."""

    everything: bool
    contest_ids: tuple[int, ...]
    event_ids: tuple[int, ...]

    @classmethod
    def of(cls, grants: Iterable[Grant]) -> "Scope":
        held = list(grants)
        return cls(
            any(one.scope_kind is ScopeKind.EVERYTHING for one in held),
            tuple(one.scope_id for one in held if one.scope_kind is ScopeKind.CONTEST),
            tuple(one.scope_id for one in held if one.scope_kind is ScopeKind.EVENT),
        )

    @property
    def values(self) -> dict[str, Any]:
        return {
            "everything": self.everything,
            "contest_ids": list(self.contest_ids),
            "event_ids": list(self.event_ids),
        }


_IN_SCOPE = "(:everything OR p.contest_id = ANY(:contest_ids) OR p.event_id = ANY(:event_ids))"
_CONTESTANTS = """
    SELECT p.id AS participation_id, person.name, p.number, coalesce(unit.name, '') AS unit, p.contest_id,
           c.title AS contest_title, p.event_id, e.title AS event_title,
           coalesce((SELECT sum(x.points) FROM point_entries x
                     WHERE x.contest_id = p.contest_id AND x.participation_id = p.id), 0) AS points
    FROM participations p JOIN persons person ON person.id = p.person_id
    JOIN events e ON e.id = p.event_id JOIN contests c ON c.id = p.contest_id
    LEFT JOIN organisations unit ON unit.id = p.unit_id
"""
_FIND = text(
    f"""
    {_CONTESTANTS} WHERE {_IN_SCOPE} AND (p.number = :words OR strpos(person.name, :words) > 0)
    ORDER BY p.number, p.id LIMIT :most
    """
)
_ONE = text(f"{_CONTESTANTS} WHERE p.id = :participation_id")
_REQUESTS = text(
    f"""
    SELECT r.id AS request_id, r.participation_id, person.name, p.number, r.contest_id, p.event_id,
           e.title AS event_title, r.entry_id, x.points, r.reason, r.state, r.asked_by_account_id, r.asked_at
    FROM point_reversals r JOIN participations p ON p.id = r.participation_id
    JOIN persons person ON person.id = p.person_id JOIN events e ON e.id = p.event_id
    JOIN point_entries x ON x.contest_id = r.contest_id AND x.id = r.entry_id
    WHERE {_IN_SCOPE} AND (:participation_id = 0 OR p.id = :participation_id)
      AND (:request_id = 0 OR r.id = :request_id) AND (r.state = 'waiting' OR NOT :only_waiting)
    ORDER BY (r.state = 'waiting') DESC, r.id DESC LIMIT 100
    """  # noqa: S608 - only constants of this file are spliced in
)
_HASTE = text(
    """
    SELECT count(*) AS answers, count(*) FILTER (WHERE is_fast) AS fast,
           coalesce(array_agg(DISTINCT round_id) FILTER (WHERE is_fast), '{}') AS rounds
    FROM quiz_answers WHERE participation_id = :participation_id
    """
)


def find(words: str, scope: Scope) -> list[Contestant]:
    """Contestants with this number, or whose name holds these words; at most MOST, by number."""
    if not words:
        return []
    rows = db.session.execute(_FIND, {**scope.values, "words": words, "most": MOST}).mappings()
    return [Contestant(**row) for row in rows]


def contestant(participation_id: int) -> Contestant:
    """One participation, whoever asks: check the scope. Raise NotFound."""
    row = db.session.execute(_ONE, {"participation_id": participation_id}).mappings().one_or_none()
    if row is None:
        raise NotFound
    return Contestant(**row)


def requests(scope: Scope, participation_id: int = 0) -> list[ReversalRequest]:
    """Requests that wait, or all of one participation; those that wait first."""
    values = {"participation_id": participation_id, "request_id": 0, "only_waiting": not participation_id}
    rows = db.session.execute(_REQUESTS, {**scope.values, **values}).mappings()
    return [ReversalRequest(**row) for row in rows]


def request_in(scope: Scope, request_id: int) -> ReversalRequest:
    """One request within the scope. Raise NotFound."""
    values = {"participation_id": 0, "request_id": request_id, "only_waiting": False}
    row = db.session.execute(_REQUESTS, {**scope.values, **values}).mappings().one_or_none()
    if row is None or not request_id:
        raise NotFound
    return ReversalRequest(**row)


def haste(participation_id: int) -> Haste:
    """Answers faster than the contest file's minimum. They earned nothing; the rounds show the company they kept."""
    row = db.session.execute(_HASTE, {"participation_id": participation_id}).one()
    return Haste(row.fast, row.answers, frozenset(row.rounds))
