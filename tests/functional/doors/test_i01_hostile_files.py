"""I01: hostile files at every door are refused within ten seconds, with a reason, and take no memory."""

import io
import resource
import socket
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_organisation, make_staff, sign_in
from tests.functional.doors import hostile
from tests.integration.registration.stand import make_stand
from tests.unit.courses.texts import COURSE
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.banks.models import QuestionVersion
from webapp.contests.models import ContestVersion
from webapp.core.db import db
from webapp.core.queue import function_of
from webapp.courses.models import Course
from webapp.media.models import StoredFile
from webapp.organisations.models import Organisation
from webapp.registration.models import RosterUpload

WITHIN_S = 10.0
MOST_MB = 512
WRONG_NAMES = {"SVG": "图.xlsx", "PHP": "表.csv.xlsx", "program": "名单.xlsx"}

Door = Callable[[bytes, str], str]
"""Takes a file; returns the words of the refusal. Fails when the file is taken in."""


def refusal(answer: Any) -> str:
    assert answer.status_code in {413, 422}, f"{answer.status_code} {answer.headers.get('Location')}"
    return str(answer.text)


@pytest.fixture
def bank_door(client: FlaskClient, session: Session) -> Door:
    sign_in(client, make_staff(Role.QUESTION_SETTER))
    client.post("/staff/banks/new", data={"title": "安全生产", "code": "safety"})

    def send(content: bytes, name: str) -> str:
        answer = client.post(
            "/staff/banks/safety/upload",
            data={"file": (io.BytesIO(content), name)},
            content_type="multipart/form-data",
        )
        if answer.status_code != 303:
            return refusal(answer)
        run_jobs()
        page = client.get(answer.headers["Location"]).text
        accept = client.post(f"{answer.headers['Location']}/accept", data={"rest": "keep", "part": "all"})
        assert accept.status_code in {303, 409}
        assert db.session.scalar(select(func.count()).select_from(QuestionVersion)) == 0
        return page

    def run_jobs() -> None:
        waiting = client.application.extensions["jobs_inline"]
        while waiting:
            name, args = waiting.pop(0)
            function_of(name)(**args)

    return send


@pytest.fixture
def roster_door(client: FlaskClient, session: Session) -> Door:
    stand = make_stand()
    sign_in(client, make_staff(Role.UNIT_LIAISON, stand.county_firm))

    def send(content: bytes, name: str) -> str:
        data = {
            "unit": str(stand.county_firm.id),
            "contest": str(stand.contest.id),
            "workbook": (io.BytesIO(content), name),
        }
        words = refusal(client.post("/staff/roster/upload", data=data, content_type="multipart/form-data"))
        assert db.session.scalar(select(func.count()).select_from(RosterUpload)) == 0
        return words

    return send


@pytest.fixture
def staff_door(client: FlaskClient, session: Session) -> Door:
    make_organisation("吉林省总工会", code="JL")
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    before = [session.scalar(select(func.count()).select_from(kind)) for kind in (Organisation, Person)]

    def send(content: bytes, name: str) -> str:
        words = refusal(
            client.post("/staff/organisations/import", data={"file": (io.BytesIO(content), name)})
        )
        after = [db.session.scalar(select(func.count()).select_from(kind)) for kind in (Organisation, Person)]
        assert after == before
        return words

    return send


@pytest.fixture
def course_door(client: FlaskClient, session: Session) -> Door:
    sign_in(client, make_staff(Role.ORGANISER))

    def send(content: bytes, name: str) -> str:
        words = refusal(
            client.post(
                "/staff/courses/upload",
                data={"file": (io.BytesIO(content), name)},
                content_type="multipart/form-data",
            )
        )
        assert db.session.scalar(select(func.count()).select_from(Course)) == 0
        return words

    return send


@pytest.fixture
def contest_door(client: FlaskClient, session: Session) -> Door:
    sign_in(client, make_staff(Role.ADMINISTRATOR))

    def send(content: bytes, name: str) -> str:
        data = {"file": (io.BytesIO(content), name), "because": "x"}
        words = refusal(client.post("/staff/contests", data=data, content_type="multipart/form-data"))
        assert db.session.scalar(select(func.count()).select_from(ContestVersion)) == 0
        return words

    return send


def try_door(door: Door, what: str, content: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    """Send one file; say how long it took and how much memory, and that nothing was asked of the network."""
    dialled: list[Any] = []
    connect = socket.socket.connect

    def note(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[:1] != ("127.0.0.1",):
            dialled.append(address)
        connect(self, address)

    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    with monkeypatch.context() as patched:
        patched.setattr(socket.socket, "connect", note)
        words = door(content, WRONG_NAMES.get(what, "文件.xlsx"))
    took = time.monotonic() - began
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) // 1024
    assert took < WITHIN_S, f"{what}: {took:.1f} s"
    assert grown <= MOST_MB, f"{what}: {grown} MB"
    assert dialled == []
    assert "root:" not in words, "a file of the server came back"
    return words


REASONS = ("损坏", "宏", "不允许", "解压", "离开", "链接", "密码", "为空", "空的", "工作簿", "模板", "行", "列", "MB", "zip",
           "题干", "表头", "大", "读", "TOML", "course.toml", "文件", "题目")  # fmt: skip


@pytest.mark.parametrize("what", [*hostile.ARCHIVES, *hostile.PLAIN])
@pytest.mark.parametrize("place", ["bank_door", "roster_door", "staff_door", "course_door", "contest_door"])
def test_i01_a_hostile_file_is_refused_with_a_reason(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, place: str, what: str
) -> None:
    words = try_door(request.getfixturevalue(place), what, made(what), monkeypatch)
    told = words[words.find("<main") :]
    assert any(reason in told for reason in REASONS), told[:2000]


_made: dict[str, bytes] = {}


def made(what: str) -> bytes:
    """Each file is made once: a bomb takes its time to pack."""
    if what not in _made:
        _made[what] = {**hostile.ARCHIVES, **hostile.PLAIN}[what]()
    return _made[what]


def test_i01_nothing_slips_out_of_its_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """After all doors were tried: the file that a zip wanted to write is nowhere."""
    assert not Path("/tmp/jiangsai-slipped").exists()
    assert not list(tmp_path_factory.getbasetemp().rglob("jiangsai-slipped"))


@pytest.mark.parametrize("what", ["SVG", "PHP", "program", "picture bomb", "PDF", "nothing"])
def test_i01_pictures_of_lessons_are_pictures(client: FlaskClient, session: Session, what: str) -> None:
    """A picture is what its bytes say, not its name; nothing refused is kept."""
    sign_in(client, make_staff(Role.ORGANISER))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("course.toml", COURSE)
        archive.writestr("texts/see.md", "# 看\n\n![图](media/shop.png)\n")
        archive.writestr("media/shop.png", made(what))
    before = session.scalar(select(func.count()).select_from(StoredFile))
    answer = client.post(
        "/staff/courses/upload",
        data={"file": (io.BytesIO(held.getvalue()), "课程.zip")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "shop.png" in answer.text
    assert session.scalar(select(func.count()).select_from(StoredFile)) == before
