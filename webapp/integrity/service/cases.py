"""A case: opened by a person, shown to the contestant, answered, decided by a person with a reason.

No program opens, weighs or decides a case. Whoever calls has checked the scope."""

from datetime import datetime

from sqlalchemy import select

from webapp.access.interests import Deed, require_no_conflict
from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.words import N_
from webapp.exam.service import control
from webapp.integrity.errors import CaseClosed, CaseExists, CaseNotFound, NotToldYet, WordsMissing
from webapp.integrity.models import CaseEntry, IntegrityCase
from webapp.integrity.queries.evidence import attempt_view
from webapp.integrity.rules.decisions import Decision
from webapp.notifications.service import notify


def open_case(exam_id: int, attempt_id: int, words: str, account_id: int, at: datetime) -> int:
    """Open a case about an attempt; the evidence of the moment is kept with it. Return its id.

    raise (WordsMissing); raise (CaseExists): one is open; raise (AttemptNotFound)."""
    found = attempt_view(exam_id, attempt_id)
    words = _words(words)
    open_one = select(IntegrityCase.id).where(
        IntegrityCase.attempt_id == attempt_id, IntegrityCase.state == "open"
    )
    if db.session.scalar(open_one) is not None:
        raise CaseExists
    case = IntegrityCase(
        exam_id=exam_id,
        attempt_id=attempt_id,
        person_id=found.person_id,
        opened_by_account_id=account_id,
        opened_at=at,
    )
    db.session.add(case)
    db.session.flush()
    seen = [{"kind": piece.kind, "weight": piece.weight, "facts": piece.facts} for piece in found.pieces]
    _write(case.id, "opened", words, account_id, at, {"evidence": seen})
    record("case.open", "attempt", attempt_id, case_id=case.id)
    return case.id


def add_note(case_id: int, words: str, account_id: int, at: datetime) -> None:
    """A note for the hosts. raise (CaseClosed), (WordsMissing)."""
    case = _open(case_id)
    _write(case.id, "note", _words(words), account_id, at)
    record("case.note", "case", case_id)


def tell(case_id: int, words: str, account_id: int, at: datetime) -> None:
    """Show the case to the contestant with words of a person; they can answer from now on."""
    case = _open(case_id)
    _write(case.id, "told", _words(words), account_id, at)
    case.told_at = case.told_at or at
    record("case.tell", "case", case_id)
    notify(
        case.person_id,
        N_("The hosts have a question about one of your exam attempts. Please read it and answer."),
        link=f"/my/cases/{case_id}",
    )


def state_own(case_id: int, person_id: int, words: str, account_id: int, at: datetime) -> None:
    """The contestant's own words. raise (CaseNotFound): not theirs or not shown; raise (CaseClosed)."""
    case = _open(case_id, person_id)
    _write(case.id, "statement", _words(words, most=4000), account_id, at)
    record("case.statement", "case", case_id)


def decide(
    case_id: int, decision: Decision, words: str, account_id: int, at: datetime, *, two_person: bool
) -> None:
    """A person's decision with its reason. Voiding goes the way of every void: a second person agrees.

    raise (NotToldYet): the contestant has not been shown the case and more than nothing is decided.
    raise (ConflictOfInterest)."""
    case = _open(case_id)
    require_no_conflict(account_id, Deed.ATTEMPT, case.attempt_id)
    words = _words(words)
    if decision is not Decision.NO_ACTION and case.told_at is None:
        raise NotToldYet
    case.state, case.decision = "decided", decision.value
    case.decided_by_account_id, case.decided_at = account_id, at
    _write(case.id, "decision", words, account_id, at, {"decision": decision.value})
    record("case.decide", "case", case_id, why=words, decision=decision.value)
    if decision is Decision.VOID:
        control.ask_void(case.exam_id, case.attempt_id, False, words, account_id, two_person)
    if case.told_at is not None:
        notify(
            case.person_id, N_("There is a decision about your exam attempt."), link=f"/my/cases/{case_id}"
        )


def _open(case_id: int, person_id: int | None = None) -> IntegrityCase:
    case = db.session.scalars(
        select(IntegrityCase).where(IntegrityCase.id == case_id).with_for_update()
    ).one_or_none()
    if case is None or (person_id is not None and (case.person_id != person_id or case.told_at is None)):
        raise CaseNotFound
    if case.state != "open":
        raise CaseClosed
    return case


def _words(text: str, most: int = 2000) -> str:
    if not text.strip():
        raise WordsMissing
    return text.strip()[:most]


def _write(
    case_id: int, kind: str, words: str, account_id: int, at: datetime, facts: dict[str, object] | None = None
) -> None:
    db.session.add(
        CaseEntry(case_id=case_id, kind=kind, text=words, by_account_id=account_id, at=at, facts=facts or {})
    )
