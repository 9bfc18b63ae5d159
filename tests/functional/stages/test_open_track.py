"""The open track is the same flow: its board is frozen, posted for objections, and certificates by rank follow."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.factories import make_event, make_staff, sign_in
from tests.functional.stages.pages import page
from tests.functional.stages.test_places import finish
from tests.integration.certificates.stand import ALONE
from tests.integration.stages.stand import NAMES, Graded, make_graded
from webapp.access.permissions import Role
from webapp.certificates.models import Certificate
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot
from webapp.notifications.models import Notice
from webapp.stages.jobs import close_open_track
from webapp.stages.queries import notices
from webapp.stages.service import reminding


def over(session: Session, changes: Mapping[str, str]) -> Graded:
    """Four people whose papers are graded, in an open stage that is over; the first two ranks have a certificate."""
    made = make_graded(NAMES[:4], {"rank_to = 300": "rank_to = 2", **changes}, "open-work-safety", "open")
    past = clock.now() - timedelta(minutes=1)
    session.execute(update(Stage).where(Stage.id == made.stage_id).values(closes_at=past))
    session.commit()
    return made


def remind(session: Session, at: datetime) -> int:
    """How many hosts are told at this hour."""
    told = reminding.remind(at)
    session.commit()
    db.session.commit()
    return told


def test_ranks_of_the_open_track_are_posted_before_they_are_certified(
    client: FlaskClient, session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = over(session, {})
    close_open_track()
    run_jobs()
    assert session.scalar(select(func.count()).select_from(BoardSnapshot)) == 0, "a host freezes it"
    host = make_staff(Role.HOST, name="韩亦舟")
    make_staff(Role.HOST, make_event(), name="温如言")
    session.commit()
    sign_in(client, host)
    staff = f"/staff/stages/{made.stage_id}"
    assert "冻结排行榜" in page(client, staff)

    # What is due stands in a view of its own, and whoever can do it is told once a day, in one line.
    html = page(client, "/staff/stages?show=due")
    assert html.count("/staff/stages/") == 1, "no other stage is over"
    assert f'{staff}"' in html
    assert "冻结排行榜" in html
    day = (clock.now() + timedelta(days=1)).astimezone(clock.SHANGHAI)
    hours = [day.replace(hour=hour) for hour in (7, 9, 9, 23)]
    assert [remind(session, at) for at in hours] == [0, 1, 0, 0]
    assert remind(session, hours[1] + timedelta(days=1)) == 1
    heard = session.scalars(select(Notice).where(Notice.text.startswith("Lists of"))).all()
    assert {(one.person_id, one.link, one.params["count"]) for one in heard} == {
        (host.person_id, "/staff/stages?show=due", 1)
    }
    finish(client, host, made.stage_id, run_jobs, monkeypatch)
    assert "没有待办的名单" in page(client, "/staff/stages?show=due")
    assert remind(session, hours[1] + timedelta(days=60)) == 0
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
