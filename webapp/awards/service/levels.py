"""The skill levels that finalists hold already: staff see the certificate and note it."""

from dataclasses import dataclass

from sqlalchemy import select

from webapp.audit.service import record
from webapp.awards.errors import NotInTheStage, OwnAward
from webapp.awards.models import SkillLevelRecord
from webapp.awards.service.deciding import Decider
from webapp.awards.service.deriving import derive_again, entry_of, source_of
from webapp.core.db import db
from webapp.registration.models import Entry, Participation

NONE = "none"


@dataclass(frozen=True)
class HeldLevel:
    """What the certificate of a contestant says. level: a SkillLevel, or NONE to put a mistake right."""

    number: str
    level: str
    certificate_number: str = ""


def note_level(stage_id: int, held: HeldLevel, by: Decider) -> None:
    """Note the level that somebody of the final list holds in the trade of the event, and derive the awards anew.

    The newest note counts. raise (NotInTheStage): no such number; (OwnAward): about oneself; (AwardsClosed)."""
    source = source_of(stage_id)
    entry_id = entry_of(source.snapshot_id, held.number)
    person_id = db.session.scalar(
        select(Participation.person_id)
        .join(Entry, Entry.participation_id == Participation.id)
        .where(Entry.id == entry_id)
    )
    if person_id is None:
        raise NotInTheStage(number=held.number)
    if person_id == by.person_id:
        raise OwnAward
    row = SkillLevelRecord(
        person_id=person_id,
        trade=source.trade,
        level=held.level,
        certificate_number=held.certificate_number.strip(),
        source="checked",
        recorded_by_account_id=by.account_id,
        recorded_at=by.at,
    )
    db.session.add(row)
    db.session.flush()
    record("awards.level", "person", person_id, level=held.level, trade=source.trade, level_id=row.id)
    derive_again(stage_id, by.account_id, by.at)
