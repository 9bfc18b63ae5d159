"""The door for scores of people: what it refuses, and that every change is a new version."""

from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_participation
from tests.integration.stages.stand import Graded, make_graded
from webapp.contests import queries as contests
from webapp.core.transaction import transaction
from webapp.leaderboard.errors import ComponentNotFiled, ScoreOutside, ScoresOfOthers
from webapp.leaderboard.models import ComponentScore
from webapp.leaderboard.service.filing import file_scores


@pytest.fixture
def graded(session: Session) -> Graded:
    return make_graded()


def semi_final(graded: Graded) -> int:
    return contests.stages_of_event(graded.event_id)[1].stage_id


@pytest.mark.parametrize("component", ["theory", "learning", "practical", "carried:final"])
def test_what_is_computed_here_or_not_counted_is_not_filed(graded: Graded, component: str) -> None:
    with pytest.raises(ComponentNotFiled), transaction():
        file_scores(graded.stage_id, component, {graded.sats[0].participation_id: Decimal(50)}, {})


@pytest.mark.parametrize("score", [Decimal("-0.01"), Decimal("100.01")])
def test_scores_lie_between_nothing_and_a_hundred(graded: Graded, score: Decimal) -> None:
    with pytest.raises(ScoreOutside), transaction():
        file_scores(semi_final(graded), "practical", {graded.sats[0].participation_id: score}, {})


def test_people_of_another_event_have_no_scores_here(graded: Graded) -> None:
    stranger = make_participation()
    with pytest.raises(ScoresOfOthers), transaction():
        file_scores(semi_final(graded), "practical", {stranger.id: Decimal(50)}, {})


def test_another_score_or_source_is_a_new_version_and_the_same_again_is_none(
    session: Session, graded: Graded
) -> None:
    stage_id, person = semi_final(graded), graded.sats[0].participation_id
    for score, sheet in (("80", 1), ("80", 1), ("80", 2), ("81.23456", 2)):
        with transaction():
            file_scores(stage_id, "practical", {person: Decimal(score)}, {"sheet": sheet})
    chosen = (
        select(ComponentScore).where(ComponentScore.stage_id == stage_id).order_by(ComponentScore.version)
    )
    rows = session.scalars(chosen).all()
    assert [(row.version, row.score) for row in rows] == [
        (1, Decimal("80.0000")), (2, Decimal("80.0000")), (3, Decimal("81.2346")),
    ]  # fmt: skip
