"""The open track is the same flow: its board is frozen, posted for objections, and certificates by rank follow."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.stages.pages import page
from tests.functional.stages.test_places import finish
from tests.integration.certificates.stand import ALONE
from tests.integration.stages.stand import NAMES, Graded, make_graded
from webapp.access.permissions import Role
from webapp.certificates.models import Certificate
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.leaderboard.models import BoardSnapshot
from webapp.stages.jobs import close_open_track
from webapp.stages.queries import notices


def over(session: Session, changes: Mapping[str, str]) -> Graded:
    """Four people whose papers are graded, in an open stage that is over; the first two ranks have a certificate."""
    made = make_graded(NAMES[:4], {"rank_to = 300": "rank_to = 2", **changes}, "open-work-safety", "open")
    past = clock.now() - timedelta(minutes=1)
    session.execute(update(Stage).where(Stage.id == made.stage_id).values(closes_at=past))
    session.commit()
    return made


def test_ranks_of_the_open_track_are_posted_before_they_are_certified(
    client: FlaskClient, session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = over(session, {})
    close_open_track()
    run_jobs()
    assert session.scalar(select(func.count()).select_from(BoardSnapshot)) == 0, "a host freezes it"
    host = make_staff(Role.HOST, name="韩亦舟")
    sign_in(client, host)
    assert "冻结排行榜" in page(client, f"/staff/stages/{made.stage_id}")
    finish(client, host, made.stage_id, run_jobs, monkeypatch)
    run_jobs()
    present = notices.current(made.stage_id)
    assert present is not None
    assert [row.rank for row in present.rows] == [1, 2, 3, 4]
    assert client.get("/notices/jilin-5/open-work-safety/open").status_code == 200
    ranks = select(Certificate.facts["rank"].as_integer()).where(Certificate.award_code == "e-rank")
    assert session.scalars(ranks.order_by(Certificate.id)).all() == [1, 2]
    close_open_track()
    assert run_jobs() == 0


def test_a_stage_whose_file_names_no_notice_is_not_frozen_by_hand(
    client: FlaskClient, session: Session
) -> None:
    made = over(session, ALONE)
    sign_in(client, make_staff(Role.HOST, name="韩亦舟"))
    staff = f"/staff/stages/{made.stage_id}"
    html = page(client, staff)
    assert "不公示" in html
    assert 'action="' + f"{staff}/freeze" not in html
    assert client.post(f"{staff}/freeze").status_code == 409
