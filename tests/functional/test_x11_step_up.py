"""X11: staff step-up and two-person actions: nothing sensitive is done by one person, and all is audited."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_staff, sign_in
from tests.functional.accounts.people import in_english
from tests.functional.routes import Route, routes
from tests.functional.world import FORM, World, make_world
from tests.integration.exam.exams import make_exam, participant, sit
from webapp.access.guards import FRESH_FOR
from webapp.access.permissions import SENSITIVE, Permission, Role, needs_fresh_factor
from webapp.accounts.models import Account, AuthSession
from webapp.accounts.queries import forget_principals
from webapp.audit.models import AuditRow
from webapp.certificates.models import RevocationRequest
from webapp.config import Settings
from webapp.core import clock
from webapp.exam.models import ExamAction, Sheet
from webapp.exam.service import actions
from webapp.learning.models import PointReversal
from webapp.registration.models import Participation
from webapp.stages.models import StageAction

WORDS = "less than 60 minutes old"


@pytest.fixture
def production(app: Flask) -> Iterator[Flask]:
    """As production is set: two persons and the second factor."""
    app.config.update(TWO_PERSON=True, SECOND_FACTOR=True)
    yield app
    app.config.update(TWO_PERSON=False, SECOND_FACTOR=False)


@pytest.fixture
def world(session: Session, client: FlaskClient) -> World:
    return make_world(session, client)


def with_factor(
    client: FlaskClient, session: Session, account: Account, age: timedelta | None
) -> FlaskClient:
    """Signed in, the second factor given so long ago, or never."""
    sign_in(client, account)
    given = None if age is None else clock.now() - age
    session.execute(
        update(AuthSession).where(AuthSession.account_id == account.id).values(second_factor_at=given)
    )
    session.commit()
    forget_principals()
    return client


def unsafe(app: Flask) -> list[tuple[Route, str]]:
    """Every unsafe call of the live map that needs a permission."""
    return [
        (route, method)
        for route in routes(app)
        for method in route.methods
        if route.permissions and method not in {"GET", "HEAD"}
    ]


def test_x11_production_is_strict_unless_it_says_otherwise() -> None:
    strict = Settings.from_env({"JIANGSAI_DEMO": "0"})
    assert (strict.two_person, strict.second_factor) == (True, True)


def test_x11_every_sensitive_permission_is_asked_of_some_unsafe_route(app: Flask) -> None:
    """The list of sensitive endpoints comes from the live map: a permission nobody asks for guards nothing."""
    asked = {Permission(one) for route, _method in unsafe(app) for one in route.permissions}
    assert asked >= SENSITIVE


def test_x11_no_staff_route_opens_without_the_second_factor(
    production: Flask, session: Session, world: World, client: FlaskClient
) -> None:
    staff = with_factor(client, session, world.everywhere, None)
    wrong = []
    for route in routes(production):
        for method in route.methods:
            if not route.permissions:
                continue
            answer = staff.open(route.path(world.values(route.endpoint, route.names)), method=method)
            sent_away = answer.status_code == 303 and answer.location.startswith("/second-factor")
            if not sent_away and answer.status_code != 403:
                wrong.append(f"{method} {route.rule.rule}: {answer.status_code}")
    assert wrong == []


def test_x11_sensitive_acts_need_a_fresh_factor_and_others_do_not(
    production: Flask, session: Session, world: World, client: FlaskClient
) -> None:
    """Every unsafe call of the live map with a factor an hour old: refused where it is sensitive, in words."""
    staff = in_english(with_factor(client, session, world.everywhere, FRESH_FOR + timedelta(seconds=5)))
    wrong, sensitive = [], 0
    for route, method in unsafe(production):
        permissions = [Permission(one) for one in route.permissions]
        answer = staff.open(route.path(), method=method)
        is_refused = answer.status_code == 403 and WORDS in answer.text
        sensitive += needs_fresh_factor(permissions, method)
        if is_refused is not needs_fresh_factor(permissions, method):
            wrong.append(f"{method} {route.rule.rule}: {answer.status_code}")
    assert wrong == []
    assert sensitive >= 25
    assert staff.get("/staff").status_code == 200, "looking needs no fresh factor"
    as_fragment = staff.post("/staff/roles/find", headers={"HX-Request": "true"})
    assert (as_fragment.status_code, 'href="/second-factor"' in as_fragment.text) == (403, True)


def test_x11_a_fresh_factor_opens_sensitive_acts(
    production: Flask, session: Session, world: World, client: FlaskClient
) -> None:
    staff = with_factor(client, session, world.everywhere, FRESH_FOR - timedelta(seconds=30))
    for route, method in unsafe(production):
        answer = staff.open(route.path(), method=method)
        assert "second-factor" not in answer.headers.get("Location", ""), route.rule.rule
        assert WORDS not in answer.text


Asked = tuple[str, str, Callable[[World, int], Any]]
"""What waits for a second person: a name, the address where it is decided, the row as the asker made it."""


def waiting() -> list[Asked]:
    """Every kind of act that waits for a second person, from the registries themselves."""
    found: list[Asked] = [
        (
            f"exam {kind}",
            "/staff/exams/{exam_id}/actions/{id}",
            lambda world, me, kind=kind: ExamAction(  # type: ignore[misc]  # bound now
                exam_id=world.ids["exam_id"], kind=kind, payload={}, reason="停电", asked_by_account_id=me
            ),
        )
        for kind in sorted(actions._kinds)
    ]
    found += [
        (
            "certificate revoke",
            "/staff/certificates/revocations/{id}",
            lambda world, me: RevocationRequest(certificate_id=1, reason="姓名有误", asked_by_account_id=me),
        ),
        (
            "points",
            "/staff/points/requests/{id}",
            lambda world, me: PointReversal(
                contest_id=world.ids["contest_id"],
                participation_id=world.ids["participation_id"],
                entry_id=world.ids["entry_id"],
                reason="核对有误",
                asked_by_account_id=me,
            ),
        ),
    ]
    return found


def mine(session: Session, world: World, what: str, make: Callable[[World, int], Any], me: int) -> int:
    """A request as the asker left it; the world's own request of this kind becomes it."""
    kinds = {"certificate revoke": RevocationRequest, "points": PointReversal}
    if what in kinds:
        row: Any = session.scalars(select(kinds[what])).first()
        assert row is not None
        row.asked_by_account_id = me
    else:
        session.execute(update(ExamAction).values(state="refused"))
        row = make(world, me)
        session.add(row)
    session.flush()
    made = int(row.id)
    session.commit()
    return made


def test_x11_nobody_decides_on_what_they_asked_for(
    production: Flask, session: Session, world: World, client: FlaskClient
) -> None:
    """Every registered kind of act, decided with every role by the asker: refused, and it still waits."""
    asker = make_account()
    for role in Role:
        grant(asker, role)
    session.commit()
    for what, address, make in waiting():
        request_id = mine(session, world, what, make, asker.id)
        me = with_factor(production.test_client(), session, asker, timedelta(0))
        path = address.format(id=request_id, exam_id=world.ids["exam_id"])
        before = len(session.scalars(select(AuditRow.id)).all())
        for data in ({"agree": "yes"}, {"agree": "yes", "decision": "confirm", "confirm": "y"}, FORM):
            answer = me.post(path, data=data)
            assert answer.status_code in {403, 422}, f"{what}: {answer.status_code}"
        assert len(session.scalars(select(AuditRow.id)).all()) == before, what


def test_x11_the_kinds_of_a_published_list_wait_for_another_host(
    production: Flask, session: Session, world: World, client: FlaskClient
) -> None:
    asker = make_staff(Role.HOST)
    row = session.scalars(select(StageAction)).first()
    assert row is not None
    row.asked_by_account_id = asker.id
    session.commit()
    me = with_factor(production.test_client(), session, asker, timedelta(0))
    path = f"/staff/stages/{world.ids['stage_id']}/actions/{row.id}"
    answer = me.post(path, data={"agree": "yes"})
    assert answer.status_code in {303, 403}
    session.expire_all()
    left = session.get(StageAction, row.id)
    assert left is not None
    assert left.state == "waiting"


def test_x11_what_two_people_did_is_in_the_audit_trail_under_both_names(
    production: Flask, session: Session
) -> None:
    """Asked by one: nothing changes. Agreed by another: done, both rows kept with their own accounts."""
    exam_id = make_exam()
    sat = sit(exam_id)
    waiting_one = participant(exam_id)
    number = session.get_one(Participation, sat.participation_id).number
    asker, second = make_staff(Role.HOST), make_staff(Role.HOST)
    here = f"/staff/exams/{exam_id}"
    asked: list[tuple[str, str, dict[str, str]]] = [
        ("extend", "grants", {"reach": "exam", "hall": "", "number": "", "minutes": "5", "reason": "停电"}),
        ("factor", "factor", {"number": waiting_one.number, "factor": "1.5", "why": "视力"}),
        ("void", "returning", {"number": number, "way": "void", "reason": "替考"}),
    ]
    for kind, page, data in asked:
        me = with_factor(production.test_client(), session, asker, timedelta(0))
        before = session.get_one(Sheet, sat.attempt_id)
        kept = (before.deadline_at, before.state)
        assert me.post(f"{here}/{page}", data=data).status_code == 303, kind
        session.expire_all()
        after = session.get_one(Sheet, sat.attempt_id)
        assert (after.deadline_at, after.state) == kept, f"{kind}: done by one person"
        assert session.get_one(Participation, waiting_one.id).time_factor == 1
        action = session.scalars(select(ExamAction).where(ExamAction.kind == kind)).one()
        assert action.state == "waiting"
        other = with_factor(production.test_client(), session, second, timedelta(0))
        agreed = other.post(f"{here}/actions/{action.id}", data={"agree": "yes"})
        assert agreed.status_code == 303, kind
        session.expire_all()
        assert session.get_one(ExamAction, action.id).state == "done"
        rows = session.execute(
            select(AuditRow.action, AuditRow.actor_account_id).where(AuditRow.action.like(f"exam.{kind}.%"))
        ).all()
        who = {tuple(row) for row in rows}
        assert (f"exam.{kind}.approve", second.id) in who
        assert any(account == asker.id for _action, account in who), f"{kind}: the asker is not named"
        if kind == "factor":
            session.execute(
                update(Participation).where(Participation.id == waiting_one.id).values(time_factor=1)
            )
            session.commit()
