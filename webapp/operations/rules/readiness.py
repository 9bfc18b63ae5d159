"""What must be true before an exam starts: facts in, a green, yellow or red item out for each check.

Green: nothing to do. Yellow: the exam can be held, but somebody should look. Red: it must not start, unless
two people accept that for this exam and this check (`DoctorWaiver`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from webapp.core.words import N_, Message

BACKUP_OLD = timedelta(hours=26)
BACKUP_TOO_OLD = timedelta(days=7)
WAL_OLD = timedelta(minutes=5)
BEAT_OLD = timedelta(seconds=60)
SEAL_OLD = timedelta(seconds=60)
MAX_OFFSET_MS = 500
DRAWN_BEFORE = timedelta(minutes=90)
"""Papers are drawn from two hours before the exam on; half an hour later all must be there."""

GATE_BEFORE = timedelta(minutes=30)
"""From then on until it opens, an exam with a red item is held back."""

MINIMUM = "minimum"
NEVER_ACCEPTED = frozenset({MINIMUM})
"""What no two people accept for an exam: the contest file says so (decision 0065)."""

SPARE = timedelta(hours=1)
"""How much longer a session must last than the longest exam."""


class Light(StrEnum):
    """How a check came out."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


@dataclass(frozen=True)
class Item:
    """One check. said: what was found; todo: what to do about it, when it is not green. exam_id: 0 = all."""

    key: str
    light: Light
    said: Message
    todo: Message | None = None
    exam_id: int = 0


@dataclass(frozen=True)
class Beat:
    """A process that reported: when last, and its clock against the database's in milliseconds."""

    kind: str
    host: str
    pid: int
    seen_at: datetime
    offset_ms: int


@dataclass(frozen=True)
class InstallationFacts:
    """Everything the checks of an installation look at. None: there is none, or it could not be asked."""

    is_demo: bool
    is_secure: bool
    public_url: str
    two_person: bool
    second_factor: bool
    session: timedelta
    longest_exam: timedelta
    has_weak_keys: bool
    backup_at: datetime | None
    archive_at: datetime | None
    is_archiving: bool
    archive_failed: bool
    audit_broken_row: int | None
    audit_waits_since: datetime | None
    quarantined: int
    redis_keeps: bool | None
    beats: tuple[Beat, ...]
    workers: int | None
    has_song_font: bool


@dataclass(frozen=True)
class ExamFacts:
    """Everything the checks of one exam look at. people: admitted; without_paper, without_hall,
    without_session (0 when the exam has no sessions): of these."""

    exam_id: int
    opens_at: datetime
    draws_beforehand: bool
    people: int
    without_paper: int
    without_hall: int
    without_session: int
    shortages: int
    thin_cells: int
    bank_is_approved: bool


def in_english(message: Message) -> str:
    """A message for programs and the terminal, which speak English; with the detail of an error, if there is one."""
    params = {
        name: in_english(value) if isinstance(value, Message) else value
        for name, value in message.params.items()
    }
    detail = params.get("detail")
    return (message.text % params if params else message.text) + (f" {detail}" if detail else "")


def installation(facts: InstallationFacts, now: datetime) -> list[Item]:
    """The checks that hold for every exam of this installation."""
    return [
        *_secrets(facts),
        *_people(facts),
        *_backups(facts, now),
        *_evidence(facts, now),
        *_processes(facts, now),
        *_rest(facts),
    ]


def exam(facts: ExamFacts, now: datetime) -> list[Item]:
    """The checks of one exam that has been opened for its stage."""
    return [
        Item(item.key, item.light, item.said, item.todo, facts.exam_id)
        for item in (_bank(facts), _papers(facts, now), _halls(facts), _sessions(facts))
    ]


def blocks(items: list[Item], waived: set[str]) -> list[str]:
    """Keys of red items that nobody has accepted, or that nobody may accept."""
    return sorted({item.key for item in items if item.light is Light.RED} - (waived - NEVER_ACCEPTED))


def minimum(exam_id: int, needed: int, people: int, *, few: bool, holds: bool) -> Item:
    """The check of a hard minimum of contestants, before the first stage of an event. few: fewer than needed take part;
    holds: and nobody comes any more."""
    words = {"people": people, "needed": needed}
    said = N_("%(people)s contestants take part; the rules ask for at least %(needed)s, without exception.")
    bad = Light.RED if holds else Light.YELLOW if few else None
    made = _item(
        MINIMUM,
        bad,
        Message(N_("%(people)s contestants take part, at least %(needed)s have to."), words),
        Message(said, words),
        N_(
            "Extend the registration, merge the event with another one, or have two people change the rule in the contest file."
        ),
    )
    return Item(made.key, made.light, made.said, made.todo, exam_id)


def _item(key: str, bad: Light | None, good: Message, said: Message, todo: str) -> Item:
    return Item(key, Light.GREEN, good) if bad is None else Item(key, bad, said, Message(todo))


def _secrets(facts: InstallationFacts) -> Iterator[Item]:
    yield _item(
        "demo",
        Light.YELLOW if facts.is_demo else None,
        Message(N_("This is a production installation.")),
        Message(
            N_("This is the demo: its keys and passwords are known to everybody who can read its folder.")
        ),
        N_("Hold a real exam with JIANGSAI_DEMO=0 and keys of your own."),
    )
    weak = facts.has_weak_keys and not facts.is_demo
    yield _item(
        "keys",
        Light.RED if weak else None,
        Message(N_("Signing key and data key are set.")),
        Message(N_("A key is one of the demo's, or too simple.")),
        N_("Make new keys as the operations page describes, and start again."),
    )
    yield _item(
        "public-url",
        None if facts.is_secure or facts.is_demo else Light.YELLOW,
        Message(N_("People reach the site at %(url)s."), {"url": facts.public_url}),
        Message(N_("People reach the site at %(url)s, without encryption."), {"url": facts.public_url}),
        N_("Use https, except in a hall whose network is closed to others."),
    )


def _people(facts: InstallationFacts) -> Iterator[Item]:
    both = facts.two_person and facts.second_factor
    yield _item(
        "two-person",
        None if both or facts.is_demo else Light.YELLOW,
        Message(N_("Dangerous actions follow the settings for a second person and a second factor.")),
        Message(N_("Two-person approval or the second factor of staff is switched off.")),
        N_("Set JIANGSAI_TWO_PERSON=1 and JIANGSAI_SECOND_FACTOR=1 and start again."),
    )
    hours = {
        "have": facts.session.total_seconds() / 3600,
        "need": (facts.longest_exam + SPARE).total_seconds() / 3600,
    }
    yield _item(
        "session",
        Light.RED if facts.session < facts.longest_exam + SPARE else None,
        Message(N_("A session lasts %(have).1f hours, longer than every exam."), hours),
        Message(N_("A session lasts %(have).1f hours; the longest exam needs %(need).1f."), hours),
        N_("Raise JIANGSAI_SESSION_HOURS and start again."),
    )


def _backups(facts: InstallationFacts, now: datetime) -> Iterator[Item]:
    age = None if facts.backup_at is None else now - facts.backup_at
    if facts.is_demo:
        light = None
    elif age is None or age > BACKUP_TOO_OLD:
        light = Light.RED
    else:
        light = Light.YELLOW if age > BACKUP_OLD else None
    words = {"hours": 0 if age is None else round(age.total_seconds() / 3600, 1)}
    said = N_("No backup has been made.") if age is None else N_("The last backup is %(hours)s hours old.")
    yield _item(
        "backup", light, Message(said, words), Message(said, words), N_("Run: jiangsai backup FOLDER")
    )
    late = facts.archive_at is None or now - facts.archive_at > WAL_OLD
    broken = facts.is_archiving and (facts.archive_failed or late)
    off = not facts.is_archiving and not facts.is_demo
    yield _item(
        "archive",
        Light.RED if broken else Light.YELLOW if off else None,
        Message(N_("Changes are archived as they happen, or this is the demo.")),
        Message(
            N_("The archive of changes has stopped.")
            if broken
            else N_("Changes between two backups are not archived: a lost disk loses them.")
        ),
        N_(
            "Set JIANGSAI_ARCHIVE to a folder on another disk; if it is set, see that the disk is there and has space."
        ),
    )


def _evidence(facts: InstallationFacts, now: datetime) -> Iterator[Item]:
    waits = facts.audit_waits_since is not None and now - facts.audit_waits_since > SEAL_OLD
    broken = facts.audit_broken_row is not None
    yield _item(
        "audit",
        Light.RED if broken else Light.YELLOW if waits else None,
        Message(N_("The chain of the audit trail is intact.")),
        Message(N_("The audit trail was changed at row %(row)s."), {"row": facts.audit_broken_row or 0})
        if broken
        else Message(N_("Audit rows wait to be sealed for more than a minute.")),
        N_(
            "Have it recomputed on the audit page; keep the database as it is and call whoever answers for security."
        )
        if broken
        else N_("See whether the clock process runs."),
    )
    yield _item(
        "quarantine",
        Light.YELLOW if facts.quarantined else None,
        Message(N_("No paper waits for a person.")),
        Message(
            N_("%(count)s papers could not be graded and wait for a person."), {"count": facts.quarantined}
        ),
        N_("Look at the reasons in the control room; the people concerned have no result until then."),
    )


def _processes(facts: InstallationFacts, now: datetime) -> Iterator[Item]:
    # The demo is looked at in its first seconds, when its processes are still starting.
    missing = Light.YELLOW if facts.is_demo else Light.RED
    for kind, alive_text, missing_text in (
        ("web", N_("Web processes alive: %(count)s."), N_("No web process has reported for a minute.")),
        ("clock", N_("Clock processes alive: %(count)s."), N_("No clock process has reported for a minute.")),
    ):
        alive = [beat for beat in facts.beats if beat.kind == kind and now - beat.seen_at <= BEAT_OLD]
        words = {"count": len(alive)}
        yield _item(
            f"{kind}-process",
            None if alive else missing,
            Message(alive_text, words),
            Message(missing_text),
            N_("Start it, or look at its last lines."),
        )
    yield _item(
        "worker-process",
        None if facts.workers else Light.YELLOW if facts.workers is None else missing,
        Message(N_("Workers alive: %(count)s."), {"count": facts.workers or 0}),
        Message(N_("No worker has reported: papers are saved, but not graded.")),
        N_("Start it, or look at its last lines."),
    )
    off = [
        beat for beat in facts.beats if now - beat.seen_at <= BEAT_OLD and abs(beat.offset_ms) > MAX_OFFSET_MS
    ]
    worst = max((abs(beat.offset_ms) for beat in facts.beats), default=0)
    where = ", ".join(sorted({f"{beat.kind} {beat.host}:{beat.pid} {beat.offset_ms:+d} ms" for beat in off}))
    yield _item(
        "offset",
        Light.RED if off else None,
        Message(N_("All clocks agree with the database within %(worst)s ms."), {"worst": worst}),
        Message(N_("Clocks are wrong: %(where)s"), {"where": where}),
        N_("Have the machine set its clock by NTP."),
    )


def _rest(facts: InstallationFacts) -> Iterator[Item]:
    yield _item(
        "redis-file",
        Light.YELLOW if facts.redis_keeps is False else None,
        Message(N_("Redis keeps its queue over a restart.")),
        Message(
            N_("Redis keeps nothing over a restart: waiting work is sent again, boards are built again.")
        ),
        N_("Switch on appendonly."),
    )
    yield _item(
        "fonts",
        None if facts.has_song_font else Light.YELLOW,
        Message(N_("The fonts of the certificates are there.")),
        Message(N_("Noto Serif CJK is missing: certificates are set in a sans-serif face.")),
        N_("Install the package fonts-noto-cjk."),
    )


def _bank(facts: ExamFacts) -> Item:
    bad = not facts.bank_is_approved or facts.shortages
    return _item(
        "bank",
        Light.RED if bad else Light.YELLOW if facts.thin_cells else None,
        Message(N_("The bank is approved and has questions enough.")),
        Message(
            N_("The bank is not approved, or %(missing)s questions are missing."),
            {"missing": facts.shortages},
        )
        if bad
        else Message(
            N_("%(cells)s parts of the plan draw more than half of their questions."),
            {"cells": facts.thin_cells},
        ),
        N_("Have more questions written and approved, or change the plan."),
    )


def _papers(facts: ExamFacts, now: datetime) -> Item:
    late = facts.draws_beforehand and facts.without_paper > 0 and facts.opens_at - now <= DRAWN_BEFORE
    words = {"people": facts.people, "missing": facts.without_paper}
    good = (
        N_("Papers are drawn for all %(people)s people.")
        if not facts.without_paper
        else N_("Papers are drawn in time: two hours before the exam, or when somebody starts.")
    )
    return _item(
        "papers",
        Light.RED if late else None,
        Message(good, words),
        Message(N_("%(missing)s of %(people)s people have no paper yet."), words),
        N_("See whether the worker runs; papers are then drawn by themselves."),
    )


def _halls(facts: ExamFacts) -> Item:
    some = 0 < facts.without_hall < facts.people
    return _item(
        "halls",
        Light.YELLOW if some else None,
        Message(N_("Either everybody has a hall, or nobody.")),
        Message(N_("%(count)s people have no hall, others have."), {"count": facts.without_hall}),
        N_("Assign them, or tell them where to go."),
    )


def _sessions(facts: ExamFacts) -> Item:
    return _item(
        "sessions",
        Light.YELLOW if facts.without_session else None,
        Message(N_("Everybody has a session, or the exam has none.")),
        Message(
            N_("%(count)s people have no session: they cannot come in."), {"count": facts.without_session}
        ),
        N_("Assign them on the page of the exam's sessions."),
    )
