"""Telling a list to its people takes the same number of statements for one person and for many."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.integration.stages.stand import Graded, make_graded
from webapp.contests.queries import stage_by_id
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.leaderboard.models import BoardSnapshot
from webapp.notifications.models import Notice
from webapp.stages.queries.notices import NoticeView
from webapp.stages.service import telling


def posted(graded: Graded, people: int) -> NoticeView:
    """A posted version that names the first so many."""
    rows = [{"entry_id": entry, "rank": rank} for rank, entry in enumerate(graded.entries[:people], 1)]
    kept = BoardSnapshot(stage_id=graded.stage_id, number=people, kind="published", rows=rows, digest="test")
    db.session.add(kept)
    db.session.commit()
    now = clock.now()
    return NoticeView(
        0, graded.stage_id, 0, people, "", {}, (), kept.id, 0, (), (), False, "", now, now + timedelta(days=1)
    )


def test_the_end_of_a_list_is_told_in_the_same_statements_to_few_and_many(
    session: Session, count_queries: list[str]
) -> None:
    graded = make_graded()
    counts = []
    for people in (1, 6):
        notice = posted(graded, people)
        with transaction():
            stage = stage_by_id(graded.stage_id)
            count_queries.clear()
            telling.final(stage, notice)
            counts.append(len(count_queries))
    assert counts[0] == counts[1]
    assert (
        session.scalar(select(func.count()).select_from(Notice).where(Notice.text == telling.NOW_FINAL)) == 7
    )
