"""A decided list is opened again: one person asks with a reason, another agrees, the old list is kept."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from webapp.audit.service import record
from webapp.awards.errors import (
    AwardsClosed,
    AwardsMissing,
    OwnAgreement,
    OwnAward,
    ReopeningMissing,
    ReopeningNeedsReason,
    ReopeningWaiting,
)
from webapp.awards.models import AwardLine, AwardList, AwardReopening
from webapp.awards.queries.reopening import certificates_of, given_lines
from webapp.awards.rules.reopening import Changes, compare
from webapp.awards.service.deciding import GRANTED, MOST_CHARACTERS, Decider
from webapp.awards.service.deriving import derived, open_list, reopen
from webapp.core.db import db

DECIDED = "decided"


def changes_of(one: AwardList) -> Changes:
    """What the rules and the newest final list would change now of what a decided list gives."""
    return compare(given_lines(one.id), derived(one.stage_id, one.local_organisation_id).lines)


def ask_reopen(stage_id: int, reason: str, by: Decider, *, two_person: bool) -> AwardReopening:
    """Ask that the decided list of a stage is opened again; at once where one person is enough.

    raise (ReopeningNeedsReason); (AwardsClosed): it is not decided; (OwnAward): it gives the asker an award;
    (ReopeningWaiting)."""
    one = _decided(stage_id)
    why = reason.strip()[:MOST_CHARACTERS]
    if not why:
        raise ReopeningNeedsReason
    _require_no_own(one, by.person_id)
    made: AwardReopening | None = db.session.scalar(
        insert(AwardReopening)
        .values(
            list_id=one.id,
            reason=why,
            effect=_effect_json(one),
            asked_by_account_id=by.account_id,
            asked_at=by.at,
        )
        .on_conflict_do_nothing()
        .returning(AwardReopening)
    )
    if made is None:
        raise ReopeningWaiting
    record("awards.reopen.ask", "stage", stage_id, why, list_id=one.id, **made.effect)
    if not two_person:
        _open(one, made, by.at)
    return made


def answer_reopen(stage_id: int, by: Decider, agree: bool) -> AwardReopening:
    """The second person's word. raise (ReopeningMissing): nobody asks, or the list is another one by now;
    (OwnAgreement); (OwnAward)."""
    one = open_list(stage_id, lock=True)
    asked = db.session.scalars(
        select(AwardReopening)
        .where(AwardReopening.list_id == (one.id if one else None), AwardReopening.state == "waiting")
        .with_for_update()
    ).one_or_none()
    if one is None or asked is None:
        raise ReopeningMissing
    if asked.asked_by_account_id == by.account_id:
        raise OwnAgreement
    if agree:
        _require_no_own(one, by.person_id)
    asked.decided_by_account_id, asked.decided_at = by.account_id, by.at
    word = "agree" if agree else "refuse"
    record(f"awards.reopen.{word}", "stage", stage_id, asked.reason, list_id=one.id)
    if agree:
        _open(one, asked, by.at)
    else:
        asked.state = "refused"
    db.session.flush()
    return asked


def _open(one: AwardList, asked: AwardReopening, now: datetime) -> None:
    asked.state = "done"
    made = reopen(one, asked.asked_by_account_id, now)
    record("awards.reopen", "stage", one.stage_id, asked.reason, list_id=one.id, new_list_id=made.id)


def _decided(stage_id: int) -> AwardList:
    one = open_list(stage_id, lock=True)
    if one is None:
        raise AwardsMissing
    if one.state != DECIDED:
        raise AwardsClosed
    return one


def _require_no_own(one: AwardList, person_id: int) -> None:
    own = select(AwardLine.id).where(
        AwardLine.list_id == one.id, AwardLine.person_id == person_id, AwardLine.decision == GRANTED
    )
    if db.session.scalar(own.limit(1)) is not None:
        raise OwnAward


def _effect_json(one: AwardList) -> dict[str, Any]:
    """What stood on the page: ids and numbers only."""
    found = changes_of(one)
    touched = [*found.gone, *(before for before, _after in found.changed)]
    return {
        "gone": [one.line_id for one in found.gone],
        "changed": [before.line_id for before, _after in found.changed],
        "added": len(found.added),
        "kept": len(found.kept),
        "certificates": [row.serial for row in certificates_of(one.stage_id, touched)],
    }
