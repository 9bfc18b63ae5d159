"""What certificates are told of awards: who was given which, and what is not decided yet."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from webapp.awards.models import AwardLine, AwardList
from webapp.awards.queries.given import given_lists
from webapp.certificates.rules.award import may_have_certificates
from webapp.certificates.service.grounds import GivenGround, GivenList
from webapp.contests.queries import StageView, rules_of_version, stage_by_id
from webapp.contests.rules.schema import Award
from webapp.core.db import db


class DecidedAwards:
    """The answers of this package to certificates' `Grounds`."""

    def ground(self, stage_id: int, award_code: str, entry_ids: Collection[int]) -> GivenGround | None:
        """What gives an award of a stage to these entries now: the list that holds; None: nothing does."""
        one = db.session.scalars(
            select(AwardList).where(
                AwardList.stage_id == stage_id, AwardList.state.in_(("decided", "reopened"))
            )
        ).one_or_none()
        award = next((award for award in _awards(one) if award.code == award_code), None) if one else None
        if one is None or award is None:
            return None
        given = select(AwardLine.entry_id).where(
            AwardLine.list_id == one.id,
            AwardLine.award_code == award_code,
            AwardLine.entry_id.in_(list(entry_ids)),
            AwardLine.decision == "granted",
        )
        found = frozenset(db.session.scalars(given))
        return GivenGround(award, one.snapshot_id, one.contest_version_id, found)

    def lists(self, stages: Sequence[StageView]) -> Mapping[int, GivenList]:
        """What is decided about each stage's awards that have certificates, and what waits."""
        return given_lists(stages)

    def given_after(self, list_id: int, award_code: str, after: int, most: int) -> list[tuple[int, int]]:
        """The next (line, entry) of a list to whom an award is given; none when the list is not the decided one."""
        found = db.session.execute(
            select(AwardLine.id, AwardLine.entry_id)
            .join(AwardList, AwardList.id == AwardLine.list_id)
            .where(
                AwardList.id == list_id,
                AwardList.state == "decided",
                AwardLine.award_code == award_code,
                AwardLine.decision == "granted",
                AwardLine.id > after,
            )
            .order_by(AwardLine.id)
            .limit(most)
        )
        return [(row.id, row.entry_id) for row in found]


def _awards(one: AwardList) -> list[Award]:
    contest = rules_of_version(one.contest_version_id)
    event = contest.event(stage_by_id(one.stage_id).event_code)
    return [award for award in contest.profile_of(event).awards if may_have_certificates(award)]
