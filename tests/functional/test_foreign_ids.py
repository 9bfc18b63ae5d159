"""Row X02: somebody else's id answers like one that does not exist, and changes nothing."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import sign_in
from tests.functional.routes import MISSING_ID, MISSING_WORD, Route, routes
from tests.functional.world import FORM, World, all_rows, changed, comparable, make_world
from webapp.accounts.models import Account

OPEN_TO_ALL = {
    "registration.register": "events are public; what a person may enter is told to that person",
    "registration.register_now": "events are public; a person applies for oneself only",
    "leaderboard.own_place": "which boards exist is public; the line is that of the person who asks",
    "contests.definition": "the rules of a contest are public",
    "contests.version": "the rules of a contest are public, each version of them",
    "contests.definitions": "the rules of a contest are public; saving checks the scope",
    "campaigns.enrol": "labour competitions are public; a liaison enrols the own unit only",
    "calendars.year_page": "holidays are public",
    "calendars.year_file": "holidays are public",
    "roster.template": "names the events of a contest, which are public",
    **dict.fromkeys(
        (
            f"reports.{name}"
            for name in (
                "contest",
                "places",
                "events",
                "industries",
                "review",
                "learning",
                "progress",
                "export",
            )
        ),
        "contests are public; a reviewer of another place sees numbers of that place only (reports/test_pages.py)",
    ),
}
"""Routes whose ids name what everybody may know."""


def with_ids(app: Flask) -> list[Route]:
    """The routes whose parameters name a person's or a unit's thing."""
    return [
        route
        for route in routes(app)
        if route.names and not route.is_public and route.endpoint not in OPEN_TO_ALL
    ]


OTHER_STATE = {
    "helpdesk.ticket_picture": "this ticket came without a picture",
    "helpdesk.own_picture": "this ticket came without a picture",
    "registration.correct": "the application has not been returned",
    "integrity.snapshot_question": "this exam takes no camera pictures",
    "judging.signed_sheets": "who judges the module sees what others gave when it is decoded (judging/test_practical_pages.py)",
    "judging.signed_sheet": "who judges the module sees what others gave when it is decoded (judging/test_practical_pages.py)",
    "stages.own_nominations": "no stage here is a selection outside (stages/test_sending.py)",
    "banks.annotated": "the file of this upload exists on paper only",
}
"""Pages that the world's things are not in the right state for."""


def words(answer: TestResponse) -> str:
    """The body as text, workbooks too."""
    return str(answer.data.decode("utf-8", "replace"))


@pytest.fixture
def world(client: FlaskClient, session: Session) -> World:
    return make_world(session, client.application.test_client())


@pytest.mark.parametrize("who", ["bob", "elsewhere"])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_a_foreign_id_answers_like_a_missing_one(
    app: Flask, client: FlaskClient, session: Session, world: World, who: str, headers: dict[str, str]
) -> None:
    caller: Account = getattr(world, who)
    sign_in(client, caller)
    before, wrong = all_rows(session), []
    for route in with_ids(app):
        theirs = world.values(route.endpoint, route.names)
        missing = {name: MISSING_ID if route.is_number(name) else MISSING_WORD for name in route.names}
        for method in route.methods:
            data = FORM if method == "POST" else None
            foreign = client.open(route.path(theirs), method=method, data=data, headers=headers)
            nothing = client.open(route.path(missing), method=method, data=data, headers=headers)
            asked = [*theirs.values(), *missing.values()]
            told = comparable(words(foreign), asked), comparable(words(nothing), asked)
            if foreign.status_code not in {403, 404} or foreign.status_code != nothing.status_code:
                wrong.append(
                    f"{method} {route.rule.rule}: {foreign.status_code}, missing {nothing.status_code}"
                )
            elif told[0] != told[1]:
                lines = set(told[0].splitlines()) ^ set(told[1].splitlines())
                wrong.append(f"{method} {route.rule.rule}: the page tells that it exists: {lines}")
    assert not wrong, "\n".join(wrong)
    assert changed(before, all_rows(session)) == []


def test_the_rightful_person_reaches_the_same_addresses(
    app: Flask, client: FlaskClient, session: Session, world: World
) -> None:
    unreached = []
    for route in with_ids(app):
        if "GET" not in route.methods or route.endpoint in OTHER_STATE:
            continue
        answers = []
        for caller in (world.alice, world.everywhere):
            sign_in(client, caller)
            answers.append(client.get(route.path(world.values(route.endpoint, route.names))).status_code)
        if not {200, 302, 303} & set(answers):
            unreached.append(f"{route.rule.rule}: {answers}")
    assert unreached == []


def test_an_attempt_takes_no_answer_from_anybody_else(
    client: FlaskClient, session: Session, world: World
) -> None:
    before = all_rows(session)
    body = {"lease": world.lease, "items": [{"slot": 0, "seq": 1, "answer": "A"}]}
    for caller in (world.bob, world.elsewhere, world.everywhere):
        sign_in(client, caller)
        for door in ("answers", "heartbeat", "takeover", "submit"):
            answer = client.post(f"/attempts/{world.ids['attempt_id']}/{door}", json=body)
            assert answer.status_code == 404, (door, answer.text)
    left = changed(before, all_rows(session))
    assert left == []


def test_ids_in_the_body_are_checked_like_those_in_the_address(
    client: FlaskClient, session: Session, world: World
) -> None:
    sign_in(client, world.elsewhere)
    before = all_rows(session)
    picked = f"{world.ids['application_id']}.1.0"
    for path in (
        "/staff/review/bulk",
        "/staff/review/bulk/decide",
        "/staff/review/claim",
        "/staff/review/release",
    ):
        for name in ("application", "applications", "picked", "chosen", "ids"):
            client.post(path, data={**FORM, name: picked})
    exam, attempt = world.ids["exam_id"], world.ids["attempt_id"]
    extend = {"minutes": "10", "reason": "现场停电十分钟", "attempt_id": str(attempt)}
    assert client.post(f"/staff/exams/{exam}/extend", data=extend).status_code == 404
    client.post(
        "/staff/roster/upload",
        data={"unit": world.ids["organisation_id"], "contest": world.ids["contest_id"]},
    )
    move = {"parent": str(world.stand.province.id), "target": str(world.stand.province.id)}
    client.post(f"/staff/organisations/{world.stand.other_firm.id}/merge", data=move)
    assert changed(before, all_rows(session)) == []
