"""What evidence is computed from: graded papers, focus logs, times of answers, sightings of one exam.

Rows are streamed: an exam has up to 42,650 papers and four million saved answers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import text

from webapp.banks.rules.answers import for_marking
from webapp.core.db import db
from webapp.exam.queries.plans import plan
from webapp.exam.rules.draw import option_order, shuffles_options
from webapp.integrity.rules.addresses import Sighting
from webapp.integrity.rules.focus import Device, Event, Happening
from webapp.integrity.rules.pairs import Paper
from webapp.integrity.rules.timing import Saved, WholePaper

CHOICES = frozenset({"single", "multiple", "true_false"})
"""Questions whose wrong answers can be compared; typed texts are not."""

_GRADED = text(
    """
    SELECT s.attempt_id, s.person_id, p.unit_id, p.hall, a.paper, a.sections, a.option_seed, s.answers,
           coalesce(s.time_used_s, 0) AS seconds, g.marks, g.mark
    FROM sheets s
    JOIN attempts a ON a.id = s.attempt_id
    JOIN participations p ON p.id = s.participation_id
    JOIN grades g ON g.id = s.current_grade_id
    WHERE s.exam_id = :exam_id AND s.state = 'graded'
    ORDER BY s.attempt_id
    """
)
_QUESTIONS = text(
    """
    SELECT q.id, q.type, jsonb_array_length(q.options) AS n_options,
           length(q.stem) + coalesce((SELECT sum(length(o)) FROM jsonb_array_elements_text(q.options) o), 0)
               AS characters
    FROM question_versions q
    WHERE q.id IN (SELECT DISTINCT unnest(a.paper) FROM attempts a WHERE a.exam_id = :exam_id)
    """
)
_FOCUS = text(
    """
    SELECT attempt_id, kind, page, ms, device, arrived_at FROM focus_events
    WHERE exam_id = :exam_id ORDER BY attempt_id, id
    """
)
_MISSING_KEYS = text(
    """
    SELECT attempt_id, count(*) AS times FROM check_events
    WHERE exam_id = :exam_id AND name = 'exam-browser' AND outcome = 'missing' AND attempt_id IS NOT NULL
    GROUP BY attempt_id ORDER BY attempt_id
    """
)
_FIRST_SAVES = text(
    """
    SELECT attempt_id, slot, min(arrived_at) AS arrived_at FROM answer_events
    WHERE exam_id = :exam_id AND outcome = 'saved' AND answer <> ''
    GROUP BY attempt_id, slot ORDER BY attempt_id
    """
)
_SIGHTINGS = text(
    """
    SELECT x.attempt_id, s.person_id, x.device_hash, x.address_hash, x.prefix,
           x.site_id IS NOT NULL OR EXISTS (
               SELECT FROM exam_sites site
               JOIN exams e ON e.id = x.exam_id
               JOIN events ev ON ev.id = e.event_id AND ev.contest_id = site.contest_id
               WHERE site.removed_at IS NULL AND CAST(x.prefix AS cidr) <<= CAST(site.network AS cidr)
           ) AS has_site
    FROM exam_sightings x JOIN sheets s ON s.attempt_id = x.attempt_id
    WHERE x.exam_id = :exam_id ORDER BY x.attempt_id, x.at
    """
)


@dataclass(frozen=True)
class Material:
    """Everything about the graded papers of an exam. right: per attempt and slot whether it brought full
    marks; slots: per attempt the question version of each slot; characters: length of each version."""

    papers: tuple[Paper, ...]
    whole: tuple[WholePaper, ...]
    right: dict[int, dict[int, bool]]
    slots: dict[int, tuple[int, ...]]
    characters: dict[int, int]


def material(exam_id: int) -> Material:
    """Read the graded papers; wrong answers in the questions' own letters."""
    questions = {row.id: row for row in db.session.execute(_QUESTIONS, {"exam_id": exam_id})}
    groups = _groups(exam_id)
    papers, whole, right, slots = [], [], {}, {}
    same_set: dict[frozenset[int], frozenset[int]] = {}
    for row in _stream(_GRADED, exam_id):
        full = _full_marks(exam_id, row)
        right[row.attempt_id] = full
        slots[row.attempt_id] = tuple(row.paper)
        answered = frozenset(
            version
            for version, answer in zip(row.paper, row.answers, strict=True)
            if answer and questions[version].type in CHOICES
        )
        papers.append(
            Paper(
                row.attempt_id,
                row.person_id,
                same_set.setdefault(answered, answered),
                _wrong(exam_id, row, full, questions),
                frozenset({*groups.get(row.attempt_id, ()), *_places(row)}),
            )
        )
        share = sum(1 for answer in row.answers if answer) / max(1, len(row.answers))
        whole.append(WholePaper(row.attempt_id, row.seconds, share, float(row.mark)))
    characters = {version: int(row.characters) for version, row in questions.items()}
    return Material(tuple(papers), tuple(whole), right, slots, characters)


def _full_marks(exam_id: int, row: Any) -> dict[int, bool]:
    sections = plan(exam_id).blueprint.sections
    return {slot: Decimal(mark) >= sections[row.sections[slot]].mark for slot, mark in enumerate(row.marks)}


def _wrong(exam_id: int, row: Any, full: dict[int, bool], questions: dict[int, Any]) -> dict[int, str]:
    sections = plan(exam_id).blueprint.sections
    wrong = {}
    for slot, (version, answer) in enumerate(zip(row.paper, row.answers, strict=True)):
        question = questions[version]
        if not answer or full[slot] or question.type not in CHOICES:
            continue
        shuffle = shuffles_options(sections[row.sections[slot]])
        order = option_order(bytes(row.option_seed), slot, question.n_options, shuffle=shuffle)
        wrong[version] = for_marking(answer, question.type, order)
    return wrong


def _places(row: Any) -> Iterator[str]:
    if row.unit_id is not None:
        yield f"unit:{row.unit_id}"
    if row.hall:
        yield f"hall:{row.hall}"


def _groups(exam_id: int) -> dict[int, set[str]]:
    groups: dict[int, set[str]] = defaultdict(set)
    for seen in sightings(exam_id):
        groups[seen.attempt_id].add(f"address:{seen.address}")
        if seen.device:
            groups[seen.attempt_id].add(f"device:{seen.device}")
    return groups


def sightings(exam_id: int) -> list[Sighting]:
    """Where the attempts of an exam were open; a site named later explains an address by its prefix."""
    return [
        Sighting(
            row.attempt_id,
            row.person_id,
            bytes(row.device_hash).hex(),
            bytes(row.address_hash).hex(),
            row.prefix,
            row.has_site,
        )
        for row in db.session.execute(_SIGHTINGS, {"exam_id": exam_id})
    ]


def focus_logs(exam_id: int) -> Iterator[tuple[int, list[Event]]]:
    """Attempt by attempt what its pages reported."""
    for attempt_id, rows in groupby(_stream(_FOCUS, exam_id), key=lambda row: int(row.attempt_id)):
        yield (
            attempt_id,
            [Event(Happening(r.kind), r.page, r.ms, Device(r.device), r.arrived_at) for r in rows],
        )


def focus_log(attempt_id: int) -> list[Event]:
    """What the pages of one attempt reported."""
    query = text(
        "SELECT kind, page, ms, device, arrived_at FROM focus_events WHERE attempt_id = :id ORDER BY id"
    )
    rows = db.session.execute(query, {"id": attempt_id})
    return [Event(Happening(r.kind), r.page, r.ms, Device(r.device), r.arrived_at) for r in rows]


def first_saves(exam_id: int) -> Iterator[tuple[int, list[Saved]]]:
    """Attempt by attempt when each slot first got an answer."""
    for attempt_id, rows in groupby(_stream(_FIRST_SAVES, exam_id), key=lambda row: int(row.attempt_id)):
        yield attempt_id, [Saved(row.slot, _instant(row.arrived_at)) for row in rows]


def _instant(value: Any) -> datetime:
    assert isinstance(value, datetime)
    return value


def _stream(query: Any, exam_id: int) -> Iterator[Any]:
    return iter(db.session.execute(query, {"exam_id": exam_id}, execution_options={"yield_per": 1000}))


def missing_keys(exam_id: int) -> list[tuple[int, int]]:
    """(attempt, how often) where requests came without the key that the exam browser has to show."""
    return [(row.attempt_id, row.times) for row in db.session.execute(_MISSING_KEYS, {"exam_id": exam_id})]
