"""The awards of a stage as they were derived and decided, and the certificates issued in it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, text

from webapp.awards.models import AwardLine, AwardList
from webapp.awards.queries.finalists import finalists, named
from webapp.awards.queries.lists import awards_named
from webapp.awards.service.deriving import Source
from webapp.certificates.service.issuing import awards_of
from webapp.contests.queries import StageView, rules_of_version
from webapp.core.clock import SHANGHAI
from webapp.core.db import db
from webapp.leaderboard.queries.finals import taken_at
from webapp.leaderboard.queries.kept import digest_of
from webapp.results.formats.document import BATCH, Rows
from webapp.results.queries.entrants import Entrants
from webapp.results.rules.reasons import codes
from webapp.results.rules.shapes import asked_facts, award_rules, instant, prize_limit

_CERTIFICATES = text(
    """
    SELECT c.entry_id, c.award_code, c.issue_number, c.facts ->> 'rank' AS rank,
           c.facts -> 'goes_on' = 'true' AS goes_on, r.id IS NOT NULL AS is_revoked,
           c.snapshot_id IS NOT NULL AS is_by_list
    FROM certificates c LEFT JOIN certificate_revocations r ON r.certificate_id = c.id
    WHERE c.stage_id = :stage_id ORDER BY c.award_code, c.id
    """
)
_ANY_CERTIFICATE = text("SELECT EXISTS (SELECT FROM certificates WHERE stage_id = :stage_id)")


def awards(stage: StageView, who: Entrants) -> dict[str, Any] | None:
    """The award list that counts; None before the first."""
    one = db.session.scalars(
        select(AwardList).where(AwardList.stage_id == stage.stage_id, AwardList.state != "superseded")
    ).one_or_none()
    if one is None:
        return None
    contest = rules_of_version(one.contest_version_id)
    source = Source(
        stage, one.snapshot_id, one.contest_version_id, contest,
        awards_named(contest, stage.event_code, stage.code),
        taken_at(one.snapshot_id).astimezone(SHANGHAI).date(),
    )  # fmt: skip
    event = source.event_facts
    return {
        "number": one.number,
        "state": one.state,
        "derived_at": instant(one.derived_at),
        "closed_at": instant(one.closed_at),
        "final_digest": digest_of(one.snapshot_id),
        "local_only": one.local_organisation_id is not None,
        "event": {
            "class": event.event_class,
            "has_national_standard": event.has_national_standard,
            "undecided": sorted(event.undecided),
            "on": event.on.isoformat() if event.on else None,
        },
        "rules": [award_rules(award) for award in source.awards],
        "prize_limit": prize_limit(contest.limits),
        "named": {
            code: sorted(who[entry].number for entry in entries)
            for code, entries in sorted(named(stage.stage_id).items())
        },
        "finalists": _finalists(source, one, who),
        "lines": _lines(one, who),
    }


def _finalists(source: Source, one: AwardList, who: Entrants) -> list[dict[str, Any]]:
    rows = finalists(
        source.stage, one.snapshot_id, source.trade, source.awards, one.local_organisation_id, one.derived_at
    )
    return [
        {
            "number": who[row.entry_id].number,
            "person": who[row.entry_id].person,
            "rank": row.rank,
            "promoted": row.goes_on,
            "is_local": row.is_local,
            "is_team": row.is_team,
            "facts": asked_facts(source.awards, row, source.on),
        }
        for row in rows
    ]


def _lines(one: AwardList, who: Entrants) -> list[dict[str, Any]]:
    return [
        {
            "award": row.award_code,
            "number": who[row.entry_id].number,
            "rank": row.rank,
            "state": row.state,
            "amount": int(row.amount) if row.amount is not None else None,
            "level": row.level or None,
            "reasons": codes(row.why),
            "decision": row.decision or None,
            "granted_amount": int(row.granted_amount) if row.granted_amount is not None else None,
            "has_decision_reason": bool(row.decision_reason),
        }
        for row in db.session.scalars(
            select(AwardLine).where(AwardLine.list_id == one.id).order_by(AwardLine.position)
        )
    ]


def certificates(stage: StageView, who: Entrants) -> dict[str, Any] | None:
    """What was certified in a stage, revoked or not; None where nothing was."""
    if not db.session.scalar(_ANY_CERTIFICATE, {"stage_id": stage.stage_id}):
        return None
    return {
        "rules": [award_rules(award) for award in awards_of(stage)],
        "quota": stage.rules.quota,
        "rows": Rows(lambda: _certificates(stage, who)),
    }


def _certificates(stage: StageView, who: Entrants) -> Iterator[dict[str, Any]]:
    found = db.session.execute(
        _CERTIFICATES, {"stage_id": stage.stage_id}, execution_options={"yield_per": BATCH}
    )
    for row in found:
        yield {
            "award": row.award_code,
            "number": who[row.entry_id].number,
            "issue": row.issue_number,
            "rank": int(row.rank) if row.rank is not None else None,
            "goes_on": row.goes_on,
            "is_revoked": row.is_revoked,
            "is_by_list": row.is_by_list,
        }
