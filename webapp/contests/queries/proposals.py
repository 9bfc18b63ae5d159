"""Changes of definitions that wait for a second person, or did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, Select, select

from webapp.contests.models import Contest as ContestRow
from webapp.contests.models import ContestProposal
from webapp.contests.queries.deciders import Named, named_accounts
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.errors import NotFound


@dataclass(frozen=True)
class ProposalView:
    """A change that waits for a second person, or did. asked_by, decided_by: names, '' for nobody."""

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
    asked_by: str
    asked_at: datetime
    decided_by_account_id: int | None
    decided_by: str
    decided_at: datetime | None

    @property
    def shown_state(self) -> str:
        """The state as people read it: what waits on a version that is not in force any more is out of date."""
        return "stale" if self.state == "waiting" and not self.is_current else self.state


def proposal_path(proposal_id: int) -> str:
    """Where a proposal is confirmed, as a path of this site."""
    return f"/staff/contests/proposals/{proposal_id}"


def proposal_by_id(proposal_id: int) -> ProposalView:
    """One proposal. Raise NotFound."""
    found = _views(db.session.execute(_proposals().where(ContestProposal.id == proposal_id)).all())
    if not found:
        raise NotFound
    return found[0]


def proposals(code: str) -> list[ProposalView]:
    """The proposals of a contest, the newest first."""
    return _views(
        db.session.execute(
            _proposals().where(ContestRow.code == code).order_by(ContestProposal.id.desc()).limit(50)
        ).all()
    )


def waiting_proposals() -> list[ProposalView]:
    """Every proposal that waits, the oldest first."""
    return _views(
        db.session.execute(
            _proposals().where(ContestProposal.state == "waiting").order_by(ContestProposal.id)
        ).all()
    )


def waiting_proposal(contest_id: int) -> ProposalView | None:
    """The proposal of a contest that waits and is not out of date."""
    found = _views(
        db.session.execute(
            _proposals().where(ContestProposal.state == "waiting", ContestProposal.contest_id == contest_id)
        ).all()
    )
    return next((one for one in found if one.is_current), None)


def _views(rows: Sequence[Row[ContestProposal, ContestRow]]) -> list[ProposalView]:
    accounts = {
        one
        for row in rows
        for one in (row.ContestProposal.asked_by_account_id, row.ContestProposal.decided_by_account_id)
    }
    names = named_accounts(accounts)
    return [_proposal_view(row.ContestProposal, row.Contest, names) for row in rows]


def _proposals() -> Select[ContestProposal, ContestRow]:
    return select(ContestProposal, ContestRow).join(ContestRow, ContestRow.id == ContestProposal.contest_id)


def _proposal_view(row: ContestProposal, contest: ContestRow, names: Mapping[int, Named]) -> ProposalView:
    asker, decider = names.get(row.asked_by_account_id), names.get(row.decided_by_account_id or 0)
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
        asked_by=asker.name if asker else "",
        asked_at=row.asked_at,
        decided_by_account_id=row.decided_by_account_id,
        decided_by=decider.name if decider else "",
        decided_at=row.decided_at,
    )
