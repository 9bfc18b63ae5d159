"""Contest rules as frozen values. `parse_contest` in parse.py makes them from a definition file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from webapp.contests.rules.attendance import Attendance
from webapp.contests.rules.blueprint import Blueprint, Text
from webapp.contests.rules.booking import Booking
from webapp.contests.rules.campaigns import Campaign
from webapp.contests.rules.entry import ReviewRules
from webapp.contests.rules.hosting import Hosting
from webapp.contests.rules.practical import PracticalModule


@dataclass(frozen=True)
class Window:
    """Half-open [opens_at, closes_at) in UTC. A file names inclusive Shanghai days or exact instants."""

    opens_at: datetime
    closes_at: datetime

    def contains(self, at: datetime) -> bool:
        return self.opens_at <= at < self.closes_at


@dataclass(frozen=True)
class Rule:
    """One condition of entry or limit. force: 'hard' refuses, 'normal' warns and may be excepted by a
    named person with a reason. value is what the rule needs; None when the host has not decided. classes: only
    for events of these classes; empty for all."""

    code: str
    force: str
    value: Any = None
    note: Text = field(default_factory=lambda: Text(""))
    classes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Component:
    """One part of a stage's combined score; weights of a stage add up to 100. key: learning | theory |
    practical | carried:<stage>, which takes that earlier stage's combined score."""

    key: str
    weight_pct: Decimal


@dataclass(frozen=True)
class RankRule:
    """display: shared | ordinal. breakers, in order: theory, learning, practical, time_used, submitted_at.
    cut: what happens to ties at the quota: all_tied | none_tied | ordinal.
    last_key: digest (SHA-256 of the contest code and the contestant number: published, deterministic)."""

    display: str
    breakers: tuple[str, ...]
    cut: str
    last_key: str


@dataclass(frozen=True)
class BoardRule:
    """public_from: at_once | recheck | publication | never. mask: how names show to the public."""

    public_from: str
    mask: str


@dataclass(frozen=True)
class Stage:
    """One stage of a profile. kind: selection | online | practical | mixed. quota None: undecided or none.

    amended_notice: whether an amended public notice starts its working days anew ('restart') or ends when the
    first one would have ended ('keep'). booking: sessions that contestants choose from; None without.
    attendance: by when those who go on say that they come. close_after_days: so many days after its end the notice
    is no longer shown, None: it stays; its digest always stays.
    notice_working_days: how long the public notice of its list runs; 0: none, see `closes_alone`.
    modules: of the practical test, for every event that has none of its own. nominated_by: levels whose organisations send
    their own list of a selection outside, each for its part of the tree; empty: any level."""

    code: str
    title: Text
    kind: str
    window: str
    components: tuple[Component, ...]
    quota: int | None
    quota_undecided: bool
    rank: RankRule
    board: BoardRule
    exam: Blueprint | None
    notice_working_days: int | None
    amended_notice: str = "restart"
    booking: Booking | None = None
    attendance: Attendance | None = None
    close_after_days: int | None = None
    modules: tuple[PracticalModule, ...] = ()
    nominated_by: tuple[str, ...] = ()

    @property
    def closes_alone(self) -> bool:
        """Whether its list is final when the stage is over, without re-check and notice: on the open track, where the file
        says so."""
        return self.notice_working_days == 0


@dataclass(frozen=True)
class Award:
    """Candidates by rank band within a stage; an authority decides. conditions are data for later checks.

    look: of its certificate: participation | promotion | rank | honour, or by-kind."""

    code: str
    title: Text
    kind: str
    stage: str
    rank_from: int
    rank_to: int
    classes: tuple[str, ...]
    amount: int | None
    conditions: dict[str, Any]
    look: str = "by-kind"


class ActivityKind(StrEnum):
    """What earns learning points. VIDEO covers a video's text version too."""

    VIDEO = "video"
    TEXT = "text"
    QUIZ = "quiz"
    DRILL = "drill"


@dataclass(frozen=True)
class Activity:
    """What one kind of activity earns. per: lesson | question | run. Caps in points, None without one.

    daily_cap: by Shanghai days. min_time_s: the shortest time in which one unit can honestly be done.
    period: once | day | week: how often one source counts. pass_pct: the score that earns anything."""

    kind: ActivityKind
    points: Decimal
    per: str
    daily_cap: Decimal | None = None
    total_cap: Decimal | None = None
    min_time_s: int = 0
    period: str = "once"
    pass_pct: int = 0


@dataclass(frozen=True)
class Watching:
    """How much of a video is enough, how fast counts, and when presence is asked.

    presence_from_s, presence_to_s: watched seconds between two questions. presence_wait_s: time to answer."""

    enough_pct: int
    max_speed: Decimal
    presence_from_s: int
    presence_to_s: int
    presence_wait_s: int


@dataclass(frozen=True)
class Learning:
    """Window, what earns points, and the points that make 100. None: undecided.

    finished_points: from here on learning counts as finished (certificates). Caps over all activities:
    daily_cap by Shanghai days, weekly_cap by ISO weeks in Shanghai (night shifts catch up), total_cap."""

    window: str
    full_points: int | None
    may_be_provisional: bool
    finished_points: int | None = None
    daily_cap: Decimal | None = None
    weekly_cap: Decimal | None = None
    total_cap: Decimal | None = None
    activities: tuple[Activity, ...] = ()
    watching: Watching | None = None

    def activity(self, kind: ActivityKind) -> Activity | None:
        """What this kind of activity earns; None when it earns nothing here."""
        return next((activity for activity in self.activities if activity.kind == kind), None)


@dataclass(frozen=True)
class Profile:
    """The rules that events of one kind share."""

    code: str
    track: str
    title: Text
    registration_window: str
    review_levels: tuple[str, ...]
    organiser_confirms: bool
    needs_unit: bool
    events_per_person: int | None
    eligibility: tuple[Rule, ...]
    learning: Learning | None
    stages: tuple[Stage, ...]
    awards: tuple[Award, ...]
    review: ReviewRules = field(default_factory=ReviewRules)

    def in_service_on(self, event: "EventRules") -> date | None:
        """The day on which "in service" is judged for an event; None without such a rule, or undecided."""
        for rule in self.eligibility:
            if rule.code == "in-service" and (not rule.classes or event.event_class in rule.classes):
                return rule.value if isinstance(rule.value, date) else None
        return None

    def stage(self, code: str) -> Stage:
        """The stage of this code. Raise KeyError when there is none."""
        for stage in self.stages:
            if stage.code == code:
                return stage
        raise KeyError(code)


@dataclass(frozen=True)
class Practical:
    """The practical part of an event. modules: how many; take_home_h: hours for a work on a set theme."""

    modules: int | None
    take_home_h: int | None


@dataclass(frozen=True)
class EventRules:
    """One event. note: what the source says of it or leaves unclear. practical: the modules of its practical
    part and the hours of a work made at home. windows: its own where it sets them; undecided_windows: those it leaves open although the
    contest sets them. bank: in place of the profile's; bank_topics: only these topics of it, none means all.
    exams: the event's own exams by stage code, each whole: bank and bank_topics say nothing about them.
    modules: the event's own modules of practical tests by stage code, in place of the stage's. booking, attendance:
    likewise its own sessions and hours of attendance, each whole."""

    code: str
    title: Text
    event_class: str
    profile: str
    trade: str
    organiser: str
    is_sample: bool
    has_national_standard: bool | None
    bank: str
    windows: dict[str, Window]
    undecided_windows: frozenset[str] = frozenset()
    industry: str = ""
    is_team: bool = False
    note: Text = field(default_factory=lambda: Text(""))
    practical: Practical | None = None
    bank_topics: tuple[str, ...] = ()
    exams: dict[str, Blueprint] = field(default_factory=dict)
    modules: Mapping[str, tuple[PracticalModule, ...]] = field(default_factory=dict)
    booking: Mapping[str, Booking] = field(default_factory=dict)
    attendance: Mapping[str, Attendance] = field(default_factory=dict)


@dataclass(frozen=True)
class EventClass:
    """A class of events (类别), for example provincial class I. undecided: what its source gives no rule for."""

    code: str
    title: Text
    expected_count: int | None
    undecided: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contest:
    """A whole definition file. expected_entries: how many people the host counts on."""

    code: str
    title: Text
    edition: str
    host: Text
    source: str
    introduction: Text
    windows: dict[str, Window]
    classes: tuple[EventClass, ...]
    profiles: tuple[Profile, ...]
    events: tuple[EventRules, ...]
    limits: tuple[Rule, ...]
    proposed: tuple[str, ...]
    expected_entries: int | None = None
    campaigns: tuple[Campaign, ...] = ()
    hosting: Hosting | None = None

    def profile_of(self, event: EventRules) -> Profile:
        return next(profile for profile in self.profiles if profile.code == event.profile)

    def event(self, code: str) -> EventRules:
        """The event of this code. Raise KeyError when there is none."""
        for event in self.events:
            if event.code == code:
                return event
        raise KeyError(code)

    def class_of(self, event: EventRules) -> EventClass | None:
        return next((item for item in self.classes if item.code == event.event_class), None)

    def is_entry_open(self, event: EventRules) -> bool:
        """Whether the host has yet to decide who may enter this event."""
        event_class = self.class_of(event)
        return event_class is not None and "eligibility" in event_class.undecided

    def registration(self, event: EventRules) -> Window | None:
        """When people may register; None while the dates, or who may enter, are undecided."""
        if self.is_entry_open(event):
            return None
        return self.window(event, self.profile_of(event).registration_window)

    def window(self, event: EventRules, name: str) -> Window | None:
        """The event's own window, else the contest's; None where it is undecided."""
        if name in event.undecided_windows:
            return None
        return event.windows.get(name) or self.windows.get(name)

    def blueprint(self, event: EventRules, stage: Stage) -> Blueprint | None:
        """The stage's exam for this event: its own where it has one, else that of the profile, from the event's
        own bank when it names one."""
        if stage.code in event.exams:
            return event.exams[stage.code]
        if stage.exam is None or not event.bank:
            return stage.exam
        return replace(stage.exam, bank=event.bank, topics=event.bank_topics)

    def modules(self, event: EventRules, stage: Stage) -> tuple[PracticalModule, ...]:
        """The modules of the practical test that people of this event take in the stage."""
        return event.modules.get(stage.code) or stage.modules

    def stage_of(self, event: EventRules, code: str) -> Stage:
        """A stage of the event's profile with the exam, the modules, the sessions and the hours of attendance of this
        very event. Raise KeyError."""
        stage = self.profile_of(event).stage(code)
        return replace(
            stage,
            exam=self.blueprint(event, stage),
            modules=self.modules(event, stage),
            booking=event.booking.get(code, stage.booking),
            attendance=event.attendance.get(code, stage.attendance),
        )
