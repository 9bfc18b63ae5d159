"""Changes of definitions that wait for a second person, or did."""

from dataclasses import dataclass

from sqlalchemy import Select, select

from webapp.contests.models import Contest as ContestRow
from webapp.contests.models import ContestProposal
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound


@dataclass(frozen=True)
class ProposalView:
    """A change that waits for a second person, or did."""

    proposal_id: int
    contest_id: int
    contest_code: str
    contest_title: dict[str, str]
    base_version_id: int
    is_current: bool
    text: str
    digest: str
    reason: str
    state: str
    asked_by_account_id: int
    asked_at: datetime
    decided_by_account_id: int | None
    decided_at: datetime | None


def proposal_by_id(proposal_id: int) -> ProposalView:
    """One proposal. Raise NotFound."""
    row = db.session.execute(_proposals().where(ContestProposal.id == proposal_id)).one_or_none()
    if row is None:
        raise NotFound
    return _proposal_view(row.ContestProposal, row.Contest)


def proposals(code: str) -> list[ProposalView]:
    """The proposals of a contest, the newest first."""
    rows = db.session.execute(
        _proposals().where(ContestRow.code == code).order_by(ContestProposal.id.desc()).limit(50)
    )
    return [_proposal_view(row.ContestProposal, row.Contest) for row in rows]


def waiting_proposals() -> list[ProposalView]:
    """Every proposal that waits, the oldest first."""
    rows = db.session.execute(
        _proposals().where(ContestProposal.state == "waiting").order_by(ContestProposal.id)
    )
    return [_proposal_view(row.ContestProposal, row.Contest) for row in rows]


def _proposals() -> Select[ContestProposal, ContestRow]:
    return select(ContestProposal, ContestRow).join(ContestRow, ContestRow.id == ContestProposal.contest_id)


def _proposal_view(row: ContestProposal, contest: ContestRow) -> ProposalView:
    return ProposalView(
        proposal_id=row.id,
        contest_id=row.contest_id,
        contest_code=contest.code,
        contest_title=contest.title,
        base_version_id=row.base_version_id,
        is_current=contest.current_version_id == row.base_version_id,
        text=row.text,
        digest=row.digest,
        reason=row.reason,
        state=row.state,
        asked_by_account_id=row.asked_by_account_id,
        asked_at=row.asked_at,
        decided_by_account_id=row.decided_by_account_id,
        decided_at=row.decided_at,
    )
