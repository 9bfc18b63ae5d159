"""One version of a notice: what stands above its rows, and the snapshot that keeps them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from webapp.contests.models import ContestVersion
from webapp.contests.queries import StageView, event_by_id
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot
from webapp.leaderboard.queries.kept import NOMINATED, PUBLISHED, digest_of
from webapp.leaderboard.service.keeping import keep
from webapp.stages.models import StageList
from webapp.stages.queries.candidates import Outcome
from webapp.stages.queries.lists import pinned_rules
from webapp.stages.queries.notices import NoticeView
from webapp.stages.rules.digest import canonical, digest
from webapp.stages.rules.notice import Heading, NoticeRow


def heading_of(stage: StageView, one: StageList, before: NoticeView | None, reason: str) -> Heading:
    """What stands above the rows of the next version. before: the version it supersedes."""
    contest, rules = pinned_rules(one, stage)
    event = event_by_id(stage.event_id, one.frozen_at)
    return Heading(
        contest=stage.contest_code,
        event=stage.event_code,
        stage=stage.code,
        contest_title=event.contest_title,
        event_title=event.title,
        stage_title=stage.title,
        host=asdict(contest.host),
        version=before.version + 1 if before else 1,
        quota=rules.quota,
        cut=rules.rank.cut,
        mask=rules.board.mask,
        frozen_digest=digest_of(one.snapshot_id),
        rules_digest=_rules_digest(one),
        supersedes=before.digest if before else "",
        reason=reason,
        source=one.source,
    )


def _rules_digest(one: StageList) -> str:
    """The digest of the contest file that the list was made by."""
    return db.session.get_one(ContestVersion, one.contest_version_id).digest


def keep_published(
    stage: StageView, one: StageList, made: Outcome, rows: Sequence[NoticeRow], account_id: int | None
) -> BoardSnapshot:
    """The posted rows with their entries: what the public board, and certificates, read. A list of nominated people has
    neither."""
    kept: list[dict[str, Any]] = [
        {
            **{
                key: made.rows[entry][key]
                for key in ("entry_id", "rank", "number", "unit", "scores", "combined", "sort_key")
            },
            **({"nominated_by": row.nominated_by} if one.is_nominated else {}),
            "position": position,
            "name": row.name,
            "is_substitute": row.is_substitute,
        }
        for position, (entry, row) in enumerate(zip(made.promotion.going_on, rows, strict=True), 1)
    ]
    kind = NOMINATED if one.is_nominated else PUBLISHED
    return keep(stage.stage_id, kind, kept, digest(canonical(kept)), account_id)
