"""Objections to a notice: received from anybody, answered by the host."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.accounts.rules import phones
from webapp.audit.service import record
from webapp.contests.queries import StageView, event_by_id, stage_by_id
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.core.words import N_
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.notifications.service import notify
from webapp.stages.errors import (
    AnswerExists,
    ListMissing,
    NoticeOver,
    NumberUnknown,
    ReasonNeeded,
    SameDecider,
)
from webapp.stages.models import StageDecision, StageNotice, StageObjection
from webapp.stages.queries import notices
from webapp.stages.queries.lists import newest
from webapp.stages.rules.states import ListState

ANSWERED = N_("Your objection to the notice of %(event)s, %(stage)s has been answered.")


@dataclass(frozen=True)
class Sender:
    """Who objects: a signed-in person, or a name and a phone. name: of an enterprise with its contact as well. channel: page | phone | letter | visit |
    enterprise; entered_by: the account of staff that writes down what came otherwise than by the page."""

    person_id: int | None = None
    name: str = ""
    phone: str = ""
    channel: str = "page"
    entered_by: int | None = None


def receive(stage: StageView, sender: Sender, number: str, words: str, now: datetime) -> StageObjection:
    """Take an objection in while the notice runs; `number` names the entry it is about, '' the notice itself.

    Name and phone are encrypted; the audit has neither them nor the words. raise (NoticeOver, NumberUnknown,
    PhoneWrong)."""
    notice = notices.current(stage.stage_id)
    if notice is None:
        raise ListMissing
    one = newest(stage.stage_id)
    is_settled = one is None or (one.state == ListState.FINAL and (one.final_at or now) >= notice.posted_at)
    if now >= notice.ends_at or one is None or is_settled:
        raise NoticeOver
    entry_id = _entry(stage, one.snapshot_id, number) if number else None
    reference = secrets.token_urlsafe(16)
    no_phone = sender.person_id is not None or (sender.entered_by is not None and not sender.phone)
    phone = "" if no_phone else phones.clean(sender.phone)
    owner = f"objection:{reference}"
    row = StageObjection(
        reference=reference,
        stage_id=stage.stage_id,
        notice_id=notice.notice_id,
        entry_id=entry_id,
        person_id=sender.person_id,
        name_cipher=None if sender.person_id else keyring().encrypt(sender.name, owner),
        phone_cipher=keyring().encrypt(phone, owner) if phone else None,
        phone_mask=phones.mask(phone) if phone else "",
        words=words[:4000],
        state="received",
        received_at=now,
        channel=sender.channel,
        entered_by_account_id=sender.entered_by,
    )
    db.session.add(row)
    db.session.flush()
    record(
        "objection.receive", "objection", row.id, stage_id=stage.stage_id, version=notice.version,
        about_entry=entry_id, signed_in=sender.person_id is not None, channel=sender.channel, by=sender.entered_by,
    )  # fmt: skip
    return row


def answer(
    objection_id: int, words: str, published: str, changes_list: bool, account_id: int, now: datetime
) -> None:
    """Answer an objection once. published: what stands on the notice page ('' for nothing; needed where the
    answer changes the list). raise (AnswerExists, ReasonNeeded); (SameDecider): the objection is about somebody
    of whom this account decided in the re-check; where nobody decided, or it is about the whole list, this account
    had the notice posted."""
    row = db.session.scalars(
        select(StageObjection).where(StageObjection.id == objection_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise ListMissing
    if row.state == "answered":
        raise AnswerExists
    if not words.strip() or (changes_list and not published.strip()):
        raise ReasonNeeded
    if account_id in _deciders(row):
        raise SameDecider
    row.state = "answered"
    row.answer = words.strip()
    row.published_answer = published.strip()
    row.changes_list = changes_list
    row.answered_by_account_id = account_id
    row.answered_at = now
    record(
        "objection.answer", "objection", row.id, stage_id=row.stage_id, changes_list=changes_list,
        is_published=bool(row.published_answer),
    )  # fmt: skip
    if row.person_id is not None:
        _tell(row, now)


def _deciders(row: StageObjection) -> set[int]:
    """Whoever decided first what the objection is about: in the re-check about the entry, else whoever had the notice
    posted (of two people the one who asked; the other looked at it as an objection is looked at)."""
    decided = db.session.scalars(
        select(StageDecision.by_account_id)
        .join(StageNotice, StageNotice.list_id == StageDecision.list_id)
        .where(
            StageNotice.id == row.notice_id,
            StageDecision.entry_id == row.entry_id,
            StageDecision.at <= row.received_at,
            StageDecision.by_account_id.is_not(None),
        )
    ).all()
    posted = db.session.scalars(
        select(StageNotice.posted_by_account_id).where(StageNotice.id == row.notice_id)
    )
    return {account_id for account_id in decided or posted if account_id is not None}


def _tell(row: StageObjection, now: datetime) -> None:
    stage = stage_by_id(row.stage_id)
    titles = {"event": event_by_id(stage.event_id, now).title, "stage": stage.title}
    assert row.person_id is not None
    notify(row.person_id, ANSWERED, titles, f"/notices/objections/{row.reference}")


def _entry(stage: StageView, snapshot_id: int, number: str) -> int:
    """Anybody on the frozen board may be meant, listed or not."""
    for row in rows_by_id(snapshot_id):
        if row["number"] == number:
            return int(row["entry_id"])
    raise NumberUnknown
