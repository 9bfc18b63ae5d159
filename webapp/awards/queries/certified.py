"""Which awards of a list have certificates, and how far their making is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from webapp.awards.models import AwardList
from webapp.certificates.queries.runs import RunView
from webapp.certificates.rules.award import may_have_certificates
from webapp.contests.rules.schema import Award
from webapp.core.db import db

_NUMBERS = text(
    """
    SELECT n.award_code, count(*) AS given, count(c.id) AS issued
    FROM award_lines n
    LEFT JOIN LATERAL (
        SELECT x.id FROM certificates x
        WHERE x.stage_id = :stage_id AND x.entry_id = n.entry_id AND x.award_code = n.award_code
        ORDER BY x.issue_number DESC LIMIT 1) c ON true
    WHERE n.list_id = :list_id AND n.decision = 'granted'
    GROUP BY n.award_code
    """
)


@dataclass(frozen=True)
class CertifiedAward:
    """One award with how many are given and how many of them have a certificate."""

    award: Award
    given: int
    issued: int
    is_chosen: bool


@dataclass(frozen=True)
class Certified:
    """The certificates of a decided list. run: the last issuing of this list, None: nobody has asked for any."""

    awards: tuple[CertifiedAward, ...]
    run: RunView | None

    @property
    def given(self) -> int:
        return sum(one.given for one in self.awards if one.is_chosen)

    @property
    def issued(self) -> int:
        return sum(one.issued for one in self.awards if one.is_chosen)


def certified(one: AwardList, awards: Sequence[Award], run: RunView | None) -> Certified:
    """How far the certificates of a list are; awards: those of the list; run: the last issuing of the stage's awards."""
    values = {"list_id": one.id, "stage_id": one.stage_id}
    numbers = {row.award_code: row for row in db.session.execute(_NUMBERS, values)}
    mine = run if run is not None and any(part.source_id == one.id for part in run.parts) else None
    chosen = {part.award_code for part in mine.parts} if mine else set()
    return Certified(
        tuple(
            CertifiedAward(award, numbers[award.code].given, numbers[award.code].issued, award.code in chosen)
            for award in awards
            if may_have_certificates(award) and award.code in numbers
        ),
        mine,
    )
