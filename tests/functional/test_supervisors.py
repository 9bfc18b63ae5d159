"""A supervisor reads the staff pages of the exams in scope and changes nothing there."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import grant, make_account, make_contest, make_staff, sign_in
from tests.functional.routes import Route, routes
from tests.functional.world import FORM, World, all_rows, changed, make_world
from webapp.access.permissions import Permission, Role
from webapp.accounts.models import Account
from webapp.contests.models import Contest, Event, Stage
from webapp.core import clock
from webapp.exam.models import Exam
from webapp.helpdesk.models import Ticket

STAFF_PAGES = ("/staff/exams", "/staff/halls", "/staff/help", "/staff/judging")
NOT_IN_WORLD = {
    "helpdesk.ticket_picture": "the ticket came without a picture",
    "exam.blueprints": "the contest has no definition; tests/functional/exam/test_blueprints_page.py opens it",
}
TOO_WIDE = {"/staff/audit": "the trail names no contest: only a supervisor of everything reads it"}
"""Entries of the menu that a supervisor of one contest sees and may not open."""
LOOKS = frozenset({"auth_sessions", "audit_rows"})


@pytest.fixture
def world(client: FlaskClient, session: Session) -> World:
    """alice's world; her ticket is about the exam."""
    made = make_world(session, client.application.test_client())
    exam = session.get_one(Exam, made.ids["exam_id"])
    ticket = session.get_one(Ticket, made.ids["ticket_id"])
    ticket.contest_id, ticket.event_id = contest_of(session, made).id, exam.event_id
    session.commit()
    return made


def contest_of(session: Session, world: World) -> Contest:
    exam = session.get_one(Exam, world.ids["exam_id"])
    return session.get_one(Contest, session.get_one(Event, exam.event_id).contest_id)


def watched(app: Flask) -> list[Route]:
    """Every route that the permission opens."""
    return [route for route in routes(app) if Permission.WATCH_EXAMS in route.permissions]


def doing(app: Flask) -> list[Route]:
    """Every route of these pages that changes something."""
    return [
        route
        for route in routes(app)
        if route.rule.rule.startswith(STAFF_PAGES) and "POST" in route.methods and not route.is_public
    ]


def supervisor(session: Session, world: World) -> Account:
    """Of the exam's contest, and of the one whose practical test the world has."""
    account = make_staff(Role.SUPERVISOR, contest_of(session, world))
    stage = session.get_one(Stage, world.ids["judging.stage_id"])
    practical = session.get_one(Contest, session.get_one(Event, stage.event_id).contest_id)
    grant(account, Role.SUPERVISOR, practical)
    return account


def test_the_permission_opens_pages_only_to_look_at(app: Flask) -> None:
    assert [route.rule.rule for route in watched(app) if route.methods != ("GET",)] == []
    assert len(watched(app)) >= 30


@pytest.mark.parametrize("is_over", [False, True], ids=["running", "over"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_a_supervisor_opens_every_page_and_finds_nothing_to_press(
    app: Flask,
    client: FlaskClient,
    session: Session,
    world: World,
    headers: dict[str, str],
    is_over: bool,
) -> None:
    if is_over:
        session.get_one(Exam, world.ids["exam_id"]).closes_at = clock.now() - timedelta(minutes=1)
        session.commit()
    sign_in(client, supervisor(session, world))
    wrong = []
    for route in watched(app):
        if route.endpoint in NOT_IN_WORLD:
            continue
        answer = client.get(route.path(world.values(route.endpoint, route.names)), headers=headers)
        body = answer.data.decode("utf-8", "replace")
        main = re.search(r"<main.*</main>", body, re.DOTALL)
        shown = main[0] if main else body
        if answer.status_code != 200:
            wrong.append(f"{route.rule.rule}: {answer.status_code}")
        for thing in re.findall(r'<form[^>]*method="post"[^>]*>|hx-(?:post|put|patch|delete)="[^"]*"', shown):
            wrong.append(f"{route.rule.rule}: {thing}")
    assert wrong == []


def test_links_on_these_pages_lead_to_nothing_closed(
    app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    sign_in(client, supervisor(session, world))
    found: dict[str, str] = {}
    closed = {*TOO_WIDE, "/staff/exams/blueprints"}
    for route in watched(app):
        if route.endpoint in NOT_IN_WORLD:
            continue
        path = route.path(world.values(route.endpoint, route.names))
        for link in re.findall(
            r'(?:href|hx-get)="(/staff/[^"#]*)', client.get(path).data.decode("utf-8", "replace")
        ):
            found.setdefault(link.replace("&amp;", "&"), path)
    refused = [
        f"{link} on {path}"
        for link, path in found.items()
        if link not in closed and client.get(link).status_code >= 400
    ]
    assert len(found) > 20
    assert refused == []


def test_whatever_a_supervisor_sends_is_refused_and_changes_nothing(
    app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    sign_in(client, supervisor(session, world))
    before, wrong = all_rows(session, LOOKS), []
    for route in doing(app):
        answer = client.post(route.path(world.values(route.endpoint, route.names)), data=FORM)
        if answer.status_code != 403:
            wrong.append(f"{route.rule.rule}: {answer.status_code}")
    assert wrong == []
    assert changed(before, all_rows(session, LOOKS)) == []


def test_the_exam_of_another_contest_is_not_there(
    app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    sign_in(client, make_staff(Role.SUPERVISOR, make_contest()))
    title = session.get_one(Exam, world.ids["exam_id"]).title["zh"]
    wrong = []
    for route in watched(app):
        if route.endpoint in NOT_IN_WORLD and not route.names:
            continue
        answer = client.get(route.path(world.values(route.endpoint, route.names)))
        if route.names and answer.status_code != 404:
            wrong.append(f"{route.rule.rule}: {answer.status_code}")
        if not route.names and f"{world.ids['exam_id']}/control" in answer.text:
            wrong.append(f"{route.rule.rule} names {title}")
    assert wrong == []


def test_who_hosts_another_contest_only_looks_at_this_one(
    app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    """A role elsewhere opens the doors of the routes; the thing itself still refuses."""
    account = make_account()
    grant(account, Role.SUPERVISOR, contest_of(session, world))
    elsewhere = make_contest()
    for role in (Role.HOST, Role.INVIGILATOR):
        grant(account, role, elsewhere)
    sign_in(client, account)
    before, wrong = all_rows(session, LOOKS), []
    for route in doing(app):
        if route.names:
            answer = client.post(route.path(world.values(route.endpoint, route.names)), data=FORM)
            if answer.status_code not in {403, 404}:
                wrong.append(f"{route.rule.rule}: {answer.status_code}")
    for route in watched(app):
        if route.names and route.endpoint not in NOT_IN_WORLD:
            body = client.get(route.path(world.values(route.endpoint, route.names))).data.decode(
                "utf-8", "replace"
            )
            if 'method="post"' in "".join(re.findall(r"<main.*</main>", body, re.DOTALL)):
                wrong.append(f"{route.rule.rule}: a form that would be refused")
    assert wrong == []
    assert changed(before, all_rows(session, LOOKS)) == []


def test_the_menu_leads_a_supervisor_to_these_pages(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_staff(Role.SUPERVISOR))
    page = client.get("/staff").text
    for path in ("/staff/exams", "/staff/halls", "/staff/help/tickets", "/staff/exams/blueprints"):
        assert f'href="{path}"' in page
