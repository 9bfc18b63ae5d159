"""Reading contests: rules by contest, event and stage, and what lists show."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import aliased

from webapp.contests.errors import ContestInvalid
from webapp.contests.models import Contest as ContestRow
from webapp.contests.models import ContestVersion, Event, Stage
from webapp.contests.rules import phases
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.phases import Phase
from webapp.contests.rules.schema import Contest, EventRules, Profile, Window
from webapp.contests.rules.schema import Stage as StageRules
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound


@dataclass(frozen=True)
class EventView:
    """An event with its rules and where it stands now."""

    event_id: int
    contest_id: int
    contest_code: str
    contest_title: dict[str, str]
    code: str
    title: dict[str, str]
    track: str
    event_class: str
    organiser_id: int | None
    phase: Phase
    rules: EventRules
    profile: Profile
    windows: phases.Calendar
    is_sample: bool

    @property
    def registration(self) -> Window | None:
        return self.windows.registration

    @property
    def online_stage(self) -> StageRules | None:
        return phases.online_stage(self.profile)


@dataclass(frozen=True)
class ContestView:
    """A contest and its events."""

    contest_id: int
    code: str
    title: dict[str, str]
    rules: Contest
    events: tuple[EventView, ...]


_parsed: dict[tuple[int, str], Contest] = {}
"""Rules by version id and digest: versions never change. At most MOST_PARSED, the oldest leave first."""
MOST_PARSED = 64


def rules_at(version_id: int, digest: str) -> Contest:
    """The parsed rules of a version. Its text, tens of kilobytes, is read only when this process has not
    parsed it yet. Raise NotFound."""
    key = version_id, digest
    found = _parsed.get(key)
    if found is None:
        text = db.session.scalar(select(ContestVersion.text).where(ContestVersion.id == version_id))
        if text is None:
            raise NotFound
        found = parse_contest(text)
        while len(_parsed) >= MOST_PARSED:
            _parsed.pop(next(iter(_parsed)), None)
        _parsed[key] = found
    return found


def rules_of(contest_id: int) -> Contest:
    """The rules of a contest's present version. Raise NotFound."""
    row = db.session.execute(
        select(ContestVersion.id, ContestVersion.digest)
        .join(ContestRow, ContestRow.current_version_id == ContestVersion.id)
        .where(ContestRow.id == contest_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return rules_at(row.id, row.digest)


def rules_of_version(version_id: int) -> Contest:
    """The rules of one version. Raise NotFound."""
    digest = db.session.scalar(select(ContestVersion.digest).where(ContestVersion.id == version_id))
    if digest is None:
        raise NotFound
    return rules_at(version_id, digest)


def contest_id(code: str) -> int:
    """The id of a contest. Raise NotFound."""
    found = db.session.scalar(select(ContestRow.id).where(ContestRow.code == code))
    if found is None:
        raise NotFound
    return found


def text_of_version(version_id: int) -> str:
    """The canonical text of one version. Raise NotFound."""
    text = db.session.scalar(select(ContestVersion.text).where(ContestVersion.id == version_id))
    if text is None:
        raise NotFound
    return text


def definition_text(code: str) -> str:
    """The canonical text of a contest's present version. Raise NotFound."""
    text = db.session.scalar(
        select(ContestVersion.text)
        .join(ContestRow, ContestRow.current_version_id == ContestVersion.id)
        .where(ContestRow.code == code)
    )
    if text is None:
        raise NotFound
    return text


@dataclass(frozen=True)
class VersionView:
    """One version of a definition. loaded_at: UTC."""

    number: int
    digest: str
    loaded_at: datetime
    is_present: bool


def versions(code: str) -> list[VersionView]:
    """All versions of a contest, the newest first. Raise NotFound when there is none."""
    rows = db.session.execute(
        select(ContestVersion, ContestRow.current_version_id)
        .join(ContestRow, ContestRow.id == ContestVersion.contest_id)
        .where(ContestRow.code == code)
        .order_by(ContestVersion.number.desc())
    ).all()
    if not rows:
        raise NotFound
    return [
        VersionView(version.number, version.digest, version.loaded_at, version.id == present)
        for version, present in rows
    ]


def version_text(code: str, number: int) -> str:
    """The canonical text of one version. Raise NotFound."""
    text = db.session.scalar(
        select(ContestVersion.text)
        .join(ContestRow, ContestRow.id == ContestVersion.contest_id)
        .where(ContestRow.code == code, ContestVersion.number == number)
    )
    if text is None:
        raise NotFound
    return text


def contest_by_code(code: str, now: datetime) -> ContestView:
    """A contest with all its events. Raise NotFound. Three queries."""
    row = db.session.scalars(select(ContestRow).where(ContestRow.code == code)).one_or_none()
    if row is None or row.current_version_id is None:
        raise NotFound
    rules = rules_of(row.id)
    events = db.session.scalars(
        select(Event)
        .where(Event.contest_id == row.id, Event.is_withdrawn.is_(False))
        .order_by(Event.position)
    ).all()
    published = _published([event.id for event in events])
    views = tuple(_view(row, rules, event, published.get(event.id), now) for event in events)
    return ContestView(row.id, row.code, row.title, rules, views)


def listed_contests(now: datetime) -> list[ContestView]:
    """Every contest that visitors see, the newest first."""
    codes = db.session.scalars(
        select(ContestRow.code).where(ContestRow.is_listed.is_(True)).order_by(ContestRow.id.desc())
    ).all()
    return [contest_by_code(code, now) for code in codes]


def event_by_code(contest_code: str, event_code: str, now: datetime) -> EventView:
    """One event by its codes. Raise NotFound."""
    event_id = db.session.scalar(
        select(Event.id)
        .join(ContestRow, ContestRow.id == Event.contest_id)
        .where(ContestRow.code == contest_code, Event.code == event_code)
    )
    if event_id is None:
        raise NotFound
    return event_by_id(event_id, now)


def merged_into(contest_code: str, event_code: str) -> str | None:
    """The code of the event that this one was merged into; None: it was not."""
    other = aliased(Event)
    found: str | None = db.session.scalar(
        select(other.code)
        .join(Event, Event.merged_into_id == other.id)
        .join(ContestRow, ContestRow.id == Event.contest_id)
        .where(ContestRow.code == contest_code, Event.code == event_code)
    )
    return found


def event_by_id(event_id: int, now: datetime) -> EventView:
    """One event. Raise NotFound."""
    event = db.session.get(Event, event_id)
    if event is None or event.is_withdrawn:
        raise NotFound
    row = db.session.get_one(ContestRow, event.contest_id)
    return _view(row, rules_of(row.id), event, _published([event.id]).get(event.id), now)


def is_board_public(event_id: int, stage: StageRules) -> bool:
    """Whether everybody may see the leaderboard of an event's stage by now, as the file says."""
    row = db.session.execute(
        select(Stage.rechecked_at, Stage.published_at).where(
            Stage.event_id == event_id, Stage.code == stage.code
        )
    ).one_or_none()
    match stage.board.public_from:
        case "at_once":
            return row is not None
        case "recheck":
            return row is not None and (row.rechecked_at is not None or row.published_at is not None)
        case "publication":
            return row is not None and row.published_at is not None
    return False


def _view(
    row: ContestRow, rules: Contest, event: Event, published_at: datetime | None, now: datetime
) -> EventView:
    event_rules = rules.event(event.code)
    windows = phases.calendar(rules, event_rules, published_at)
    return EventView(
        event_id=event.id,
        contest_id=row.id,
        contest_code=row.code,
        contest_title=row.title,
        code=event.code,
        title=event.title,
        track=event.track,
        event_class=event.event_class,
        organiser_id=event.organiser_id,
        phase=phases.phase_at(windows, now),
        rules=event_rules,
        profile=rules.profile_of(event_rules),
        windows=windows,
        is_sample=event_rules.is_sample,
    )


def _published(event_ids: list[int]) -> dict[int, datetime]:
    """event id -> when its first stage was published."""
    rows = db.session.execute(
        select(Stage.event_id, Stage.published_at)
        .where(Stage.event_id.in_(event_ids), Stage.published_at.is_not(None))
        .order_by(Stage.position.desc())
    )
    return {row.event_id: row.published_at for row in rows if row.published_at is not None}


@dataclass(frozen=True)
class StageView:
    """A stage row with its rules. rules.exam: the exam of this very event, from its own bank."""

    stage_id: int
    event_id: int
    contest_id: int
    contest_version_id: int
    contest_code: str
    event_code: str
    code: str
    title: dict[str, str]
    opens_at: datetime | None
    closes_at: datetime | None
    published_at: datetime | None
    rechecked_at: datetime | None
    rules: StageRules
    profile: Profile
    event_rules: EventRules


def stage_by_id(stage_id: int) -> StageView:
    """One stage with its rules. Raise NotFound."""
    found = _stages(Stage.id == stage_id)
    if not found:
        raise NotFound
    return found[0]


def stage_by_codes(contest_code: str, event_code: str, stage_code: str) -> StageView:
    """One stage by its codes. Raise NotFound."""
    stage_id = db.session.scalar(
        select(Stage.id)
        .join(Event, Event.id == Stage.event_id)
        .join(ContestRow, ContestRow.id == Event.contest_id)
        .where(ContestRow.code == contest_code, Event.code == event_code, Stage.code == stage_code)
    )
    if stage_id is None:
        raise NotFound
    return stage_by_id(stage_id)


def stages_of_event(event_id: int) -> list[StageView]:
    """The stages of an event in order. Two statements, however many there are."""
    return _stages(Stage.event_id == event_id)


def stages_of_events(event_ids: Collection[int]) -> list[StageView]:
    """The stages of these events of a contest, those of withdrawn ones left out, in the contest's order. Two statements."""
    return _stages(Stage.event_id.in_(event_ids), Event.is_withdrawn.is_(False))


def _stages(*which: ColumnElement[bool]) -> list[StageView]:
    """Stages of one contest."""
    rows = db.session.execute(
        select(Stage, Event, ContestRow)
        .join(Event, Event.id == Stage.event_id)
        .join(ContestRow, ContestRow.id == Event.contest_id)
        .where(*which)
        .order_by(Event.position, Event.id, Stage.position)
    ).all()
    if not rows:
        return []
    rules = rules_of(rows[0].Contest.id)
    return [_stage_view(row.Stage, row.Event, row.Contest, rules) for row in rows]


def _stage_view(stage: Stage, event: Event, contest: ContestRow, rules: Contest) -> StageView:
    event_rules = rules.event(event.code)
    profile = rules.profile_of(event_rules)
    return StageView(
        stage_id=stage.id,
        event_id=event.id,
        contest_id=contest.id,
        contest_version_id=contest.current_version_id or 0,
        contest_code=contest.code,
        event_code=event.code,
        code=stage.code,
        title=stage.title,
        opens_at=stage.opens_at,
        closes_at=stage.closes_at,
        published_at=stage.published_at,
        rechecked_at=stage.rechecked_at,
        rules=rules.stage_of(event_rules, stage.code),
        profile=profile,
        event_rules=event_rules,
    )


def titles() -> list[tuple[int, dict[str, str], list[tuple[int, dict[str, str]]]]]:
    """(contest id, title, its events as (event id, title)) of every contest, the newest first.

    Two statements, no rules read: for choosing what a role is limited to."""
    events: dict[int, list[tuple[int, dict[str, str]]]] = {}
    for event in db.session.execute(
        select(Event.id, Event.contest_id, Event.title)
        .where(Event.is_withdrawn.is_(False))
        .order_by(Event.position)
    ):
        events.setdefault(event.contest_id, []).append((event.id, event.title))
    rows = db.session.execute(select(ContestRow.id, ContestRow.title).order_by(ContestRow.id.desc()))
    return [(row.id, row.title, events.get(row.id, [])) for row in rows]


@dataclass(frozen=True)
class EventName:
    """An event by its names, without its rules."""

    event_id: int
    contest_id: int
    contest_code: str
    contest_title: dict[str, str]
    code: str
    title: dict[str, str]
    track: str
    organiser_id: int | None


def event_names() -> list[EventName]:
    """Every event that was not withdrawn: the newest contest first, its events in order. One statement."""
    rows = db.session.execute(
        select(Event, ContestRow.code, ContestRow.title)
        .join(ContestRow, ContestRow.id == Event.contest_id)
        .where(Event.is_withdrawn.is_(False))
        .order_by(ContestRow.id.desc(), Event.position, Event.id)
    )
    return [
        EventName(
            row.Event.id,
            row.Event.contest_id,
            row.code,
            row.title,
            row.Event.code,
            row.Event.title,
            row.Event.track,
            row.Event.organiser_id,
        )
        for row in rows
    ]


def scope_codes() -> list[tuple[str, str, int]]:
    """(code, 'contest' or 'event', id): 'jilin-5' for a contest, 'jilin-5/welding' for an event."""
    found = [
        (row.code, "contest", row.id) for row in db.session.execute(select(ContestRow.code, ContestRow.id))
    ]
    events = db.session.execute(
        select(ContestRow.code, Event.code.label("event_code"), Event.id).join(
            ContestRow, ContestRow.id == Event.contest_id
        )
    )
    return found + [(f"{row.code}/{row.event_code}", "event", row.id) for row in events]


def stages_with_booking() -> list[int]:
    """Ids of stages whose contest file offers bookable sessions. One query, and one more a contest."""
    found: list[int] = []
    for contest_id in db.session.scalars(
        select(ContestRow.id).where(ContestRow.current_version_id.is_not(None))
    ):
        try:
            rules = rules_of(contest_id)
        except ContestInvalid:  # written for an older version: it must not stop the others
            continue
        wanted = {
            profile.code: [stage.code for stage in profile.stages if stage.booking]
            for profile in rules.profiles
        }
        codes = [
            (event.code, code)
            for event in rules.events
            for code in dict.fromkeys([*wanted[event.profile], *event.booking])
        ]
        if codes:
            found += db.session.scalars(
                select(Stage.id)
                .join(Event, Event.id == Stage.event_id)
                .where(
                    Event.contest_id == contest_id,
                    Event.is_withdrawn.is_(False),
                    tuple_(Event.code, Stage.code).in_(codes),
                )
                .order_by(Stage.id)
            )
    return found


def is_stage_near(event_id: int, now: datetime, within: timedelta) -> bool:
    """Whether a stage of a competition's event runs, or opens within this time. The open track, which runs
    for months, prepares nobody beforehand."""
    return bool(events_with_stage_near([event_id], now, within))


def events_with_stage_near(event_ids: Iterable[int], now: datetime, within: timedelta) -> frozenset[int]:
    """Of these events those of which `is_stage_near` is true. One statement."""
    return frozenset(
        db.session.scalars(
            select(Stage.event_id)
            .join(Event, Event.id == Stage.event_id)
            .where(
                Stage.event_id.in_(set(event_ids)),
                Event.track == "competition",
                Stage.opens_at < now + within,
                Stage.closes_at > now,
            )
            .distinct()
        )
    )


def event_ids(contest_id: int) -> dict[str, int]:
    """Event code -> id, of events that were not withdrawn."""
    rows = db.session.execute(
        select(Event.code, Event.id).where(Event.contest_id == contest_id, Event.is_withdrawn.is_(False))
    )
    return {row.code: row.id for row in rows}


def present_version(code: str) -> VersionView:
    """The version in force. Raise NotFound."""
    return next((one for one in versions(code) if one.is_present), versions(code)[0])
