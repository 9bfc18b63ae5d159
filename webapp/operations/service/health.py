"""What the health page and `jiangsai doctor` show."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from webapp.access.permissions import Permission
from webapp.core import clock
from webapp.core.words import N_, Message
from webapp.operations.models import DoctorWaiver
from webapp.operations.queries import facts
from webapp.operations.rules.readiness import MINIMUM, NEVER_ACCEPTED, Item, Light
from webapp.operations.service import gate

TITLES = {
    "database": N_("Database"),
    "durability": N_("Nothing acknowledged is lost"),
    "migrations": N_("Version of the tables"),
    "clock": N_("Clock of this node"),
    "clock-process": N_("Clock process"),
    "redis": N_("Redis"),
    "redis-policy": N_("Redis keeps queued work"),
    "redis-file": N_("Redis over a restart"),
    "keys-role": N_("Answer keys are closed to pages"),
    "disk": N_("Disk space"),
    "outbox": N_("Waiting work"),
    "stopping": N_("About to stop"),
    "demo": N_("Demo or production"),
    "keys": N_("Keys"),
    "public-url": N_("Public address"),
    "two-person": N_("Second person and second factor"),
    "session": N_("Length of a session"),
    "backup": N_("Backup"),
    "archive": N_("Archive of changes"),
    "audit": N_("Audit trail"),
    "quarantine": N_("Papers that wait for a person"),
    "web-process": N_("Web processes"),
    "worker-process": N_("Workers"),
    "offset": N_("Clocks"),
    "fonts": N_("Fonts of certificates"),
    "bank": N_("Question bank"),
    "papers": N_("Papers"),
    "halls": N_("Halls"),
    "sessions": N_("Sessions"),
    MINIMUM: N_("Number of contestants"),
}


@dataclass(frozen=True)
class ItemView:
    """One line. waivers: requests for this exam and check; may_ask: this person may make one."""

    key: str
    title: Message
    light: Light
    said: Message
    todo: Message | None
    waivers: tuple[DoctorWaiver, ...] = ()
    is_waived: bool = False

    @property
    def may_be_accepted(self) -> bool:
        """Whether two people may let the exam start in spite of it."""
        return self.key not in NEVER_ACCEPTED


@dataclass(frozen=True)
class ExamView:
    """An exam that opens soon, with everything that is not green for it."""

    exam_id: int
    title: Mapping[str, str]
    event_title: Mapping[str, str]
    opens_at: datetime
    people: int
    is_blocked: bool
    may_ask: bool
    may_agree: bool
    items: tuple[ItemView, ...]


@dataclass(frozen=True)
class HealthView:
    """The whole page."""

    at: datetime
    items: tuple[ItemView, ...]
    exams: tuple[ExamView, ...]
    my_account_id: int

    @property
    def worst(self) -> Light:
        """The light of the installation as a whole."""
        lights = {item.light for item in self.items}
        return next(
            light
            for light in (Light.RED, Light.YELLOW, Light.GREEN)
            if light in lights or light is Light.GREEN
        )


def health_view(may: Callable[[Mapping[str, Any], Permission], bool], my_account_id: int) -> HealthView:
    """The page for one person. may: whether the person has a permission over an exam's row."""
    now = clock.now()
    shared = gate.shared_items(now)
    rows = [row for row in facts.coming_exams() if may(row, Permission.SEE_HEALTH)]
    waivers = gate.open_waivers([row["id"] for row in rows], now)
    exams = tuple(_exam_view(row, shared, waivers, may, now) for row in rows)
    return HealthView(now, tuple(_line(item, ()) for item in shared), exams, my_account_id)


def _exam_view(
    row: Mapping[str, Any],
    shared: list[Item],
    waivers: list[DoctorWaiver],
    may: Callable[[Mapping[str, Any], Permission], bool],
    now: datetime,
) -> ExamView:
    items = [item for item in gate.items_of(row, shared, now) if item.exam_id or item.light is Light.RED]
    own = [waiver for waiver in waivers if waiver.exam_id == row["id"]]
    return ExamView(
        exam_id=row["id"],
        title=row["title"],
        event_title=row["event_title"],
        opens_at=row["opens_at"],
        people=row["people"],
        is_blocked=row["state"] == "blocked",
        may_ask=may(row, Permission.RUN_EXAMS),
        may_agree=may(row, Permission.APPROVE_EXAM_ACTIONS),
        items=tuple(_line(item, tuple(w for w in own if w.check_key == item.key)) for item in items),
    )


def _line(item: Item, waivers: tuple[DoctorWaiver, ...]) -> ItemView:
    accepted = any(waiver.agreed_by_account_id is not None for waiver in waivers)
    title = Message(TITLES.get(item.key, item.key))
    return ItemView(item.key, title, item.light, item.said, item.todo, waivers, accepted)
