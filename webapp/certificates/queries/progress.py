"""How far somebody is on the way to the certificates for finishing."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import text

from webapp.certificates.rules import award as rules
from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.contests.rules.schema import Award
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.exam.queries.scores import counting_scores
from webapp.learning.queries.points import NOTHING, balances

_TAKES_PART = text(
    """
    SELECT p.id AS participation_id, st.id AS stage_id
    FROM participations p
    JOIN events e ON e.id = p.event_id AND NOT e.is_withdrawn
    JOIN stages st ON st.event_id = e.id AND st.kind = 'online'
    WHERE p.person_id = :person_id AND p.state = 'active' AND NOT EXISTS (
        SELECT FROM certificates c WHERE c.participation_id = p.id AND c.stage_id = st.id AND c.snapshot_id IS NULL)
    ORDER BY p.id DESC, st.position
    """
)


@dataclass(frozen=True)
class Way:
    """One certificate that is not earned yet. needed: learning points; None: learning does not matter."""

    title: dict[str, str]
    contest_code: str
    event_code: str
    event_title: dict[str, str]
    points: Decimal
    needed: int | None
    needs_exam: bool
    has_sat: bool

    @property
    def has_learned(self) -> bool:
        return self.needed is None or self.points >= self.needed

    @property
    def is_complete(self) -> bool:
        """Everything is done: the certificate is being made."""
        return self.has_learned and (self.has_sat or not self.needs_exam)


def ways(person_id: int, now: datetime) -> list[Way]:
    """The certificates for finishing that this person may still earn, newest participation first."""
    found: list[Way] = []
    for row in db.session.execute(_TAKES_PART, {"person_id": person_id}).all():
        stage = contests.stage_by_id(row.stage_id)
        wanted = [
            award
            for award in rules.certificates(stage.profile, stage.code)
            if not rules.needs_list(award)
            and not rules.unknown(award)
            and rules.applies_to(award, stage.event_rules.event_class)
        ]
        found += [_way(stage, award, row.participation_id, now) for award in wanted]
    return found


def _way(stage: StageView, award: Award, participation_id: int, now: datetime) -> Way:
    learning = stage.profile.learning if "learning" in award.conditions else None
    ledger = balances(stage.contest_id, [participation_id]) if learning else {}
    return Way(
        title={"zh": award.title.zh, "en": award.title.en},
        contest_code=stage.contest_code,
        event_code=stage.event_code,
        event_title=contests.event_by_id(stage.event_id, now).title,
        points=ledger.get(participation_id, NOTHING).points,
        needed=learning.finished_points if learning else None,
        needs_exam="exam" in award.conditions,
        has_sat=bool(counting_scores(stage.stage_id, [participation_id])),
    )
