"""Posting the list of delegations, and taking it away."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from webapp.audit.service import record
from webapp.config import ROOT
from webapp.contests.queries import rules_of
from webapp.contingents.errors import NotConfirmedYet
from webapp.contingents.models import ContingentPosting
from webapp.contingents.queries import contingents as queries
from webapp.contingents.queries.contingents import ContingentView
from webapp.contingents.queries.postings import PostingView
from webapp.core.db import db
from webapp.core.typesetting import pdf
from webapp.leaderboard.formats.workbook import Cell, workbook
from webapp.stages.rules.digest import canonical, digest

TEMPLATE = ROOT / "webapp" / "contingents" / "typst" / "list.typ"


def post(contest_id: int, account_id: int | None, now: datetime) -> ContingentPosting:
    """Post the confirmed delegations with shortened names; a later posting takes the place of this one.

    raise (NoDelegations); (NotConfirmedYet)."""
    rule = queries.rule_of(contest_id)
    rows = [one for one in queries.of_contest(contest_id, rule.stage) if one.state == "confirmed"]
    if not rows:
        raise NotConfirmedYet
    file = rules_of(contest_id)
    last = (
        db.session.scalar(
            select(func.max(ContingentPosting.number)).where(
                ContingentPosting.contest_id == contest_id, ContingentPosting.stage_code == rule.stage
            )
        )
        or 0
    )
    told = canonical(
        {
            "title": {"zh": file.title.zh, "en": file.title.en},
            "host": {"zh": file.host.zh, "en": file.host.en},
            "number": last + 1,
            "posted_at": now.isoformat(),
            "delegations": [_told(one) for one in queries.views(rows, whole_names=False)],
        }
    )
    made = ContingentPosting(
        contest_id=contest_id, stage_code=rule.stage, number=last + 1, body=told, digest=digest(told),
        posted_by_account_id=account_id, posted_at=now,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    record("delegation.post", "contest", contest_id, number=made.number, digest=made.digest, rows=len(rows))
    return made


def table(
    contest_id: int, rows: Sequence[ContingentView], words: dict[str, Any], reason: str, *, whole_names: bool
) -> bytes:
    """The delegations as .xlsx, cells neutralised; noted with reason, size and digest. words: title, notes, head,
    contestant, judge, event (a function of a member), state (a function of a delegation)."""
    cells: list[list[Cell]] = [
        [
            one.name, one.leader, words["state"](one), words["judge"] if member.is_judge else words["contestant"],
            member.number, member.name, member.unit, words["event"](member),
        ]
        for one in rows
        for member in one.members
    ]  # fmt: skip
    made = workbook(words["title"], words["notes"], words["head"], cells)
    record(
        "delegation.export", "contest", contest_id, why=reason, rows=len(cells), whole_names=whole_names,
        digest=hashlib.sha256(made).hexdigest(),
    )  # fmt: skip
    return made


def document(posting: PostingView, words: dict[str, Any]) -> bytes:
    """A posted list as a document: equal lists give equal bytes."""
    return pdf(TEMPLATE, {**words, "digest": posting.digest}, at=posting.posted_at.replace(microsecond=0))


def _told(one: ContingentView) -> dict[str, Any]:
    return {
        "name": one.name,
        "leader": one.leader,
        "contestants": [
            {"number": each.number, "name": each.name, "unit": each.unit, "event": each.event_title}
            for each in one.contestants
            if each.has_place
        ],
        "judges": [{"name": each.name, "unit": each.unit} for each in one.judges],
    }
