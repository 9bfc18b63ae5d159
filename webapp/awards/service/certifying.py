"""Certificates for awards that have been given: all of a list in one job, with its progress."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select

from webapp.audit.service import record
from webapp.awards.errors import AwardsMissing, CertificatesNotYet, NoCertificatesFor
from webapp.awards.models import AwardLine, AwardList
from webapp.awards.queries.certified import may_have_certificates
from webapp.awards.service.deriving import open_list
from webapp.certificates.service.issuing import By, Place, issue_given
from webapp.certificates.service.renewing import GivenGround
from webapp.contests.queries import rules_of_version, stage_by_id
from webapp.contests.rules.schema import Award
from webapp.core.db import db
from webapp.core.outbox import enqueue
from webapp.core.queue import Job
from webapp.leaderboard.queries.finals import final_list

BATCH = 500


def ask_certificates(stage_id: int, award_codes: Sequence[str], account_id: int, now: datetime) -> None:
    """Have certificates made for these awards of a decided list, in the background. Again is harmless.

    raise (AwardsMissing); (CertificatesNotYet): not decided; (NoCertificatesFor): none of them has certificates."""
    one = open_list(stage_id, lock=True)
    if one is None:
        raise AwardsMissing
    if one.state != "decided":
        raise CertificatesNotYet
    chosen = [award.code for award in _awards(one) if award.code in award_codes]
    if not chosen:
        raise NoCertificatesFor
    one.certificate_awards, one.certificates_asked_at, one.certificates_done_at = chosen, now, None
    enqueue(Job.ISSUE_AWARD_CERTIFICATES, list_id=one.id, account_id=account_id)
    record("awards.certificates", "stage", stage_id, list_id=one.id, awards=chosen)


def batches(list_id: int) -> list[tuple[str, list[int]]]:
    """What a run has to do: (award code, ids of given lines), so many at a time."""
    one = db.session.get_one(AwardList, list_id)
    found = []
    for code in one.certificate_awards:
        ids = list(
            db.session.scalars(
                select(AwardLine.id)
                .where(AwardLine.list_id == list_id, AwardLine.award_code == code)
                .where(AwardLine.decision == "granted")
                .order_by(AwardLine.position)
            )
        )
        found += [(code, ids[start : start + BATCH]) for start in range(0, len(ids), BATCH)]
    return found


def issue_batch(
    list_id: int, award_code: str, line_ids: Sequence[int], account_id: int, now: datetime
) -> int:
    """Issue the certificates of these lines; return how many are new. The rank is that of the final list, also
    where the award counted ranks among some of its people."""
    one = db.session.get_one(AwardList, list_id)
    award = next(award for award in _awards(one) if award.code == award_code)
    entries = set(db.session.scalars(select(AwardLine.entry_id).where(AwardLine.id.in_(list(line_ids)))))
    places = {
        row.entry_id: Place(row.rank) for row in final_list(one.snapshot_id).rows if row.entry_id in entries
    }
    by = By(account_id, one.snapshot_id, contest_version_id=one.contest_version_id)
    return len(issue_given(one.stage_id, award, places, now, by))


def ground(stage_id: int, award_code: str, entry_ids: Collection[int]) -> GivenGround | None:
    """What gives an award of a stage to these entries now: the list that holds; None: nothing does."""
    one = db.session.scalars(
        select(AwardList).where(AwardList.stage_id == stage_id, AwardList.state.in_(("decided", "reopened")))
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
    return GivenGround(award, one.snapshot_id, one.contest_version_id, frozenset(db.session.scalars(given)))


def finish(list_id: int, now: datetime) -> None:
    """Note that a run is through."""
    db.session.get_one(AwardList, list_id).certificates_done_at = now


def _awards(one: AwardList) -> list[Award]:
    contest = rules_of_version(one.contest_version_id)
    event = contest.event(stage_by_id(one.stage_id).event_code)
    return [award for award in contest.profile_of(event).awards if may_have_certificates(award)]
