"""An exam of a later stage: only those with a place see it, get a paper and a seat, and start."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from tests.functional.stages.pages import page, post
from tests.functional.stages.test_places import changes, finish, semi_final
from tests.integration.exam.exams import make_exam
from tests.integration.stages.stand import NAMES, later, make_graded
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.transaction import transaction
from webapp.exam import jobs as exam_jobs
from webapp.exam.errors import NotAdmitted
from webapp.exam.models import Attempt
from webapp.exam.queries import control
from webapp.exam.queries.numbers import forget_numbers, read
from webapp.exam.queries.readiness import readiness
from webapp.exam.service import hot
from webapp.exam.service.papers import paper_for
from webapp.halls.formats.workbook import HallRow
from webapp.halls.models import HallSeat
from webapp.halls.queries.seats import seats
from webapp.halls.rules.labels import Seats
from webapp.halls.service import editing, seating


def test_only_those_with_a_place_sit_the_exam_of_a_later_stage(
    client: FlaskClient, session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = make_staff(Role.HOST, name="韩亦舟")
    graded = make_graded(changes=changes())
    stage_id = semi_final(graded)
    people = [sat.participation_id for sat in graded.sats]
    accounts = [make_account(session.get_one(Person, person)) for person in graded.person_ids]
    opens = clock.now() + timedelta(days=60)
    exam_id = make_exam(session.get_one(Stage, stage_id), opens_at=opens, closes_at=opens + timedelta(days=9))
    start = f"/exams/{exam_id}/start"

    def papers() -> set[int]:
        session.expire_all()
        found = session.scalars(select(Attempt.participation_id).where(Attempt.exam_id == exam_id))
        return set(found)

    # Before places are given it is nobody's.
    sign_in(client, accounts[0])
    assert client.get(start).status_code == 404
    assert exam_jobs.draw_papers(exam_id) == 0
    assert readiness([exam_id], clock.now())[exam_id].admitted == 0

    finish(client, host, graded.stage_id, run_jobs, monkeypatch)
    places = f"/staff/stages/{stage_id}/places"
    post(client, f"{places}/open")
    sign_in(client, accounts[0])
    assert client.get(start).status_code == 404, "asked, not answered yet"
    post(client, f"/my/places/{stage_id}", comes="yes")
    assert client.get(start).status_code == 200
    assert start in page(client, "/exams")
    sign_in(client, accounts[1])
    post(client, f"/my/places/{stage_id}", comes="yes")
    sign_in(client, accounts[5])
    assert start not in page(client, "/exams")
    with pytest.raises(NotAdmitted), transaction():
        paper_for(exam_id, people[5])

    # Papers and seats are made for the two who come. Then one gives the place up after both were made.
    assert exam_jobs.draw_papers(exam_id) == 2
    assert papers() == set(people[:2])
    with transaction():
        hall = HallRow(0, "职教中心", "", "", "一号考场", Seats(("A1", "A2"), 2), "computers", (), False)
        editing.add_halls(exam_id, [hall])
        seen = seating.preview(exam_id, "apart", "seed")
        seating.confirm(exam_id, "apart", "seed", seen.digest, host.id, clock.now())
    assert {one.participation_id for one in seats(exam_id)} == set(people[:2])
    sign_in(client, accounts[1])
    post(client, f"/my/places/{stage_id}", comes="no", reason="出国培训")
    assert client.get(f"/halls/{exam_id}/ticket").status_code == 404
    assert [one.participation_id for one in seats(exam_id, absent=True)] == [people[0]]
    assert "王芳" not in "".join(
        one.name for one in control.lines(control.head(exam_id), clock.now(), control.Filter(), 60)[0]
    )

    # The substitute gets the place, a paper at once where the exam is near, and the free seat.
    later(monkeypatch, timedelta(days=1))
    sign_in(client, host)
    post(client, f"{places}/note", **{"note-number": graded.numbers[3], "note-comes": "yes"})
    with transaction():
        session.connection().exec_driver_sql(
            "UPDATE exams SET opens_at = clock_timestamp() + interval '31 days 1 minute' WHERE id = %s",
            (exam_id,),
        )
    run_jobs()
    exam_jobs.prepare_participant(people[3])
    assert papers() == {people[0], people[1], people[3]}
    with transaction():
        assert seating.seat_rest(exam_id, host.id, clock.now()).seated == 1
    assert set(session.scalars(select(HallSeat.participation_id))) == {people[0], people[3]}
    forget_numbers()
    event = control.head(exam_id).event_id
    assert read(exam_id, event, clock.now(), 60).total.admitted == 2

    # The exam opens: who gave the place up holds a drawn paper and cannot start it by any door.
    later(monkeypatch, timedelta(hours=1))
    sign_in(client, accounts[1])
    assert client.post(start).status_code == 404
    drawn = session.scalars(
        select(Attempt.id).where(Attempt.exam_id == exam_id, Attempt.participation_id == people[1])
    ).one()
    with pytest.raises(DomainError):
        hot.start(drawn, graded.person_ids[1], "device", clock.now())
    assert hot.start_drawn(exam_id, graded.person_ids[1], "device", clock.now(), True) is None
    sign_in(client, accounts[3])
    assert client.post(start).status_code == 303
    assert NAMES[3] in "".join(
        one.name
        for one in control.lines(control.head(exam_id), clock.now(), control.Filter("writing"), 60)[0]
    )
