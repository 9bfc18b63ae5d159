"""A reopened list is decided: it takes the place of the one that held until then, and only what differs is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text

from webapp.audit.service import record
from webapp.awards.models import AwardLine, AwardList, AwardReopening, SkillLevelEnd
from webapp.contests.queries import rules_of_version, stage_by_id
from webapp.contests.rules.blueprint import Text
from webapp.core.db import db
from webapp.core.words import N_
from webapp.notifications.service import notify_many

GRANTED = "granted"
_TOLD_GONE = N_("%(event)s: “%(award)s” is no longer given to you. Reason: %(reason)s")
_LEVELS = text(
    """
    SELECT s.id, a.award_code, a.entry_id, s.level FROM skill_levels s
    JOIN award_lines a ON a.id = s.award_line_id JOIN award_lists l ON l.id = a.list_id
    WHERE l.stage_id = :stage_id AND NOT EXISTS (SELECT FROM skill_level_ends x WHERE x.level_id = s.id)
    """
)
Key = tuple[str, int]


def take_place(
    one: AwardList, before_id: int, lines: Sequence[AwardLine], event: Text, now: datetime
) -> list[AwardLine]:
    """End what held before: the list, levels that are not given any more, and tell whoever loses an award. Return
    the lines of `lines` that say something new."""
    before = db.session.get_one(AwardList, before_id)
    held = {
        _key(line): line
        for line in db.session.scalars(
            select(AwardLine).where(AwardLine.list_id == before_id, AwardLine.decision != "")
        )
    }
    before.state = "superseded"
    now_said = {_key(line): line for line in lines}
    lost = [line for key, line in held.items() if line.decision == GRANTED and key not in now_said]
    _tell_lost(before, lost, event)
    ended = _end_levels(one, {key: line for key, line in now_said.items() if line.decision == GRANTED}, now)
    news = [line for key, line in now_said.items() if key not in held or _said(held[key]) != _said(line)]
    record(
        "awards.replace", "stage", one.stage_id, list_id=one.id, replaces=before_id, new=len(news),
        gone=len(lost), levels_ended=ended,
    )  # fmt: skip
    return news


def _key(line: AwardLine) -> Key:
    return line.award_code, line.entry_id


def _said(line: AwardLine) -> tuple[object, ...]:
    """What a person was told of a line."""
    return line.decision, line.rank, line.granted_amount, line.level, line.decision_reason


def _tell_lost(before: AwardList, lost: Sequence[AwardLine], event: Text) -> None:
    reason = db.session.scalar(
        select(AwardReopening.reason).where(
            AwardReopening.list_id == before.id, AwardReopening.state == "done"
        )
    )
    contest = rules_of_version(before.contest_version_id)
    awards = contest.profile_of(contest.event(stage_by_id(before.stage_id).event_code)).awards
    titles = {award.code: {"zh": award.title.zh, "en": award.title.en} for award in awards}
    told: list[tuple[int, dict[str, Any]]] = [
        (
            line.person_id,
            {
                "event": {"zh": event.zh, "en": event.en},
                "award": titles[line.award_code],
                "reason": reason or "",
            },
        )
        for line in lost
    ]
    notify_many(told, _TOLD_GONE, link="/my/awards")


def _end_levels(one: AwardList, given: dict[Key, AwardLine], now: datetime) -> int:
    """Levels of the stage that the new list does not give in the same way count no more."""
    rows = []
    for row in db.session.execute(_LEVELS, {"stage_id": one.stage_id}):
        line = given.get((row.award_code, row.entry_id))
        if line is None or line.level != row.level:
            rows.append({"level_id": row.id, "list_id": one.id, "ended_at": now})
    if rows:
        db.session.execute(insert(SkillLevelEnd), rows)
    return len(rows)
