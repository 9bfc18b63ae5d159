"""Dangerous acts in an exam: one person asks, a second one agrees where that is set, then it is done.

Every kind of act registers here: what it needs, whether it may be, what it would change, and how it is
done. Asking, agreeing, turning down and withdrawing are the same for all."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import select

from webapp.access import interests
from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.errors import Conflict
from webapp.core.words import N_, Message
from webapp.exam.errors import ActionNotFound, NotOwnRequest, OwnRequest, ReasonMissing
from webapp.exam.models import ExamAction

P = TypeVar("P")

LONGEST_REASON = 500


@dataclass(frozen=True)
class Effect:
    """What an act would change, in words and numbers. people: how many it concerns."""

    people: int
    lines: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Deed:
    """An act that is being carried out: which one, where, why, and who stands for it."""

    action_id: int
    exam_id: int
    reason: str
    asked_by: int | None
    decided_by: int | None


@dataclass(frozen=True)
class Kind(Generic[P]):
    """One kind of act.

    payload: a frozen dataclass of JSON values, each with a default. describe: one line for lists. check:
    raises a DomainError when it may not be (when asked, and again when carried out). preview: what would
    change. carry_out: does it in the caller's transaction. is_long: carry_out only starts a job, which
    says `finish`; until then the act is 'running'."""

    name: str
    payload: type[P]
    describe: Callable[[P], Message]
    check: Callable[[int, P], None]
    preview: Callable[[int, P], Effect]
    carry_out: Callable[[Deed, P], None]
    is_long: bool = False


@dataclass(frozen=True)
class Asked:
    """Who asks and why, and whether a second person has to agree."""

    account_id: int
    reason: str
    two_person: bool


_kinds: dict[str, Kind[Any]] = {}
_UNKNOWN = N_("An act that this version does not know (%(kind)s)")


def register(kind: Kind[Any]) -> None:
    """Make a kind known; a package does it once, where it is imported."""
    _kinds[kind.name] = kind


def kind_of(name: str) -> Kind[Any]:
    """raise (KeyError): nobody registered it."""
    return _kinds[name]


def payload_of(kind: Kind[P], values: Mapping[str, Any]) -> P:
    """The payload back from JSON; what an older version stored besides is left out."""
    known = {field.name for field in fields(kind.payload)}  # type: ignore[arg-type]  # a dataclass by contract
    return kind.payload(**{name: value for name, value in values.items() if name in known})


def describe(name: str, values: Mapping[str, Any]) -> Message:
    """One line that says what an act is."""
    kind = _kinds.get(name)
    return Message(_UNKNOWN, {"kind": name}) if kind is None else kind.describe(payload_of(kind, values))


def preview(name: str, exam_id: int, payload: object) -> Effect:
    """What an act would change now. raise: as its check."""
    kind = kind_of(name)
    kind.check(exam_id, payload)
    return kind.preview(exam_id, payload)


def ask(name: str, exam_id: int, payload: object, asked: Asked) -> ExamAction:
    """Ask for an act; without the two-person rule it is carried out at once.

    The effect at this moment is kept with the request. raise (ReasonMissing); raise: as its check."""
    if not asked.reason.strip():
        raise ReasonMissing
    interests.require_no_conflict(asked.account_id, interests.Deed.EXAM, exam_id)
    effect = preview(name, exam_id, payload)
    action = ExamAction(
        exam_id=exam_id,
        kind=name,
        payload=asdict(payload),  # type: ignore[call-overload]  # a dataclass by contract
        reason=asked.reason.strip()[:LONGEST_REASON],
        effect={
            "people": effect.people,
            "lines": [{"text": line.text, "params": dict(line.params)} for line in effect.lines],
        },
        asked_by_account_id=asked.account_id,
        state="waiting",
    )
    db.session.add(action)
    db.session.flush()
    record(
        f"exam.{name}.ask", "exam", exam_id, why=action.reason, action_id=action.id, payload=action.payload
    )
    if not asked.two_person:
        _carry_out(action)
    return action


def decide(action_id: int, account_id: int, agree: bool, at: datetime) -> ExamAction:
    """The second person's word. raise (OwnRequest): asker and decider are one. raise (Conflict): decided."""
    action = _locked(action_id)
    if action.asked_by_account_id == account_id:
        raise OwnRequest
    interests.require_no_conflict(account_id, interests.Deed.EXAM, action.exam_id)
    action.decided_by_account_id = account_id
    action.decided_at = at
    verdict = "approve" if agree else "refuse"
    record(f"exam.{action.kind}.{verdict}", "exam", action.exam_id, why=action.reason, action_id=action.id)
    if agree:
        _carry_out(action)
    else:
        action.state = "refused"
    db.session.flush()
    return action


def withdraw(action_id: int, account_id: int) -> ExamAction:
    """The asker takes the request back before anybody decided; nothing has changed.
    raise (NotOwnRequest, Conflict, ActionNotFound)."""
    action = _locked(action_id)
    if action.asked_by_account_id != account_id:
        raise NotOwnRequest
    action.state = "withdrawn"
    record(f"exam.{action.kind}.withdraw", "exam", action.exam_id, why=action.reason, action_id=action.id)
    db.session.flush()
    return action


def finish(action_id: int, has_failed: bool = False) -> None:
    """A long act has come to its end; said by its job. Saying it twice changes nothing."""
    action = db.session.scalars(select(ExamAction).where(ExamAction.id == action_id).with_for_update()).one()
    if action.state == "running":
        action.state = "failed" if has_failed else "done"
        db.session.flush()


def _locked(action_id: int) -> ExamAction:
    action = db.session.scalars(
        select(ExamAction).where(ExamAction.id == action_id).with_for_update()
    ).one_or_none()
    if action is None:
        raise ActionNotFound
    if action.state != "waiting":
        raise Conflict
    return action


def _carry_out(action: ExamAction) -> None:
    kind = kind_of(action.kind)
    payload = payload_of(kind, action.payload)
    kind.check(action.exam_id, payload)
    action.state = "running" if kind.is_long else "done"
    db.session.flush()
    deed = Deed(
        action.id, action.exam_id, action.reason, action.asked_by_account_id, action.decided_by_account_id
    )
    kind.carry_out(deed, payload)
    db.session.flush()
