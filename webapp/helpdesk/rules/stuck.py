"""Why a person does not get on, in one sentence, and what to do next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from webapp.core.words import N_, Message

SILENT_AFTER = timedelta(seconds=75)
"""A page that is open says something every 20 seconds; three times nothing means it is gone."""

LONG_REVIEW = timedelta(days=7)
"""After this a review is worth a question to whoever decides."""


class Remedy(StrEnum):
    """What helps. The help desk can do all but the last three itself."""

    ISSUE_CODE = "issue-code"
    UNLOCK = "unlock"
    FREE_LEASE = "free-lease"
    PERSON_ACTS = "person-acts"
    OTHERS_ACT = "others-act"
    NOTHING = "nothing"


@dataclass(frozen=True)
class AccountFacts:
    """state: '' (no account) | invited | active | disabled. locked_min: minutes of the lock that remain."""

    state: str
    has_signed_in: bool = True
    must_confirm: bool = False
    locked_min: int = 0


@dataclass(frozen=True)
class ApplicationFacts:
    """One application. awaiting: who decides now; since: when it came there; reason: of the last refusal."""

    event: Mapping[str, str]
    state: str
    awaiting: Message | str = ""
    since: datetime | None = None
    reason: str = ""


@dataclass(frozen=True)
class ExamFacts:
    """One exam of the person. state: '' (not started) | created | open | submitted | graded | void."""

    event: Mapping[str, str]
    state: str
    is_stopped: bool
    opens_at: datetime
    closes_at: datetime
    deadline_at: datetime | None = None
    seen_at: datetime | None = None
    has_device: bool = False


@dataclass(frozen=True)
class Finding:
    """The one sentence and the next step, both to be said in the reader's language."""

    why: Message
    step: Message
    remedy: Remedy


def find_cause(
    account: AccountFacts,
    applications: Sequence[ApplicationFacts],
    exams: Sequence[ExamFacts],
    now: datetime,
) -> Finding:
    """The first thing that holds the person up, in the order in which a person meets them: signing in,
    a running or open exam, the registration. Of several exams the one that ends first is looked at.

    Instants are aware; windows and deadlines are half-open."""
    running = _urgent(exams, now)
    return (
        _sign_in(account)
        or (_exam(running, now) if running else None)
        or _application(applications, now)
        or _exam_past_or_coming(exams, now)
        or Finding(
            Message(N_("Nothing is in this person's way.")),
            Message(N_("Ask what the screen says, and log a ticket with the exact words.")),
            Remedy.NOTHING,
        )
    )


def _sign_in(account: AccountFacts) -> Finding | None:
    if account.state == "":
        return Finding(
            Message(N_("There is a record of this person, but no account.")),
            Message(N_("The person opens a claim on the sign-up page; a reviewer decides on it.")),
            Remedy.PERSON_ACTS,
        )
    if account.state == "disabled":
        return Finding(
            Message(N_("The account is closed.")),
            Message(N_("Only an administrator can open it again: log a ticket and pass it on.")),
            Remedy.OTHERS_ACT,
        )
    if account.state == "invited":
        return Finding(
            Message(N_("The unit has registered this person, who has never signed in.")),
            Message(N_("Check who it is, then issue a one-time code for the page “First sign-in”.")),
            Remedy.ISSUE_CODE,
        )
    if account.locked_min:
        return Finding(
            Message(
                N_("Sign-in is locked for %(minutes)s more minutes after too many wrong passwords."),
                {"minutes": account.locked_min},
            ),
            Message(
                N_("Check who it is, then unlock it; if the password is forgotten, issue a one-time code.")
            ),
            Remedy.UNLOCK,
        )
    if account.must_confirm:
        return Finding(
            Message(N_("The person has not yet confirmed the data that the unit entered.")),
            Message(N_("After signing in, the page asks for it: the person checks the data and confirms.")),
            Remedy.PERSON_ACTS,
        )
    return None


def _urgent(exams: Sequence[ExamFacts], now: datetime) -> ExamFacts | None:
    """A running attempt, or else an exam that could be started now; the one that ends first."""
    running = [exam for exam in exams if exam.state == "open"]
    startable = [
        exam for exam in exams if exam.state in {"", "created"} and exam.opens_at <= now < exam.closes_at
    ]
    found = running or startable
    return min(found, key=lambda exam: exam.deadline_at or exam.closes_at) if found else None


def _exam(exam: ExamFacts, now: datetime) -> Finding:
    event = {"event": exam.event}
    if exam.is_stopped:
        return Finding(
            Message(N_("The exam of “%(event)s” has been stopped."), event),
            Message(N_("Ask the host when it goes on; answers that were saved stay saved.")),
            Remedy.OTHERS_ACT,
        )
    if exam.state != "open":
        return Finding(
            Message(N_("The exam of “%(event)s” is open, and the person has not started it."), event),
            Message(
                N_("The person opens “My exams” and starts before %(closes)s."), {"closes": exam.closes_at}
            ),
            Remedy.PERSON_ACTS,
        )
    if exam.deadline_at is not None and now >= exam.deadline_at:
        return Finding(
            Message(N_("The time of the exam “%(event)s” is over."), event),
            Message(N_("The server closes the paper by itself and marks everything that was saved.")),
            Remedy.OTHERS_ACT,
        )
    if exam.seen_at is not None and now - exam.seen_at < SILENT_AFTER:
        return Finding(
            Message(N_("The person is writing “%(event)s”; the page answers."), event),
            Message(N_("If it is another device that answers, free the lease and go on at the right one.")),
            Remedy.FREE_LEASE,
        )
    if exam.has_device:
        return Finding(
            Message(N_("The exam “%(event)s” runs on a device that has been silent for a while."), event),
            Message(
                N_(
                    "Free the lease; the person signs in on a device that works and goes on. The time runs on."
                )
            ),
            Remedy.FREE_LEASE,
        )
    return Finding(
        Message(N_("The exam “%(event)s” runs, but no device holds it."), event),
        Message(N_("The person opens “My exams” on any device and goes on. The time runs on.")),
        Remedy.PERSON_ACTS,
    )


def _application(applications: Sequence[ApplicationFacts], now: datetime) -> Finding | None:
    for state in ("returned", "invited", "in_review"):
        for application in applications:
            if application.state == state:
                return _unfinished(application, now)
    if applications and all(one.state in {"refused", "withdrawn"} for one in applications):
        last = applications[-1]
        if last.state == "refused":
            return Finding(
                Message(
                    N_("The registration for “%(event)s” was refused: %(reason)s"),
                    {"event": last.event, "reason": last.reason or "—"},
                ),
                Message(N_("While registration is open, the person may apply again or for another event.")),
                Remedy.PERSON_ACTS,
            )
    return None


def _unfinished(application: ApplicationFacts, now: datetime) -> Finding:
    event = {"event": application.event}
    if application.state == "returned":
        return Finding(
            Message(
                N_("The registration for “%(event)s” came back for correction: %(reason)s"),
                {**event, "reason": application.reason or "—"},
            ),
            Message(N_("Under “My contests” the person corrects it and sends it again.")),
            Remedy.PERSON_ACTS,
        )
    if application.state == "invited":
        return Finding(
            Message(N_("The registration for “%(event)s” waits for the person's own confirmation."), event),
            Message(N_("Under “My contests” the person confirms it.")),
            Remedy.PERSON_ACTS,
        )
    days = (now - application.since).days if application.since else 0
    why = Message(
        N_("The registration for “%(event)s” has waited %(days)s days for: %(awaiting)s."),
        {**event, "days": days, "awaiting": application.awaiting or "—"},
    )
    if application.since and now - application.since >= LONG_REVIEW:
        return Finding(why, Message(N_("Log a ticket and ask this reviewer; it is late.")), Remedy.OTHERS_ACT)
    return Finding(why, Message(N_("The person waits; a notice comes with the decision.")), Remedy.OTHERS_ACT)


def _exam_past_or_coming(exams: Sequence[ExamFacts], now: datetime) -> Finding | None:
    coming = sorted(
        (exam for exam in exams if exam.state in {"", "created"} and now < exam.opens_at),
        key=lambda exam: exam.opens_at,
    )
    if coming:
        return Finding(
            Message(
                N_("The exam “%(event)s” opens at %(opens)s."),
                {"event": coming[0].event, "opens": coming[0].opens_at},
            ),
            Message(N_("Until then the person can try the mock exam and the device check under “My exams”.")),
            Remedy.PERSON_ACTS,
        )
    for exam in exams:
        event = {"event": exam.event}
        if exam.state == "void":
            return Finding(
                Message(N_("The attempt in “%(event)s” was declared void."), event),
                Message(N_("Only the host can tell why and whether there is another attempt.")),
                Remedy.OTHERS_ACT,
            )
        if exam.state == "submitted":
            return Finding(
                Message(N_("The paper of “%(event)s” is handed in and is being marked."), event),
                Message(N_("It takes seconds to minutes; the result then stands under “My exams”.")),
                Remedy.OTHERS_ACT,
            )
        if exam.state in {"", "created"} and now >= exam.closes_at:
            return Finding(
                Message(N_("The exam of “%(event)s” ended before the person started it."), event),
                Message(N_("Only the host can decide on another chance: log a ticket and pass it on.")),
                Remedy.OTHERS_ACT,
            )
    return None
