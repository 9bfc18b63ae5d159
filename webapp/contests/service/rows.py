"""The rows of a contest that other tables point at: events, stages, weights. A handful of statements, however
many events there are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import Insert
from sqlalchemy.dialects.postgresql import insert as upsert

from webapp.contests.errors import StageInUse
from webapp.contests.models import Event, Stage, StageComponent
from webapp.contests.rules.schema import Contest, EventRules
from webapp.contests.rules.schema import Stage as StageRules
from webapp.core.db import db
from webapp.core.i18n import pick
from webapp.core.words import N_, Message

Pinned = Callable[[int], bool]
"""Whether something already depends on a stage's rules (an exam was prepared). Exams stand above
contests, so they register who knows."""
_pins: list[Pinned] = []


def pin_with(pinned: Pinned) -> Pinned:
    """Register who knows whether a stage is pinned."""
    if pinned not in _pins:
        _pins.append(pinned)
    return pinned


def is_pinned_by_any(stage_id: int) -> bool:
    """Whether anybody who registered says that a stage is pinned."""
    return any(pinned(stage_id) for pinned in _pins)


def write_rows(contest_id: int, rules: Contest, is_pinned: Pinned) -> None:
    """Upsert event, stage and component rows; an event that left the file is marked withdrawn, its code never
    reused. Raise StageInUse when the weights of a pinned stage would change."""
    event_ids = _write_events(contest_id, rules)
    wanted = {
        (event_ids[event.code], stage.code): (event, stage)
        for event in rules.events
        for stage in rules.profile_of(event).stages
    }
    known = _weights_by_stage(contest_id)
    stage_ids = _write_stages(rules, wanted)
    changed: dict[int, StageRules] = {}
    for key, (event, stage) in wanted.items():
        stage_id = stage_ids[key]
        weights = {component.key: component.weight_pct for component in stage.components}
        stored = known.get(stage_id)
        if stored is not None and list(stored.items()) == list(weights.items()):
            continue
        if stored is not None and stored != weights and is_pinned(stage_id):
            raise StageInUse(
                event=pick(event.title), stage=pick(stage.title), what=Message(N_("the weights"))
            )
        changed[stage_id] = stage
    _write_components(changed)
    db.session.expire_all()


def _write_events(contest_id: int, rules: Contest) -> dict[str, int]:
    """Event code -> id."""
    codes = [event.code for event in rules.events]
    db.session.execute(
        update(Event)
        .where(Event.contest_id == contest_id, Event.code.not_in(codes), Event.is_withdrawn.is_(False))
        .values(is_withdrawn=True),
        execution_options={"synchronize_session": False},
    )
    if not rules.events:
        return {}
    merged = set(
        db.session.scalars(
            select(Event.code).where(Event.contest_id == contest_id, Event.merged_into_id.is_not(None))
        )
    )
    values = [
        {
            "contest_id": contest_id,
            "code": event.code,
            "title": asdict(event.title),
            "track": rules.profile_of(event).track,
            "event_class": event.event_class,
            "position": position,
            "is_withdrawn": event.code in merged,
        }
        for position, event in enumerate(rules.events)
    ]
    found = db.session.execute(
        _replacing(
            Event,
            ("contest_id", "code"),
            ("title", "track", "event_class", "position", "is_withdrawn"),
        ).returning(Event.id, Event.code),
        values,
    )
    return {row.code: row.id for row in found}


def _replacing(table: type[Event | Stage], key: Sequence[str], names: Sequence[str]) -> Insert:
    """Insert rows, or bring these columns of the rows with this key up to date. Takes its rows as a list when
    it is executed: written into the statement, hundreds of them take half a second to be put together."""
    statement = upsert(table)
    return statement.on_conflict_do_update(
        index_elements=list(key), set_={name: statement.excluded[name] for name in names}
    )


def _write_stages(
    rules: Contest, wanted: Mapping[tuple[int, str], tuple[EventRules, StageRules]]
) -> dict[tuple[int, str], int]:
    """(event id, stage code) -> stage id."""
    if not wanted:
        return {}
    values = []
    positions: dict[int, int] = {}
    for (event_id, code), (event, stage) in wanted.items():
        window = rules.window(event, stage.window)
        position = positions.get(event_id, 0)
        positions[event_id] = position + 1
        values.append(
            {
                "event_id": event_id,
                "code": code,
                "title": asdict(stage.title),
                "kind": stage.kind,
                "position": position,
                "opens_at": window.opens_at if window else None,
                "closes_at": window.closes_at if window else None,
            }
        )
    found = db.session.execute(
        _replacing(
            Stage, ("event_id", "code"), ("title", "kind", "position", "opens_at", "closes_at")
        ).returning(Stage.id, Stage.event_id, Stage.code),
        values,
    )
    return {(row.event_id, row.code): row.id for row in found}


def _weights_by_stage(contest_id: int) -> dict[int, dict[str, Any]]:
    """Stage id -> its stored weights, for every stage that the contest has already."""
    rows = db.session.execute(
        select(Stage.id, StageComponent.component, StageComponent.weight_pct)
        .join(Event, Event.id == Stage.event_id)
        .outerjoin(StageComponent, StageComponent.stage_id == Stage.id)
        .where(Event.contest_id == contest_id)
        .order_by(Stage.id, StageComponent.position)
    )
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        weights = found.setdefault(row.id, {})
        if row.component is not None:
            weights[row.component] = row.weight_pct
    return found


def _write_components(changed: Mapping[int, StageRules]) -> None:
    """The components of these stages, in place of what they had."""
    if not changed:
        return
    db.session.execute(
        delete(StageComponent).where(StageComponent.stage_id.in_(list(changed))),
        execution_options={"synchronize_session": False},
    )
    values = [
        {
            "stage_id": stage_id,
            "component": component.key,
            "weight_pct": component.weight_pct,
            "position": position,
        }
        for stage_id, stage in changed.items()
        for position, component in enumerate(stage.components)
    ]
    if values:
        db.session.execute(insert(StageComponent), values)
