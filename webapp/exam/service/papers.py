"""Drawing papers: attempts with their sheets are made whole in one statement, or not at all."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from webapp.core.db import db
from webapp.exam.errors import NoAttemptLeft, NotAdmitted
from webapp.exam.queries.plans import Plan, plan
from webapp.exam.rules.draw import DRAW_VERSION, PoolQuestion, Slot, draw_paper, paper_digest, paper_seed
from webapp.exam.rules.states import AttemptState
from webapp.exam.service.secrets import replace_revealed_secret
from webapp.registration.queries.entrants import SITS

DRAW_BATCH = 200

Undrawable = tuple[int, frozenset[int]]


@dataclass(frozen=True)
class Drawn:
    """An attempt and its state."""

    attempt_id: int
    number: int
    state: AttemptState


@dataclass(frozen=True)
class Latest(Drawn):
    """The attempt with the highest number. used: how many of the allowed attempts exist by now."""

    used: int


# One statement tells both: between two a neighbour's paper may appear, and its owner would be turned away.
# What hosts gave (drawn anew, resit, reopened) uses up nothing of what the blueprint allows.
_LATEST = text(
    """
    SELECT a.id AS attempt_id, a.number, s.state,
           (SELECT count(*) FROM attempts o
            WHERE o.exam_id = :exam_id AND o.participation_id = :participation_id AND o.origin = 'own') AS used
    FROM attempts a JOIN sheets s ON s.attempt_id = a.id
    WHERE a.exam_id = :exam_id AND a.participation_id = :participation_id
    ORDER BY a.number DESC LIMIT 1
    """
)
_ADMITTED = text(
    f"""
    SELECT p.person_id FROM participations p
    JOIN exams e ON e.event_id = p.event_id
    WHERE e.id = :exam_id AND p.id = :participation_id AND p.state = 'active' AND {SITS}
    FOR KEY SHARE OF p
    """  # noqa: S608 - no value of anybody is spliced in
)
# Of an exam with sessions a sheet has the window of the held seat, or an empty one: no start fits it.
_STORE = """
    WITH given AS ({given}), made AS (
        INSERT INTO attempts (exam_id, participation_id, number, supersedes_id, paper, sections, option_seed,
                              draw_version, paper_digest, origin, last_stop_id)
        SELECT e.id, g.participation_id, g.number, g.supersedes_id, g.paper, g.sections, g.seed, :draw_version,
               g.digest, g.origin, :last_stop_id
        FROM exams e CROSS JOIN given g
        WHERE e.id = :exam_id AND e.secret_digest = :secret_digest AND e.secret_revealed_at IS NULL
        ON CONFLICT DO NOTHING
        RETURNING id, participation_id
    )
    INSERT INTO sheets (attempt_id, exam_id, participation_id, person_id, answers, seqs, flags, grace_s,
                        opens_at, starts_until, closes_at)
    SELECT made.id, e.id, g.participation_id, g.person_id, array_fill(''::text, ARRAY[cardinality(g.paper)]),
           array_fill(0::bigint, ARRAY[cardinality(g.paper)]),
           array_fill(false, ARRAY[cardinality(g.paper)]), :grace_s,
           CASE WHEN offers.sessions THEN coalesce(x.opens_at, e.closes_at) END,
           CASE WHEN offers.sessions THEN coalesce(x.starts_until, e.closes_at) END,
           CASE WHEN offers.sessions THEN coalesce(x.closes_at, e.closes_at) END
    FROM made
    JOIN given g ON g.participation_id = made.participation_id
    JOIN exams e ON e.id = :exam_id
    LEFT JOIN session_bookings b ON b.exam_id = e.id AND b.participation_id = made.participation_id
    LEFT JOIN exam_sessions x ON x.id = b.session_id
    CROSS JOIN (SELECT EXISTS (SELECT FROM exam_sessions y WHERE y.exam_id = :exam_id) AS sessions) offers
    RETURNING attempt_id, participation_id
    """
_INSERT = text(
    _STORE.format(
        given="""
        SELECT CAST(:participation_id AS bigint) AS participation_id, CAST(:person_id AS bigint) AS person_id,
               CAST(:number AS int) AS number, CAST(:supersedes_id AS bigint) AS supersedes_id,
               CAST(:paper AS int[]) AS paper, CAST(:sections AS smallint[]) AS sections,
               CAST(:seed AS bytea) AS seed, CAST(:digest AS text) AS digest, CAST(:origin AS text) AS origin"""
    )
)
_INSERT_MANY = text(
    _STORE.format(
        given="""
        SELECT p.participation_id, p.person_id, 1 AS number, CAST(NULL AS bigint) AS supersedes_id, p.paper,
               p.sections, decode(p.seed, 'hex') AS seed, p.digest, 'own' AS origin
        FROM jsonb_to_recordset(CAST(:papers AS jsonb)) AS p(
            participation_id bigint, person_id bigint, paper int[], sections smallint[], seed text, digest text)"""
    )
)
_WITHOUT_PAPER = text(
    f"""
    SELECT p.id, p.person_id FROM participations p
    JOIN exams e ON e.event_id = p.event_id
    WHERE e.id = :exam_id AND p.state = 'active' AND {SITS}
      AND NOT EXISTS (SELECT FROM attempts a WHERE a.exam_id = e.id AND a.participation_id = p.id)
    ORDER BY p.id LIMIT :batch
    FOR KEY SHARE OF p
    """  # noqa: S608 - no value of anybody is spliced in
)


def paper_for(exam_id: int, participation_id: int) -> Drawn:
    """The attempt a participation writes next: the one that waits or runs, else a new one.

    Called at the same moment many times it makes one attempt. raise (NotAdmitted): no active
    participation in the exam's event, or no place in its stage. raise (NoAttemptLeft): all allowed attempts are closed."""
    admitted = db.session.execute(
        _ADMITTED, {"exam_id": exam_id, "participation_id": participation_id}
    ).scalar_one_or_none()
    if admitted is None:
        raise NotAdmitted
    latest = latest_attempt(exam_id, participation_id)
    if latest is not None and latest.state in {AttemptState.CREATED, AttemptState.OPEN}:
        return latest
    frozen = plan(exam_id)
    number = latest.number + 1 if latest else 1
    if latest is not None and latest.used >= frozen.attempts_allowed:
        raise NoAttemptLeft(allowed=frozen.attempts_allowed)
    return draw_attempt(frozen, participation_id, admitted, number, latest.attempt_id if latest else None)


def latest_attempt(exam_id: int, participation_id: int) -> Latest | None:
    """The attempt with the highest number, or None."""
    row = db.session.execute(
        _LATEST, {"exam_id": exam_id, "participation_id": participation_id}
    ).one_or_none()
    return None if row is None else Latest(row.attempt_id, row.number, AttemptState(row.state), row.used)


def draw_attempt(
    frozen: Plan,
    participation_id: int,
    person_id: int,
    number: int,
    supersedes_id: int | None,
    origin: str = "own",
    left_out: Undrawable | None = None,
) -> Drawn:
    """Draw and store paper `number` of a participation; if it exists already, that one.

    Stopped questions are left out; left_out: what `undrawable` said in this very transaction. origin: own |
    redrawn | resit (see models.Attempt). Nothing is stored that was drawn from a secret which is public
    meanwhile: it is replaced first."""
    left_out = left_out or undrawable(frozen.exam_id)
    place = (participation_id, person_id, number, supersedes_id, origin, left_out)
    drawn = _draw_once(frozen, *place)
    if drawn is None:
        drawn = _draw_once(replace_revealed_secret(frozen.exam_id), *place)
    assert drawn is not None, (
        "the secret is fresh, and a conflict means that the row exists and has committed"
    )
    return drawn


def _draw_once(
    frozen: Plan,
    participation_id: int,
    person_id: int,
    number: int,
    supersedes_id: int | None,
    origin: str,
    left_out: Undrawable,
) -> Drawn | None:
    """The paper, or the one that exists; None when this plan's secret may not be used any more."""
    seed = paper_seed(frozen.secret, participation_id, number)
    slots = draw_paper(frozen.blueprint, _pool(frozen, left_out), seed)
    row = _paper(frozen, slots, seed) | {
        "seed": seed,
        "participation_id": participation_id,
        "person_id": person_id,
        "number": number,
        "supersedes_id": supersedes_id,
        "origin": origin,
    }
    made = db.session.scalar(_INSERT, _shared(frozen, left_out) | row)
    if made is not None:
        return Drawn(made, number, AttemptState.CREATED)
    existing = latest_attempt(frozen.exam_id, participation_id)
    return existing if existing is not None and existing.number >= number else None


# The lock lets a stop wait until this draw has committed, and this draw until the stop has: the second
# statement then sees it.
_HOLD_POOL = text("SELECT id FROM exams WHERE id = :exam_id FOR KEY SHARE")
_STOPPED = text("SELECT id, question_version_id FROM stopped_questions WHERE exam_id = :exam_id ORDER BY id")


def undrawable(exam_id: int) -> Undrawable:
    """(id of the last stop, 0: none; the questions that are drawn no more) as they hold until the end of
    this transaction."""
    db.session.execute(_HOLD_POOL, {"exam_id": exam_id})
    rows = db.session.execute(_STOPPED, {"exam_id": exam_id}).all()
    return (rows[-1].id if rows else 0), frozenset(row.question_version_id for row in rows)


def _pool(frozen: Plan, left_out: Undrawable) -> Sequence[PoolQuestion]:
    _last_stop_id, stopped = left_out
    if not stopped:
        return frozen.pool
    return [question for question in frozen.pool if question.version_id not in stopped]


def _shared(frozen: Plan, left_out: Undrawable) -> dict[str, object]:
    """What the papers of one exam that are drawn now have in common."""
    return {
        "exam_id": frozen.exam_id,
        "secret_digest": frozen.secret_digest,
        "draw_version": DRAW_VERSION,
        "grace_s": frozen.grace_s,
        "last_stop_id": left_out[0],
    }


def _paper(frozen: Plan, slots: tuple[Slot, ...], seed: bytes) -> dict[str, object]:
    places = {section.key: at for at, section in enumerate(frozen.blueprint.sections)}
    return {
        "paper": [slot.version_id for slot in slots],
        "sections": [places[slot.section] for slot in slots],
        "digest": paper_digest(slots, seed),
    }


def draw_missing(exam_id: int, batch: int = DRAW_BATCH) -> int:
    """Draw up to `batch` papers for admitted people who have none; return how many were looked at.

    Call it in a transaction of its own until it returns 0."""
    waiting = db.session.execute(_WITHOUT_PAPER, {"exam_id": exam_id, "batch": batch}).all()
    if not waiting:
        return 0
    frozen, left_out = plan(exam_id), undrawable(exam_id)
    pool, papers = _pool(frozen, left_out), []
    for row in waiting:
        seed = paper_seed(frozen.secret, row.id, 1)
        paper = _paper(frozen, draw_paper(frozen.blueprint, pool, seed), seed)
        papers.append(paper | {"participation_id": row.id, "person_id": row.person_id, "seed": seed.hex()})
    stored = db.session.execute(_INSERT_MANY, _shared(frozen, left_out) | {"papers": json.dumps(papers)})
    made = {row.participation_id for row in stored}
    for row in waiting:  # a neighbour was quicker, or the secret is public meanwhile
        if row.id not in made:
            draw_attempt(frozen, row.id, row.person_id, 1, None, left_out=left_out)
    return len(waiting)
