"""One result changes: one standing is written anew (DECISIONS 5)."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import text

from webapp.contests.queries import StageView, stage_by_id
from webapp.core.db import db
from webapp.leaderboard.queries.inputs import LEARNING_COMPONENT, EntryRow, Inputs, inputs, lock_entries
from webapp.leaderboard.rules.combine import Derivation, combine
from webapp.leaderboard.rules.rank import Ranked, last_key, sort_key, tie_part

BATCH = 500

_STORE_COMPONENTS = text(
    """
    INSERT INTO component_scores (participation_id, stage_id, component, version, score, source)
    SELECT r.participation_id, :stage_id, r.component, coalesce(known.version, 0) + 1, r.score, r.source
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r(participation_id bigint, component text, score numeric, source jsonb)
    LEFT JOIN LATERAL (
        SELECT c.version, c.score, c.source FROM component_scores c
        WHERE c.participation_id = r.participation_id AND c.stage_id = :stage_id AND c.component = r.component
        ORDER BY c.version DESC LIMIT 1
    ) known ON true
    WHERE known.version IS NULL OR (known.score, known.source) IS DISTINCT FROM (r.score, r.source)
    """
)
_UPSERT = text(
    """
    INSERT INTO standings (stage_id, entry_id, combined, sort_key, tie_key, derivation)
    SELECT :stage_id, r.entry_id, r.combined, decode(r.sort_key, 'hex'), decode(r.tie_key, 'hex'), r.derivation
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r(entry_id bigint, combined numeric, sort_key text, tie_key text, derivation jsonb)
    ON CONFLICT (stage_id, entry_id) DO UPDATE
    SET combined = excluded.combined, sort_key = excluded.sort_key, tie_key = excluded.tie_key,
        derivation = excluded.derivation, revision = standings.revision + 1, updated_at = clock_timestamp()
    WHERE (standings.sort_key, standings.derivation) IS DISTINCT FROM (excluded.sort_key, excluded.derivation)
    RETURNING entry_id
    """
)
_REMOVE = text(
    "DELETE FROM standings WHERE stage_id = :stage_id AND entry_id = ANY(:entry_ids) RETURNING entry_id"
)
_PEOPLE = text(
    """
    SELECT e.participation_id FROM entries e JOIN stages s ON s.event_id = e.event_id
    WHERE s.id = :stage_id AND e.participation_id > :after ORDER BY e.participation_id LIMIT :batch
    """
)


def combine_scores(stage_id: int, participation_ids: Collection[int]) -> list[int]:
    """Compute the standings of these participations from the truth; return the entries that changed.

    Writes new component versions where a score or its source changed, and upserts one standing per
    changed entry. Learning alone writes nothing: points come in by the hundred before the first paper, and
    what they were at the close is kept by closing.py. Who has no submitted paper, is no longer active, or
    has no place in a later stage has no standing. Running it again
    changes nothing. Publish the returned entries after the commit. raise (NotFound): no such stage."""
    stage = stage_by_id(stage_id)
    entries = lock_entries(stage.event_id, participation_ids, stage_id)
    found = inputs(stage, [entry.participation_id for entry in entries])
    store_components(
        stage_id, {key: one for key, one in found.items() if set(one.scores) - {LEARNING_COMPONENT}}
    )
    ranked: list[dict[str, Any]] = []
    unranked: list[int] = []
    for entry in entries:
        one = found[entry.participation_id]
        made = combine(one.scores, stage.rules.components) if entry.is_active else None
        if made is None:
            unranked.append(entry.entry_id)
        else:
            ranked.append(_standing(stage, entry, one, made))
    changed = db.session.scalars(_UPSERT, {"stage_id": stage_id, "rows": json.dumps(ranked)}).all()
    gone = db.session.scalars(_REMOVE, {"stage_id": stage_id, "entry_ids": unranked}).all()
    return [*changed, *gone]


def people_of(stage_id: int, after: int = 0, batch: int = BATCH) -> list[int]:
    """The next participations of a stage's event, in order of id."""
    return list(db.session.scalars(_PEOPLE, {"stage_id": stage_id, "after": after, "batch": batch}))


def store_components(stage_id: int, found: Mapping[int, Inputs]) -> None:
    """Write a new version of every score that is not what stands there already."""
    rows = [
        {
            "participation_id": participation_id,
            "component": component,
            "score": str(score),
            "source": one.sources.get(component, {}),
        }
        for participation_id, one in found.items()
        for component, score in one.scores.items()
    ]
    db.session.execute(_STORE_COMPONENTS, {"stage_id": stage_id, "rows": json.dumps(rows)})


def _standing(stage: StageView, entry: EntryRow, one: Inputs, made: Derivation) -> dict[str, Any]:
    key = key_of(stage, entry.number, one, made)
    return {
        "entry_id": entry.entry_id,
        "combined": str(made.combined),
        "sort_key": key.hex(),
        "tie_key": tie_part(key).hex(),
        "derivation": {
            **made.as_json(),
            "number": entry.number,
            "time_used_s": one.time_used_s,
            "submitted_at": one.submitted_at.isoformat() if one.submitted_at else None,
            "breakers": list(stage.rules.rank.breakers),
            "sources": one.sources,
            "contest_version_id": stage.contest_version_id,
        },
    }


def key_of(stage: StageView, number: str, one: Inputs, made: Derivation) -> bytes:
    """The full order key of an entry with these inputs."""
    place = Ranked(
        combined=made.combined,
        last=last_key(stage.contest_code, number),
        components=one.scores,
        time_used_s=one.time_used_s,
        submitted_at=one.submitted_at,
    )
    return sort_key(place, stage.rules.rank)
