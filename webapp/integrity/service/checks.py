"""Optional checks of an exam: each is off unless the contest file names it.

A check knows its settings in a blueprint, what it asks of a browser before the start, and what it notes
while somebody writes. New ones are registered here; the exam package knows none of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from webapp.contests.rules.blueprint import NO_CHECKS, Checks
from webapp.core.crypto import keyring
from webapp.core.db import db, let_go
from webapp.exam.queries.plans import plan

MOST_EVENTS = 200
"""Of one person, exam, check and outcome: nothing may grow without end."""


@dataclass(frozen=True)
class Asking:
    """A request as checks see it. url: absolute, as people type the address of this site, without fragment.
    header: the value of a header by its name, '' without one."""

    url: str
    header: Callable[[str], str]
    device: str
    at: datetime


@dataclass(frozen=True)
class Who:
    """Whose request it is; attempt_id is None before the start."""

    exam_id: int
    person_id: int
    attempt_id: int | None = None


@dataclass(frozen=True)
class Check:
    """settings: its part of the file, None where it is off. before_start may refuse by raising (an error of
    this package) and is asked without an open transaction; while_writing only notes."""

    name: str
    settings: Callable[[Checks], Any]
    before_start: Callable[[Any, Who, Asking], None]
    while_writing: Callable[[Any, Who, Asking], None]


_registered: dict[str, Check] = {}


def register(check: Check) -> Check:
    """Make a check known by its name."""
    _registered[check.name] = check
    return check


def checks_of(exam_id: int) -> Checks:
    """What the contest file of an exam asks for: from memory, once a process from the exam's row."""
    return plan(exam_id).blueprint.checks


def active(exam_id: int) -> Iterator[tuple[Check, Any]]:
    """The checks of an exam with their settings; none for nearly all exams, without asking the database."""
    named = checks_of(exam_id)
    if db.session.registry.has() and db.session().in_transaction():
        let_go()  # the start takes a connection of its own
    if named == NO_CHECKS:
        return
    for check in _registered.values():
        if (settings := check.settings(named)) is not None:
            yield check, settings


_NOTE = text(
    """
    INSERT INTO check_events (exam_id, person_id, attempt_id, name, outcome, how, device_hash, at)
    SELECT n.exam_id, n.person_id, n.attempt_id, n.name, n.outcome, :how, n.device_hash, n.at
    FROM (SELECT CAST(:exam_id AS bigint) AS exam_id, CAST(:person_id AS bigint) AS person_id,
                 CAST(:attempt_id AS bigint) AS attempt_id, CAST(:name AS text) AS name,
                 CAST(:outcome AS text) AS outcome, CAST(:device_hash AS bytea) AS device_hash,
                 CAST(:at AS timestamptz) AS at) n
    WHERE NOT EXISTS (SELECT FROM check_events e WHERE e.exam_id = n.exam_id AND e.person_id = n.person_id
                      AND e.name = n.name AND e.outcome = n.outcome AND e.device_hash = n.device_hash
                      AND e.at > n.at - interval '1 minute')
      AND (SELECT count(*) FROM check_events e WHERE e.exam_id = n.exam_id AND e.person_id = n.person_id
           AND e.name = n.name AND e.outcome = n.outcome) < :most
    """
)


def note(who: Who, name: str, outcome: str, asking: Asking, how: str = "") -> None:
    """Keep what a check saw: at most once a minute of one browser, MOST_EVENTS of one outcome."""
    db.session.execute(
        _NOTE,
        {
            "exam_id": who.exam_id,
            "person_id": who.person_id,
            "attempt_id": who.attempt_id,
            "name": name,
            "outcome": outcome,
            "how": how,
            "device_hash": device_hash(who.exam_id, asking.device),
            "at": asking.at,
            "most": MOST_EVENTS,
        },
    )


def device_hash(exam_id: int, device: str) -> bytes:
    """The name of a browser, scrambled differently in every exam; empty without a name."""
    return keyring().lookup_hash(device, f"exam-device:{exam_id}") if device else b""
