"""What never changes of an attempt, kept in process memory: whose it is, and what each slot can take.

Attempts and question versions are immutable, so nothing here can go stale."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import text

from webapp.banks.rules.answers import SlotForm, form_of
from webapp.banks.rules.storage import public_from_json
from webapp.contests.rules.blueprint import NO_CHECKS
from webapp.core.db import db
from webapp.exam.errors import AttemptNotFound
from webapp.exam.queries.plans import plan

CACHE_SIZE = 50_000


@dataclass(frozen=True)
class Layout:
    """The frozen side of one attempt. sections: the section of each slot; empty unless the paper has
    section rules, so that an ordinary save asks nothing about them. has_checks: the contest file asks for
    optional checks, which look at each request."""

    attempt_id: int
    exam_id: int
    participation_id: int
    person_id: int
    hall: str
    paper: tuple[int, ...]
    forms: tuple[SlotForm, ...]
    sections: tuple[int, ...] = ()
    has_checks: bool = False


_cache: "OrderedDict[int, Layout]" = OrderedDict()
_lock = Lock()

_SELECT = text(
    """
    SELECT a.exam_id, a.participation_id, s.person_id, p.hall, a.paper, a.sections,
           array_agg(q.type ORDER BY slot.n), array_agg(jsonb_array_length(q.options) ORDER BY slot.n),
           array_agg(q.blanks ORDER BY slot.n), array_agg(q.extra ORDER BY slot.n)
    FROM attempts a
    JOIN sheets s ON s.attempt_id = a.id
    JOIN participations p ON p.id = a.participation_id
    CROSS JOIN LATERAL unnest(a.paper) WITH ORDINALITY AS slot(version_id, n)
    JOIN question_versions q ON q.id = slot.version_id
    WHERE a.id = :attempt_id
    GROUP BY a.id, s.person_id, p.hall
    """
)


def layout(attempt_id: int, person_id: int) -> Layout:
    """The layout of a person's own attempt. raise (AttemptNotFound): missing, or somebody else's."""
    found = _cache.get(attempt_id) or _read(attempt_id)
    if found.person_id != person_id:
        raise AttemptNotFound
    return found


def forget_layouts() -> None:
    """Empty the cache: tests reuse ids."""
    with _lock:
        _cache.clear()


def _parts(extra: Mapping[str, Any]) -> tuple[SlotForm, ...]:
    """The forms of a passage's parts; () for the other types."""
    return tuple(form_of(public_from_json(part)) for part in extra.get("parts", ()))


def _read(attempt_id: int) -> Layout:
    row = db.session.execute(_SELECT, {"attempt_id": attempt_id}).one_or_none()
    blueprint = plan(row.exam_id).blueprint if row is not None else None
    db.session.rollback()
    if row is None:
        raise AttemptNotFound
    exam_id, participation_id, person_id, hall, paper, parts, types, options, blanks, extras = row
    forms = tuple(
        SlotForm(kind, n_options, n_blanks, len(extra.get("items", ())), _parts(extra))
        for kind, n_options, n_blanks, extra in zip(types, options, blanks, extras, strict=True)
    )
    sections = tuple(parts) if blueprint and blueprint.has_section_rules else ()
    has_checks = blueprint is not None and blueprint.checks != NO_CHECKS
    made = Layout(
        attempt_id, exam_id, participation_id, person_id, hall, tuple(paper), forms, sections, has_checks
    )
    with _lock:
        _cache[attempt_id] = made
        if len(_cache) > CACHE_SIZE:
            _cache.popitem(last=False)
    return made
