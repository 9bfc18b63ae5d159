"""The lists of a stage: frozen, decided about, posted, final; and the places in it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot
from webapp.leaderboard.queries.kept import digest_of, rows_by_id
from webapp.results.queries import boards
from webapp.results.queries.entrants import Entrants
from webapp.results.rules.shapes import instant, stage_rules
from webapp.stages.models import StageAdmission, StageDecision, StageList, StageNotice
from webapp.stages.queries.admissions import stage_before
from webapp.stages.queries.lists import pinned_rules
from webapp.stages.rules.states import ListState


def lists(stage: StageView, who: Entrants) -> list[dict[str, Any]]:
    """Every list of a stage's board that was not given up, the oldest first."""
    return [_list(stage, one, who) for one in _kept(stage, "board")]


def nominations(stage: StageView, who: Entrants) -> list[dict[str, Any]]:
    """Every list of people whom units named outside, the oldest first. names: in the order in which they were brought in."""
    return [
        {
            "number": one.number,
            "state": one.state,
            "quota": pinned_rules(one, stage)[1].quota,
            "digest": digest_of(one.snapshot_id),
            "names": [_named(row, who) for row in rows_by_id(one.snapshot_id)],
            "decisions": _decisions(one, who),
            "versions": [
                {**version, "rows": [row["number"] for row in version["rows"]]}
                for version in _versions(one, who)
            ],
            "final": [who[row["entry_id"]].number for row in rows_by_id(one.final_snapshot_id)]
            if one.final_snapshot_id
            else None,
        }
        for one in _kept(stage, "nominations")
    ]


def _named(row: Mapping[str, Any], who: Entrants) -> dict[str, Any]:
    return who[row["entry_id"]].told() | {"nominated_by": row["nominated_by"]}


def _kept(stage: StageView, source: str) -> Sequence[StageList]:
    query = select(StageList).where(
        StageList.stage_id == stage.stage_id,
        StageList.state != ListState.DROPPED,
        StageList.source == source,
    )
    return db.session.scalars(query.order_by(StageList.number)).all()


def _list(stage: StageView, one: StageList, who: Entrants) -> dict[str, Any]:
    _contest, rules = pinned_rules(one, stage)
    final = db.session.get(BoardSnapshot, one.final_snapshot_id) if one.final_snapshot_id else None
    return {
        "number": one.number,
        "state": one.state,
        "substitutes_until": instant(one.substitutes_until),
        "board": boards.kept(
            db.session.get_one(BoardSnapshot, one.snapshot_id), stage_rules(rules), who, "frozen"
        ),
        "decisions": _decisions(one, who),
        "versions": _versions(one, who),
        "final": boards.final(final, who) | {"at": instant(one.final_at)} if final else None,
    }


def _decisions(one: StageList, who: Entrants) -> list[dict[str, Any]]:
    query = select(StageDecision).where(StageDecision.list_id == one.id).order_by(StageDecision.id)
    return [
        {"number": who[row.entry_id].number, "decision": row.decision, "at": instant(row.at)}
        for row in db.session.scalars(query)
    ]


def _versions(one: StageList, who: Entrants) -> list[dict[str, Any]]:
    notices = db.session.scalars(
        select(StageNotice).where(StageNotice.list_id == one.id).order_by(StageNotice.version)
    ).all()
    return [
        {
            "version": notice.version,
            "posted_at": instant(notice.posted_at),
            "ends_at": instant(notice.ends_at),
            "digest": notice.digest,
            "is_supplement": one.final_at is not None and notice.posted_at > one.final_at,
            "rows": boards.listed(
                db.session.get_one(BoardSnapshot, notice.snapshot_id).rows, who, "is_substitute"
            ),
        }
        for notice in notices
    ]


def places(stage: StageView, who: Entrants) -> dict[str, Any] | None:
    """The places that were given in a stage, in their order; None where none were.

    from_stage, from_list: the final list they come from; last_hour: from then on nobody moves up."""
    rows = db.session.scalars(
        select(StageAdmission).where(StageAdmission.stage_id == stage.stage_id)
        .order_by(StageAdmission.position, StageAdmission.id)
    ).all()  # fmt: skip
    if not rows:
        return None
    before = stage_before(stage)
    sources = {row.list_id for row in rows if row.list_id is not None}
    # Units that select outside may name more people later: those have their places from a further list.
    number = (
        db.session.scalar(select(StageList.number).where(StageList.id == max(sources))) if sources else None
    )
    rule, opens_at = stage.rules.attendance, stage.opens_at
    return {
        "from_stage": before.code if before and sources else None,
        "from_list": number,
        "last_hour": instant(rule.last_hour(opens_at) if rule and opens_at else opens_at),
        "rows": [
            {
                "number": who[row.entry_id].number,
                "origin": row.origin,
                "state": row.state,
                "rank": row.rank,
                "replaces": who[row.replaces_entry_id].number if row.replaces_entry_id else None,
                "given_at": instant(row.created_at),
                "answer_by": instant(row.answer_by),
                "answered_at": instant(row.answered_at),
            }
            for row in rows
        ],
    }
