"""Row X03: fields that a form does not list change nothing; steps come in their order."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.accounts.people import card, sign_up_as
from tests.functional.world import World, all_rows, changed, make_world
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.core import clock
from webapp.exam.models import Exam, Sheet
from webapp.helpdesk.models import Ticket
from webapp.organisations.models import RoleGrant
from webapp.registration.models import Application, Entry
from webapp.stages.models import StageAdmission

EXTRA = {
    "id": "1", "person_id": "1", "account_id": "1", "unit_id": "1", "organisation_id": "1", "state": "confirmed",
    "is_admin": "1", "is_staff": "1", "is_open": "1", "role": "administrator", "roles": "administrator",
    "scope_kind": "everything", "must_confirm": "0", "auth_version": "9", "totp_confirmed_at": "2026-01-01",
    "marks": "100", "mark": "100", "score": "100", "step": "9", "awaiting_organisation_id": "", "chain": "[]",
    "outcome": "好", "closed_at": "2026-01-01", "opened_by_account_id": "1", "time_factor": "9", "source": "liaison",
    "deadline_at": "2099-01-01", "lease": "mine", "number": "000001", "revision": "9", "created_at": "2000-01-01",
}  # fmt: skip


@pytest.fixture
def world(client: FlaskClient, session: Session) -> World:
    return make_world(session, client.application.test_client())


def test_signing_up_gives_no_role_and_no_other_record(client: FlaskClient, session: Session) -> None:
    assert sign_up_as(client, **{**EXTRA, "number": card(7)}).status_code == 303
    person = session.scalars(select(Person)).one()
    account = session.scalars(select(Account)).one()
    assert (account.person_id, account.state, account.auth_version) == (person.id, "active", 1)
    assert (account.must_confirm, account.totp_confirmed_at, person.unit_id) == (False, None, None)
    assert session.scalars(select(RoleGrant)).all() == []
    assert client.get("/staff").status_code == 403


def test_applying_starts_at_the_first_step_for_oneself(
    client: FlaskClient, session: Session, world: World
) -> None:
    worker = world.stand.worker()
    session.commit()
    sign_in(client, worker)
    form = {**EXTRA, "person_id": str(world.alice.person_id), "occupation": "worker", "consent": "y"}
    assert client.post(f"/register/{world.stand.event.id}", data=form).status_code == 303
    row = session.scalars(select(Application).where(Application.person_id == worker.person_id)).one()
    assert (row.state, row.step, row.source, row.revision) == ("in_review", 0, "self", 1)
    assert len(row.chain) == 4
    assert row.unit_id == world.stand.county_firm.id


def test_repeated_fields_count_once(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_staff(Role.HELP_DESK))
    body = "subject=无法登录&subject=别的&text=手机号已停用&text=别的&state=solved"
    answer = client.post(
        "/staff/help/tickets", data=body.encode(), content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 303
    row = session.scalars(select(Ticket)).one()
    assert (row.subject, row.state, row.outcome) == ("无法登录", "open", "")


def test_a_ticket_is_open_and_ones_own(client: FlaskClient, session: Session) -> None:
    staff = make_staff(Role.HELP_DESK)
    sign_in(client, staff)
    client.post("/staff/help/tickets", data={**EXTRA, "subject": "无法登录", "text": "手机号已停用"})
    row = session.scalars(select(Ticket)).one()
    assert (row.state, row.outcome, row.closed_at) == ("open", "", None)
    assert (row.opened_by_account_id, row.person_id) == (staff.id, None)
    assert row.opened_at.year > 2000


def test_answers_bring_no_marks_state_or_time(client: FlaskClient, session: Session, world: World) -> None:
    sign_in(client, world.alice)
    before = all_rows(session)
    item: dict[str, Any] = {"slot": 0, "seq": 1, "answer": "A"}
    path = f"/attempts/{world.ids['attempt_id']}/answers"
    for name, value in EXTRA.items():
        if name != "lease":
            assert (
                client.post(path, json={"lease": world.lease, "items": [item], name: value}).status_code
                == 422
            )
        assert (
            client.post(path, json={"lease": world.lease, "items": [{**item, name: value}]}).status_code
            == 422
        )
    assert changed(before, all_rows(session)) == []
    assert client.post(path, json={"lease": world.lease, "items": [item]}).status_code == 200
    session.expire_all()
    assert session.get_one(Sheet, world.ids["attempt_id"]).answers[0] == "A"


def test_an_exam_that_was_not_started_takes_nothing(
    client: FlaskClient, session: Session, world: World
) -> None:
    from tests.integration.exam.exams import participant
    from webapp.exam.service.papers import paper_for

    exam_id = int(world.ids["exam_id"])
    seat = participant(exam_id)
    stage_id = session.get_one(Exam, exam_id).stage_id
    entry_id = session.scalars(select(Entry.id).where(Entry.participation_id == seat.id)).one()
    place = StageAdmission(
        stage_id=stage_id,
        entry_id=entry_id,
        origin="nomination",
        state="confirmed",
        position=2,
        created_at=clock.now(),
    )
    session.add(place)
    session.commit()
    attempt_id = paper_for(exam_id, seat.id).attempt_id
    account = Account(person_id=seat.person_id)
    session.add(account)
    session.commit()
    sign_in(client, account)
    body = {"lease": "", "items": [{"slot": 0, "seq": 1, "answer": "A"}]}
    assert client.post(f"/attempts/{attempt_id}/answers", json=body).status_code in {404, 409}
    assert client.post(f"/attempts/{attempt_id}/submit", data={"key": "a-key-of-mine"}).status_code != 200
    assert client.post(f"/attempts/{attempt_id}/takeover").status_code != 200
    session.expire_all()
    sheet = session.get_one(Sheet, attempt_id)
    assert (sheet.state, set(sheet.answers), sheet.submitted_at) == ("created", {""}, None)
    assert client.get(f"/attempts/{attempt_id}").status_code != 200
    assert client.get(f"/attempts/{attempt_id}/result").status_code != 500


def test_a_later_link_of_the_chain_cannot_decide_first(
    client: FlaskClient, session: Session, world: World
) -> None:
    application_id = int(world.ids["application_id"])
    for account in (
        world.stand.reviewer(world.stand.province),
        make_staff(Role.ORGANISER, world.stand.event),
    ):
        sign_in(client, account)
        form = {"decision": "confirm", "revision": "1", "step": "3", "reason": "同意"}
        client.post(f"/staff/review/{application_id}", data=form)
        session.expire_all()
        row = session.get_one(Application, application_id)
        assert (row.state, row.step) == ("in_review", 0)


def test_what_is_withdrawn_is_not_confirmed_any_more(
    client: FlaskClient, session: Session, world: World
) -> None:
    application_id = int(world.ids["application_id"])
    sign_in(client, world.alice)
    page = client.get(f"/my/applications/{application_id}/withdraw")
    assert page.status_code == 200
    client.post(
        f"/my/applications/{application_id}/withdraw", data={"revision": "1", "confirm": "y", "key": "k1"}
    )
    session.expire_all()
    assert session.get_one(Application, application_id).state == "withdrawn"
    sign_in(client, world.stand.reviewer(world.stand.county))
    form = {"decision": "confirm", "revision": "1", "step": "0", "reason": ""}
    assert client.post(f"/staff/review/{application_id}", data=form).status_code != 200
    session.expire_all()
    assert session.get_one(Application, application_id).state == "withdrawn"
