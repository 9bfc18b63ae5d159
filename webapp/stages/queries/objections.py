"""Objections for the host's inbox, for whoever sent one, and the published answers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, text

from webapp.accounts import queries as people
from webapp.core.crypto import keyring
from webapp.core.db import db
from webapp.stages.models import StageNotice, StageObjection

_NUMBERS = text(
    """
    SELECT e.id AS entry_id, p.number FROM entries e JOIN participations p ON p.id = e.participation_id
    WHERE e.id = ANY(:ids)
    """
)
_EFFECTS = text(
    """
    SELECT o.id, min(n.version) AS version
    FROM stage_objections o
    LEFT JOIN stage_notices n ON n.stage_id = o.stage_id AND n.posted_at > o.answered_at
    WHERE o.id = ANY(:ids) AND o.changes_list GROUP BY o.id
    """
)
_EXAM = text("SELECT max(id) FROM exams WHERE stage_id = :stage_id AND kind = 'formal'")
_PLACE = text(
    """
    SELECT c.code AS contest, e.code AS event, st.code AS stage, e.title AS event_title,
           st.title AS stage_title
    FROM stages st JOIN events e ON e.id = st.event_id JOIN contests c ON c.id = e.contest_id
    WHERE st.id = :stage_id
    """
)


@dataclass(frozen=True)
class ObjectionView:
    """One objection. sender and phone are filled for those who answer only; number: of the entry it is about.

    effect_version: the notice's version that was posted after an answer that changes the list; None: none yet."""

    objection_id: int
    reference: str
    stage_id: int
    version: int
    number: str
    words: str
    sender: str
    phone: str
    is_contestant: bool
    state: str
    answer: str
    published_answer: str
    changes_list: bool
    received_at: datetime
    answered_at: datetime | None
    channel: str
    effect_version: int | None


@dataclass(frozen=True)
class Place:
    """Where an objection belongs: codes and titles."""

    contest: str
    event: str
    stage: str
    event_title: dict[str, str]
    stage_title: dict[str, str]


def inbox(stage_id: int, *, with_senders: bool) -> list[ObjectionView]:
    """All objections of a stage, unanswered ones first."""
    query = (
        select(StageObjection, StageNotice.version)
        .join(StageNotice, StageNotice.id == StageObjection.notice_id)
        .where(StageObjection.stage_id == stage_id)
        .order_by(StageObjection.state.desc(), StageObjection.id)
    )
    return _views(query, with_senders=with_senders)


def own(person_id: int) -> list[ObjectionView]:
    """What a person sent, the newest first."""
    query = (
        select(StageObjection, StageNotice.version)
        .join(StageNotice, StageNotice.id == StageObjection.notice_id)
        .where(StageObjection.person_id == person_id)
        .order_by(StageObjection.id.desc())
    )
    return _views(query, with_senders=False)


def by_reference(reference: str) -> ObjectionView | None:
    """The objection of a random reference, without who sent it."""
    query = (
        select(StageObjection, StageNotice.version)
        .join(StageNotice, StageNotice.id == StageObjection.notice_id)
        .where(StageObjection.reference == reference)
    )
    found = _views(query, with_senders=False)
    return found[0] if found else None


def published(stage_id: int) -> list[ObjectionView]:
    """Answers that stand on the notice page, in the order of answering."""
    query = (
        select(StageObjection, StageNotice.version)
        .join(StageNotice, StageNotice.id == StageObjection.notice_id)
        .where(StageObjection.stage_id == stage_id, StageObjection.published_answer != "")
        .order_by(StageObjection.answered_at, StageObjection.id)
    )
    return _views(query, with_senders=False)


def exam_of(stage_id: int) -> int | None:
    """The exam that counts in a stage, for an objection to a question; None: there is none here."""
    found: int | None = db.session.scalar(_EXAM, {"stage_id": stage_id})
    return found


def stage_of(objection_id: int) -> int | None:
    """The stage an objection belongs to."""
    return db.session.scalar(select(StageObjection.stage_id).where(StageObjection.id == objection_id))


def place(stage_id: int) -> Place:
    """The codes and titles of a stage."""
    return Place(**db.session.execute(_PLACE, {"stage_id": stage_id}).mappings().one())


def _views(query: Select[StageObjection, int], *, with_senders: bool) -> list[ObjectionView]:
    rows = db.session.execute(query).all()
    entries = [row.StageObjection.entry_id for row in rows if row.StageObjection.entry_id]
    numbers = {row.entry_id: row.number for row in db.session.execute(_NUMBERS, {"ids": entries})}
    cards = people.cards(row.StageObjection.person_id for row in rows if row.StageObjection.person_id)
    effects = _effects([row.StageObjection.id for row in rows])
    shown = cards if with_senders else None
    return [
        _view(row.StageObjection, row.version, numbers, shown, effects.get(row.StageObjection.id))
        for row in rows
    ]


def _effects(objection_ids: list[int]) -> dict[int, int]:
    """objection -> the first version posted after its answer, for those that change the list."""
    rows = db.session.execute(_EFFECTS, {"ids": objection_ids})
    return {row.id: row.version for row in rows if row.version is not None}


def _view(
    row: StageObjection,
    version: int,
    numbers: dict[int, str],
    cards: dict[int, people.PersonCard] | None,
    effect: int | None,
) -> ObjectionView:
    sender, phone = "", ""
    if cards is not None:
        owner = f"objection:{row.reference}"
        sender = (
            cards[row.person_id].name if row.person_id else keyring().decrypt(row.name_cipher or b"", owner)
        )
        phone = cards[row.person_id].phone_mask if row.person_id else _phone(row, owner)
    return ObjectionView(
        row.id,
        row.reference,
        row.stage_id,
        version,
        numbers.get(row.entry_id or 0, ""),
        row.words,
        sender,
        phone,
        row.person_id is not None,
        row.state,
        row.answer,
        row.published_answer,
        row.changes_list,
        row.received_at,
        row.answered_at,
        row.channel,
        effect,
    )


def _phone(row: StageObjection, owner: str) -> str:
    """The host has to be able to call: whole for whoever answers."""
    return keyring().decrypt(row.phone_cipher, owner) if row.phone_cipher else ""
