"""B03: who is disqualified, withdraws, is renamed or merged is gone everywhere; no answer of one role reaches another."""

import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import make_account, make_organisation, make_staff, sign_in
from tests.integration.leaderboard.boards import Board, combine, grade, make_board
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.accounts.service import secrets
from webapp.core.db import db
from webapp.leaderboard.routes.fragments import FRESH_S, cache
from webapp.organisations.models import Organisation
from webapp.organisations.service import mark_merged
from webapp.registration.models import Participation
from webapp.registry import periodic

NAMES = ("欧阳䶮", "王芳", "李建国", "韦一鸣", "赵丽")
SURNAME, UNIT = "韦", "第4机械厂"
VICTIM = 3
MOST_S = 60.0


@pytest.fixture
def board(session: Session) -> Board:
    cache.forget()
    made = make_board(names=NAMES, changes={'public_from = "recheck"': 'public_from = "at_once"'})
    grade(list(zip(made.people, (90, 80, 80, 70, 60), strict=True)))
    combine(made)
    return made


class Screens:
    """Everybody who may look at a board, each in a browser of their own."""

    def __init__(self, app: Flask, board: Board) -> None:
        self.board = board
        self.visitor, self.host, self.rival, self.own = (app.test_client() for _ in range(4))
        sign_in(self.host, make_staff(Role.HOST))
        for client, one in ((self.rival, board.people[0]), (self.own, board.people[VICTIM])):
            sign_in(client, make_account(db.session.get_one(Person, one.person_id)))

    def public(self) -> dict[str, str]:
        """What everybody sees, as seen by each role, by what it is."""
        here = f"/boards/{self.board.address}"
        number = self.board.people[VICTIM].number
        found = {}
        for who, client in (("visitor", self.visitor), ("rival", self.rival), ("host", self.host)):
            for tail in ("", "/rows", "/rows?screen=1", f"?number={number}"):
                found[f"{who} {tail}"] = client.get(here + tail).text
        found["found"] = self.visitor.get(f"{here}/find?number={number}", follow_redirects=True).text
        return found

    def staff(self) -> dict[str, str]:
        here = f"/staff/boards/{self.board.address}"
        return {"full board": self.host.get(here).text, "screen": self.host.get(f"{here}/screen-rows").text}


@pytest.fixture
def screens(app: Flask, board: Board) -> Screens:
    return Screens(app, board)


def by_the_clock(run_jobs: Callable[[], int]) -> None:
    """What happens by itself within a minute: periodic work, jobs, and fragments that grow old."""
    db.session.commit()
    for _name, every, work in periodic():
        if every <= MOST_S and "board" in _name:
            work()
    run_jobs()
    time.sleep(FRESH_S + 0.05)


def leave(state: str) -> Callable[[Board], None]:
    def act(board: Board) -> None:
        one = db.session.get_one(Participation, board.people[VICTIM].participation_id)
        one.state = state

    return act


@pytest.mark.parametrize("state", ["disqualified", "withdrawn"])
def test_b03_who_leaves_is_gone_everywhere_and_the_others_move_up(
    screens: Screens, board: Board, run_jobs: Callable[[], int], state: str
) -> None:
    before = screens.public() | screens.staff()
    assert all(UNIT in html for what, html in before.items() if "?number" not in what), "shown before"
    leave(state)(board)
    by_the_clock(run_jobs)
    number = board.people[VICTIM].number
    for what, html in (screens.public() | screens.staff()).items():
        rows = html.replace(f'value="{number}"', "")
        if what != "found" and "?number" not in what:
            assert number not in rows, f"{what}: the number is a ghost"
        assert UNIT not in rows, f"{what}: the unit is a ghost"
        assert f"{SURNAME}*" not in rows, f"{what}: the name is a ghost"
    assert "第5机械厂" in screens.visitor.get(f"/boards/{board.address}").text


def test_b03_a_new_name_and_a_merged_unit_show_everywhere(
    screens: Screens, board: Board, run_jobs: Callable[[], int], session: Session
) -> None:
    screens.public()
    person = session.get_one(Person, board.people[VICTIM].person_id)
    secrets.set_name(person, "殷素素")
    old = session.get_one(Organisation, person.unit_id)
    new = make_organisation(name="合并后的机械厂", kind="unit", level="unit")
    mark_merged(old.id, new.id, "合并")
    session.commit()
    by_the_clock(run_jobs)
    for what, html in (screens.public() | screens.staff()).items():
        assert f"{SURNAME}*" not in html, f"{what}: the old name is a ghost"
        if "?number" not in what:
            assert "殷*" in html, f"{what}: the new name is missing"


def test_b03_no_answer_of_one_role_reaches_another(screens: Screens, board: Board) -> None:
    """The same addresses, one role right after the other while everything is cached; and revalidation."""
    here = f"/boards/{board.address}/rows"
    bodies: dict[bytes, set[str]] = {}
    for order in (("host", "visitor", "rival", "own"), ("own", "host", "rival", "visitor")):
        for who in order:
            answer = getattr(screens, who).get(here)
            bodies.setdefault(answer.data, set()).add(who)
            assert "Cookie" in answer.headers["Vary"]
            assert "Set-Cookie" not in answer.headers, "a shared answer sets nobody's cookie"
    assert len(bodies) == 1, "the rows are the same bytes for everybody"
    html = next(iter(bodies)).decode()
    assert not any(name in html for name in NAMES), "whole names are for the host"
    full = f"/staff/boards/{board.address}"
    assert screens.host.get(full).status_code == 200
    for other in (screens.visitor, screens.rival, screens.own):
        assert other.get(full).status_code in {303, 403}
        assert other.get(f"{full}/screen-rows").status_code in {303, 403}
    own = f"/boards/{board.address}/own"
    mine, theirs = screens.own.get(own), screens.rival.get(own)
    assert mine.data != theirs.data
    for answer in (mine, theirs, screens.host.get(full)):
        assert "public" not in answer.headers["Cache-Control"]
    kept = {"If-None-Match": mine.headers.get("ETag", '"none"')}
    assert screens.rival.get(own, headers=kept).status_code != 304
    for page in (f"/boards/{board.address}", "/my", full):
        seen = getattr(screens.host.get(page), "headers", {})
        assert "public" not in seen.get("Cache-Control", ""), page
        tag = seen.get("ETag")
        if tag:
            assert screens.visitor.get(page, headers={"If-None-Match": tag}).status_code != 304, page
