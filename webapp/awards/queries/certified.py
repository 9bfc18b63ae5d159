"""Which awards of a list have certificates, and how far their making is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.awards.models import AwardList
from webapp.contests.rules.schema import Award
from webapp.core.db import db

WITH_CERTIFICATE = ("honour", "cash", "medal")
"""Kinds of awards that a paper or a document goes with. Recuperation is a list for the unions; certificates of
skill levels are made by the authority that the list of promotions goes to."""

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
    """The certificates of a decided list. asked_at None: nobody has asked for any."""

    awards: tuple[CertifiedAward, ...]
    asked_at: datetime | None
    done_at: datetime | None

    @property
    def is_running(self) -> bool:
        return self.asked_at is not None and self.done_at is None

    @property
    def given(self) -> int:
        return sum(one.given for one in self.awards if one.is_chosen)

    @property
    def issued(self) -> int:
        return sum(one.issued for one in self.awards if one.is_chosen)


def may_have_certificates(award: Award) -> bool:
    """Whether certificates of an award can be issued here."""
    return award.kind in WITH_CERTIFICATE


def certified(one: AwardList, awards: Sequence[Award]) -> Certified:
    """How far the certificates of a list are; awards: those of the list."""
    values = {"list_id": one.id, "stage_id": one.stage_id}
    numbers = {row.award_code: row for row in db.session.execute(_NUMBERS, values)}
    return Certified(
        tuple(
            CertifiedAward(
                award,
                numbers[award.code].given,
                numbers[award.code].issued,
                award.code in one.certificate_awards,
            )
            for award in awards
            if may_have_certificates(award) and award.code in numbers
        ),
        one.certificates_asked_at,
        one.certificates_done_at,
    )
