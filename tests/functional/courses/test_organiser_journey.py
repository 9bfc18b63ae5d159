"""An organiser makes a course of every kind of lesson, publishes it, and changes it again."""

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import make_contest, make_event, make_staff, sign_in
from tests.integration.courses.sample import make_folder
from tests.integration.exam.exams import make_bank_version
from tests.integration.learning.stand import make_learner
from tests.unit.courses.texts import COURSE, HAZARDS, ORDER
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.banks.models import Bank
from webapp.contests.models import Event
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction
from webapp.courses import queries, service
from webapp.courses.errors import SealedQuizBank
from webapp.courses.formats.examples import EXAMPLES
from webapp.courses.rules.parse_drill import parse_drill
from webapp.learning.service.learners import Learner

AREA = "/staff/courses"
DETAILS = {"title_zh": "焊接安全", "title_en": "Safe welding", "events": "jilin-5/welding"}


@pytest.fixture
def learner(session: Session) -> Learner:
    return make_learner("welding")


@pytest.fixture
def organiser(client: FlaskClient, session: Session, learner: Learner) -> Account:
    """The organiser of welding, signed in."""
    account = make_staff(Role.ORGANISER, session.get_one(Event, learner.event_id))
    session.commit()
    sign_in(client, account)
    return account


@pytest.fixture
def bank(session: Session) -> str:
    version = make_bank_version(8)
    found = session.get_one(Bank, version.bank_id)
    found.approved_version_id = version.id
    session.commit()
    return found.code


def revision(client: FlaskClient, address: str) -> str:
    found = re.search(r'name="revision"[^>]*value="(\d+)"', client.get(address).text)
    assert found is not None
    return found.group(1)


def send(client: FlaskClient, address: str, status: int = 303, **data: Any) -> TestResponse:
    """Fill in a form: with the revision that the page shows."""
    answer = client.post(
        f"{AREA}{address}",
        data={"revision": revision(client, f"{AREA}{address}"), **data},
        content_type="multipart/form-data",
    )
    assert answer.status_code == status, answer.text
    return answer


def make_course(client: FlaskClient, **changes: str) -> None:
    answer = client.post(f"{AREA}/new", data={"code": "weld", **DETAILS, **changes})
    assert answer.status_code == 303, answer.text


def files(folder: Path) -> Mapping[str, Any]:
    return {
        "video": ((folder / "media/see.mp4").open("rb"), "录像.mp4"),
        "captions_zh": ((folder / "media/see.zh.vtt").open("rb"), "字幕.vtt"),
    }


def test_a_course_of_every_kind_is_made_published_and_learned(
    client: FlaskClient, organiser: Account, learner: Learner, bank: str, tmp_path: Path
) -> None:
    folder = make_folder(tmp_path)
    assert "还没有课程" in client.get(AREA).text
    make_course(client)
    send(client, "/weld/lessons/new/video", title_zh="看", text="**文字版**", **files(folder))
    picture = ((folder / "media/shop.png").open("rb"), "车间 图.PNG")
    send(client, "/weld/lessons/new/text", title_zh="读", text="![图](media/车间-图.png)", pictures=picture, sources="《安全生产法》\n\nGB 9448")  # fmt: skip
    send(client, "/weld/lessons/new/quiz", title_zh="测", bank=bank, topics="electric", count="3")
    drill_picture = ((folder / "media/shop.png").open("rb"), "x.png")
    send(client, "/weld/lessons/new/drill", title_zh="找", drill=HAZARDS, picture=drill_picture)
    page = client.get(f"{AREA}/weld").text
    assert re.findall(r'id="lesson-([^"]+)"', page) == ["video-1", "text-1", "quiz-1", "drill-1"]
    assert queries.courses_of_event(learner.event_id) == []
    for key, words in (
        ("video-1", "<track"),
        ("text-1", '<img src="/media/'),
        ("quiz-1", "第0题"),
        ("drill-1", "安全出口"),
    ):
        shown = client.get(f"{AREA}/weld/preview/{key}")
        assert words in shown.text, key
        assert "CANARY" not in shown.text
    send(client, "/weld/publish", note="第一版")
    (course,) = queries.courses_of_event(learner.event_id)
    assert [lesson.kind.value for lesson in course.lessons] == ["video", "text", "quiz", "drill"]
    assert queries.video_of(course.lessons[0].lesson_id).text_html == "<p><strong>文字版</strong></p>\n"
    assert course.lessons[1].sources == ("《安全生产法》", "GB 9448")
    assert queries.quiz_of(course.lessons[2].lesson_id).topics == ("electric",)
    assert "第一版" in client.get(f"{AREA}/weld/versions").text
    download = client.get(f"{AREA}/weld/versions/1.zip")
    names = zipfile.ZipFile(io.BytesIO(download.data)).namelist()
    assert set(names) == {"course.toml", "drills/drill-1.toml", "media/video-1.mp4", "media/video-1.zh.vtt", "media/车间-图.png", "media/shop.png", "texts/video-1.md", "texts/text-1.md"}  # fmt: skip


def test_lessons_move_change_and_leave(
    client: FlaskClient, organiser: Account, learner: Learner, tmp_path: Path
) -> None:
    with keys_scope(), transaction():
        service.import_shipped(make_folder(tmp_path), None)
    (before,) = queries.courses_of_event(learner.event_id)
    moved = client.post(f"{AREA}/sample-course/lessons/do/move", data={"revision": 0, "by": -1})
    assert moved.status_code == 303
    send(client, "/sample-course/lessons/read", title_zh="细读", text="改过的正文")
    send(client, "/sample-course/lessons/see/withdraw", by="0")
    send(client, "/sample-course/publish", note="调整")
    (after,) = queries.courses_of_event(learner.event_id)
    assert [(one.key, one.title.zh) for one in after.lessons] == [
        ("read", "细读"),
        ("do", "练"),
        ("ask", "测"),
    ]
    assert {one.lesson_id for one in after.lessons} < {one.lesson_id for one in before.lessons}
    client.post(f"{AREA}/sample-course/versions/1/restore")
    send(client, "/sample-course/publish", note="恢复")
    assert len(queries.courses_of_event(learner.event_id)[0].lessons) == 4


def test_a_refused_form_keeps_what_was_typed_and_says_every_line(
    client: FlaskClient, organiser: Account, tmp_path: Path, bank: str
) -> None:
    make_course(client)
    answer = client.post(f"{AREA}/new", data={"code": "Not A Code", "title_zh": "留住", "title_en": "x" * 90})
    assert answer.status_code == 422
    assert 'value="留住"' in answer.text
    broken = ORDER.replace('key = "lock"', 'key = "stop"').replace(
        'kind = "order"', 'kind = "order"\ncolour = 1'
    )
    refused = send(client, "/weld/lessons/new/drill", 422, title_zh="演练", drill=broken)
    assert "colour" in refused.text
    assert len(re.findall(r'<td[^>]*class="num">\d+</td>', refused.text)) == 2
    assert "CANARY-REASON" in refused.text  # the text that was typed stands in the form
    assert 'value="演练"' in refused.text
    video = {"video": (io.BytesIO(b"no video"), "a.mp4"), "captions_zh": (io.BytesIO(b"x"), "a.vtt")}
    assert "drills" not in send(client, "/weld/lessons/new/video", 422, title_zh="看", **video).text
    assert send(client, "/weld/lessons/new/video", 422, title_zh="看").text.count('class="field__error"') == 2
    few = send(client, "/weld/lessons/new/quiz", 422, title_zh="测", bank=bank, topics="electric", count="9")
    assert "只有 8 道题" in few.text
    missing = send(client, "/weld/lessons/new/text", 422, title_zh="读", text="![图](media/none.png)")
    assert "media/none.png" in missing.text
    empty = send(client, "/weld/publish", 409, note="空")
    assert "还没有课的课程不能发布" in empty.text


def test_the_text_and_the_questions_are_shown_before_saving(
    client: FlaskClient, organiser: Account, bank: str
) -> None:
    make_course(client)
    htmx = {"HX-Request": "true"}
    address = f"{AREA}/weld/lessons/new/text"
    look = {"look": "1", "title_zh": "读", "text": "# 题\n\n<script>alert(1)</script>", "revision": "1"}
    part = client.post(address, data=look, headers=htmx)
    assert part.status_code == 200
    assert "<h2>题</h2>" in part.text
    assert "<script" not in part.text
    assert "<form" not in part.text
    whole = client.post(address, data=look)
    assert "<h2>题</h2>" in whole.text
    assert 'value="读"' in whole.text
    asked = {"look": "1", "bank": bank, "count": "5", "revision": "1"}
    questions = client.post(f"{AREA}/weld/lessons/new/quiz", data=asked, headers=htmx).text
    assert "每轮从 8 道题中抽取" in questions
    assert 'value="electric"' in questions
    assert queries.working_copy(queries.course_head("weld").course_id).course.lessons == ()


def test_two_organisers_at_once_lose_nothing(client: FlaskClient, organiser: Account) -> None:
    make_course(client)
    stale = {"revision": "1", "title_zh": "读", "text": "甲"}
    assert client.post(f"{AREA}/weld/lessons/new/text", data=stale).status_code == 303
    answer = client.post(f"{AREA}/weld/lessons/new/text", data={**stale, "title_zh": "读二", "text": "乙"})
    assert answer.status_code == 409
    assert 'value="读二"' in answer.text
    assert re.search(r'name="revision"[^>]*value="2"', answer.text)
    assert len(queries.working_copy(queries.course_head("weld").course_id).course.lessons) == 1


def test_a_zip_becomes_a_draft_and_its_faults_are_listed(
    client: FlaskClient, organiser: Account, tmp_path: Path
) -> None:
    folder = make_folder(tmp_path)

    def zipped() -> io.BytesIO:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.write(path, Path("课程") / path.relative_to(folder))
        held.seek(0)
        return held

    def upload() -> TestResponse:
        return client.post(
            f"{AREA}/upload", data={"file": (zipped(), "课程.zip")}, content_type="multipart/form-data"
        )

    (folder / "texts/read.md").unlink()
    refused = upload()
    assert refused.status_code == 422
    assert "texts/read.md" in refused.text
    (folder / "texts/read.md").write_text("正文", encoding="utf-8")
    assert upload().status_code == 303
    assert "有未发布的修改" in client.get(AREA).text
    foreign = COURSE.replace('events = ["welding"]', 'events = ["welding", "electrician"]')
    (folder / "course.toml").write_text(foreign, encoding="utf-8")
    answer = upload()
    assert answer.status_code == 422
    assert "jilin-5/electrician" in answer.text
    assert queries.course_head("sample-course").event_ids == {queries.places_of(queries.audience_of(["jilin-5/welding"]), queries.places())[0].event_id}  # fmt: skip


def test_a_foreign_organiser_finds_nothing(
    client: FlaskClient, session: Session, organiser: Account, learner: Learner
) -> None:
    make_course(client)
    stranger = make_staff(Role.ORGANISER, make_event(make_contest()))
    session.commit()
    sign_in(client, stranger)
    assert "焊接安全" not in client.get(AREA).text
    for path in (
        "",
        "/details",
        "/preview",
        "/versions",
        "/publish",
        "/lessons/new/text",
        "/versions/1.zip",
        "/discard",
    ):
        assert client.get(f"{AREA}/weld{path}").status_code == 404, path
    assert client.post(f"{AREA}/weld/discard").status_code == 404
    other = client.post(f"{AREA}/new", data={"code": "mine", **DETAILS})
    assert other.status_code == 422
    taken = client.post(f"{AREA}/new", data={"code": "weld", **DETAILS})
    assert taken.status_code == 422


def test_who_organises_a_part_may_look_but_not_change(
    client: FlaskClient, session: Session, organiser: Account, learner: Learner, tmp_path: Path
) -> None:
    both = COURSE.replace('events = ["welding"]', 'events = ["welding", "electrician"]')
    with keys_scope(), transaction():
        service.import_shipped(make_folder(tmp_path, both), None)
    page = client.get(f"{AREA}/sample-course")
    assert page.status_code == 200
    assert "修改由主办单位进行" in page.text
    assert client.get(f"{AREA}/sample-course/preview/do").status_code == 200
    assert client.get(f"{AREA}/sample-course/versions/1.zip").status_code == 403
    assert client.get(f"{AREA}/sample-course/lessons/do").status_code == 403
    host = make_staff(Role.HOST)
    session.commit()
    sign_in(client, host)
    assert "CANARY-REASON" in client.get(f"{AREA}/sample-course/lessons/do").text


def test_the_questions_of_a_sealed_bank_are_shown_to_nobody(
    client: FlaskClient, session: Session, organiser: Account, bank: str
) -> None:
    make_course(client)
    send(client, "/weld/lessons/new/quiz", title_zh="测", bank=bank, count="3")
    assert "第0题" in client.get(f"{AREA}/weld/preview/quiz-1").text
    session.execute(update(Bank).values(is_sealed=True))
    session.commit()
    assert "第0题" not in client.get(f"{AREA}/weld/preview/quiz-1").text
    refused = send(client, "/weld/publish", 422, note="第一版")
    assert f"{bank}" in refused.text
    assert queries.course_head("weld").published_number is None
    course_id = queries.course_head("weld").course_id
    with pytest.raises(SealedQuizBank), keys_scope(), transaction():
        service.publish_draft(course_id, 2, "x", organiser.id, lambda code: True)


def test_a_draft_put_aside_is_gone(client: FlaskClient, organiser: Account) -> None:
    make_course(client)
    assert client.post(f"{AREA}/weld/discard").status_code == 303
    assert client.get(f"{AREA}/weld").status_code == 404


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_are_right(client: FlaskClient, organiser: Account, name: str) -> None:
    assert parse_drill(EXAMPLES[name]).title.zh
    make_course(client)
    page = client.get(f"{AREA}/weld/lessons/new/drill?example={name}").text
    assert parse_drill(EXAMPLES[name]).title.zh in page


def test_only_organisers_may_send_much(
    client: FlaskClient, organiser: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_course(client)
    config = client.application.config
    monkeypatch.setitem(config, "MAX_CONTENT_LENGTH", 2000)
    # The token is looked for before the guard: what is read until then counts.
    monkeypatch.setitem(config, "WTF_CSRF_ENABLED", True)
    data = {"revision": "1", "title_zh": "读", "text": "长" * 3000}
    address = f"{AREA}/weld/lessons/new/text"
    assert client.post(address, data=data).status_code == 400
    assert client.post(f"{AREA}/weld/details", data=data).status_code == 413
    for other in (Role.SUPERVISOR, None):
        client.delete_cookie("jiangsai")
        if other:
            sign_in(client, make_staff(other))
        assert client.post(address, data=data).status_code == 413


def test_pages_ask_as_much_for_many_lessons_as_for_one(
    client: FlaskClient, organiser: Account, bank: str, count_queries: list[str]
) -> None:
    make_course(client)
    counts = []
    for _ in range(2):
        send(client, "/weld/lessons/new/quiz", title_zh="测", bank=bank, count="3")
        for path in (AREA, f"{AREA}/weld", f"{AREA}/weld/preview"):
            client.get(path)
            count_queries.clear()
            client.get(path)
            counts.append((path, len(count_queries)))
        for _ in range(3):
            send(client, "/weld/lessons/new/text", title_zh="读", text="甲")
    assert counts[:3] == counts[3:]
    assert max(count for _, count in counts) <= 14
    assert db.session.scalar(select(Event.id).limit(1))
