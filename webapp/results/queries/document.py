"""The document event by event; live boards and certificates are read while they are written."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot
from webapp.leaderboard.queries.finals import newest_final
from webapp.results.queries import boards, lists, prizes
from webapp.results.queries.entrants import Entrants, entrants
from webapp.results.rules.shapes import instant, stage_rules

_SALT_BYTES = 32


def heading(code: str, now: datetime) -> dict[str, Any]:
    """What stands above the events. raise (NotFound): no such contest."""
    contest = contests.contest_by_code(code, now)
    version = contests.present_version(code)
    return {
        "code": code,
        "title": dict(contest.title),
        "exported_at": instant(now),
        "rules_version": version.number,
        "rules_digest": version.digest,
    }


def events(code: str, only: str = "", salt: bytes = b"") -> Iterator[dict[str, Any]]:
    """The events of a contest that have a board, places or awards, in the order of the file. only: this one.

    salt: behind the codes of people; empty: a new one that is kept nowhere."""
    salt = salt or secrets.token_bytes(_SALT_BYTES)
    known = contests.event_ids(contests.contest_id(code))
    for event_code, event_id in known.items():
        if only and event_code != only:
            continue
        who = entrants(event_id, salt)
        stages = [one for stage in contests.stages_of_event(event_id) if (one := _stage(stage, who))]
        db.session.expire_all()
        if stages:
            yield {"code": event_code, "stages": stages}


def _stage(stage: StageView, who: Entrants) -> dict[str, Any] | None:
    found = {
        "nominations": lists.nominations(stage, who),
        "lists": lists.lists(stage, who),
        "board": None,
        "final": None,
        "places": lists.places(stage, who),
        "awards": prizes.awards(stage, who),
        "certificates": prizes.certificates(stage, who),
    }
    if not found["lists"]:
        found["board"], found["final"] = _without_lists(stage, who)
    if not any(found.values()):
        return None
    return {
        "code": stage.code,
        "kind": stage.rules.kind,
        "opens_at": instant(stage.opens_at),
        "closes_at": instant(stage.closes_at),
        **found,
    }


def _without_lists(stage: StageView, who: Entrants) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """(board, final list) of a stage that has no review: live, or as it was kept at its end."""
    known = newest_final(stage.stage_id)
    if known is None:
        return boards.live(stage, who), None
    snapshot = db.session.scalars(select(BoardSnapshot).where(BoardSnapshot.id == known)).one()
    final = boards.final(snapshot, who)
    if snapshot.rows and "scores" in snapshot.rows[0]:
        return boards.kept(snapshot, stage_rules(stage.rules), who, "final"), final
    return boards.live(stage, who), final
