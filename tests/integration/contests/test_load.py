"""Loading: one version per text, rows for events and stages, promises kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.audit.models import AuditRow
from webapp.contests import queries, service
from webapp.contests.errors import ContestInvalid, RulesInUse, RulesUndecided, StageInUse
from webapp.contests.models import ContestVersion, Event, Stage, StageComponent
from webapp.core import clock
from webapp.core.errors import NotFound

JILIN = (Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml").read_text(
    encoding="utf-8"
)
BEFORE = datetime(2026, 3, 1, tzinfo=UTC)
"""Before anything of the contest has opened."""
DURING = datetime(2026, 5, 25, tzinfo=UTC)
"""While the preliminary is open."""


def test_loading_makes_events_stages_and_weights(session: Session) -> None:
    loaded = service.load_contest(JILIN, "jilin-5.toml")
    assert loaded.is_new
    view = queries.contest_by_code("jilin-5", clock.now())
    assert len(view.events) == 175
    stage = queries.stage_by_codes("jilin-5", "welding", "preliminary")
    weights = session.execute(
        select(StageComponent.component, StageComponent.weight_pct).where(
            StageComponent.stage_id == stage.stage_id
        )
    ).all()
    assert {component: int(weight) for component, weight in weights} == {"learning": 30, "theory": 70}


def test_the_same_text_again_makes_no_version(session: Session) -> None:
    first = service.load_contest(JILIN)
    again = service.load_contest(JILIN.replace("\n", "\r\n"))
    assert not again.is_new
    assert again.version == first.version
    assert session.scalar(select(func.count()).select_from(ContestVersion)) == 1


def test_a_changed_text_makes_a_version_and_keeps_the_old_one(session: Session) -> None:
    first = service.load_contest(JILIN)
    second = service.load_contest(JILIN.replace("quota = 100", "quota = 120"), now=BEFORE)
    assert second.version == first.version + 1
    assert session.scalar(select(func.count()).select_from(ContestVersion)) == 2
    assert queries.stage_by_codes("jilin-5", "welding", "preliminary").rules.quota == 120


def test_a_wrong_file_changes_nothing(session: Session) -> None:
    with pytest.raises(ContestInvalid):
        service.load_contest(JILIN.replace("weight_pct = 70", "weight_pct = 71"))
    assert session.scalar(select(func.count()).select_from(Event)) == 0


def test_an_event_that_left_the_file_is_withdrawn_not_deleted(session: Session) -> None:
    service.load_contest(JILIN)
    start = JILIN.index('[[events]]\ncode = "snow-groomer"')
    end = JILIN.index("[[events]]", start + 1)
    service.load_contest(JILIN[:start] + JILIN[end:], now=BEFORE)
    row = session.scalars(select(Event).where(Event.code == "snow-groomer")).one()
    assert row.is_withdrawn
    with pytest.raises(NotFound):
        queries.event_by_code("jilin-5", "snow-groomer", clock.now())


def test_weights_of_a_prepared_exam_do_not_change(session: Session) -> None:
    service.load_contest(JILIN)
    pinned = session.scalars(select(Stage.id)).all()
    changed = JILIN.replace("weight_pct = 30", "weight_pct = 40").replace(
        "weight_pct = 70", "weight_pct = 60"
    )
    with pytest.raises(StageInUse):
        service.load_contest(changed, is_pinned=lambda stage_id: stage_id in pinned, because="a reason")


def test_rules_in_use_change_only_with_a_reason_that_is_kept(session: Session) -> None:
    service.load_contest(JILIN)
    changed = JILIN.replace("quota = 100", "quota = 120")
    with pytest.raises(RulesInUse) as refused:
        service.load_contest(changed, now=DURING)
    assert len(refused.value.changes) == 165
    session.rollback()
    service.load_contest(JILIN)
    assert service.load_contest(changed, because="the host has decided", now=DURING).version == 2
    row = session.scalars(select(AuditRow).order_by(AuditRow.id.desc())).first()
    assert row is not None
    assert (row.why, row.facts["changes_in_use"]) == ("the host has decided", 165)


def test_going_back_to_an_earlier_text_puts_that_version_in_force(session: Session) -> None:
    service.load_contest(JILIN)
    service.load_contest(JILIN.replace("quota = 100", "quota = 120"), now=BEFORE)
    back = service.load_contest(JILIN, now=BEFORE)
    assert (back.version, back.is_new) == (1, True)
    assert queries.stage_by_codes("jilin-5", "welding", "preliminary").rules.quota == 100
    assert [version.is_present for version in queries.versions("jilin-5")] == [False, True]


def test_a_stage_with_an_open_question_may_not_open(session: Session) -> None:
    service.load_contest(JILIN)
    service.require_decided(queries.stage_by_codes("jilin-5", "welding", "preliminary").stage_id)
    service.load_contest(JILIN.replace("full_points = 300", 'full_points = "undecided"'), now=BEFORE)
    with pytest.raises(RulesUndecided):
        service.require_decided(queries.stage_by_codes("jilin-5", "welding", "preliminary").stage_id)
