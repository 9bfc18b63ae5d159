"""Grassroots selection: units select outside, and their list goes through re-check, notice and objections like any other."""

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_participation, make_person, make_staff, sign_in
from tests.functional.stages.pages import page, post
from tests.functional.stages.test_places import states, told
from tests.integration.exam.exams import make_exam
from tests.integration.stages.stand import later
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.audit.models import AuditRow
from webapp.contests import service as contest_service
from webapp.contests.models import Event, Stage
from webapp.core import clock
from webapp.core.db import db
from webapp.exam.service import hot
from webapp.exam.service.papers import paper_for
from webapp.notifications.models import Notice
from webapp.organisations.models import Organisation
from webapp.registration.models import Entry, Participation
from webapp.stages.models import StageAdmission, StageList, StageObjection
from webapp.stages.queries import notices
from webapp.stages.queries.admissions import entries_of

TONGLIAO = Path(__file__).resolve().parents[3] / "webapp/contests/definitions/tongliao-2025.toml"
OPEN = 'quota = "undecided"\nnotice_working_days = "undecided"\nclose_after_days = "undecided"'
DECIDED = "notice_working_days = 5\nclose_after_days = 30"
NAMES = ("包青云", "白玉", "陈海", "丁一帆", "额尔敦", "傅山")


@dataclass(frozen=True)
class Selection:
    """A trade whose county preliminary is held outside. selection, preliminary, final: ids of its stages."""

    people: tuple[Participation, ...]
    selection: int
    preliminary: int
    final: int

    def lines(self, *wanted: int, by: str = "") -> dict[str, object]:
        """A workbook with these people."""
        return workbook(*((self.people[at].number, NAMES[at], by) for at in wanted))

    def entry(self, session: Session, at: int) -> int:
        found = session.scalar(select(Entry.id).where(Entry.participation_id == self.people[at].id))
        assert found is not None
        return found


def make_selection(
    session: Session, first: str, second: str, units: Sequence[Organisation | None] = (None,) * len(NAMES)
) -> Selection:
    """The aluminium trade of Tongliao with six contestants of these units, its final in four months, and these rules of the
    two lists before it."""
    text = TONGLIAO.read_text(encoding="utf-8")
    opens: datetime = clock.now().astimezone(clock.SHANGHAI) + timedelta(days=130)
    old = 'windows = {final = ["2025-06-01", "2025-06-30"]}'
    assert old in text
    new = f'windows = {{final = ["{opens.date()}", "{(opens + timedelta(days=3)).date()}"]}}'
    minimum = 'rule = "final-minimum"\nforce = "hard"\nvalue = 30'
    assert minimum in text
    few = text.replace(old, new, 1).replace(minimum, minimum.replace("30", "1"))
    before, between, after = few.split(OPEN)
    contest_service.load_contest(before + first + between + second + after, because="test")
    session.commit()
    event = session.scalars(select(Event).where(Event.code == "aluminium")).one()
    stages = {one.code: one.id for one in session.scalars(select(Stage).where(Stage.event_id == event.id))}
    people = tuple(
        make_participation(event, make_person(name, unit=unit), unit_id=unit.id if unit else None)
        for name, unit in zip(NAMES, units, strict=True)
    )
    session.commit()
    return Selection(people, stages["selection"], stages["preliminary"], stages["final"])


def end(*entries: int) -> dict[str, object]:
    """A form that ends these places."""
    return {"end-entries": [str(one) for one in entries], "end-reason": "不再推荐"}


def begin(exam_id: int, participation: Participation) -> None:
    """The person starts this exam."""
    drawn = paper_for(exam_id, participation.id)
    db.session.commit()
    hot.start(drawn.attempt_id, participation.person_id, "a device", clock.now())


def workbook(*lines: tuple[str, ...]) -> dict[str, object]:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in (("选手编号", "姓名", "推荐单位"), *lines):
        sheet.append(line)
    held = io.BytesIO()
    book.save(held)
    held.seek(0)
    return {"nominations-file": (held, "名单.xlsx")}


def numbers_posted(stage_id: int) -> list[str]:
    present = notices.current(stage_id)
    assert present is not None
    return [row.number for row in present.rows]


def test_whoever_is_nominated_outside_is_posted_before_getting_a_place(
    client: FlaskClient,
    session: Session,
    host: Account,
    count_queries: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = make_selection(session, OPEN, DECIDED)
    staff, places = f"/staff/stages/{made.preliminary}", f"/staff/stages/{made.final}/places"
    number = [one.number for one in made.people]
    sign_in(client, host)
    assert "还没有名单" in page(client, "/staff/stages")
    assert staff in page(client, places), "the places lead to the list that has to be brought in"
    assert client.post(f"{places}/open").status_code == 409
    assert len(entries_of(made.final)) == len(NAMES), "until somebody is named everybody is in"

    # Every wrong line is named, and nobody is put on the list.
    wrong = workbook((number[0], "包青云", "霍林郭勒市"), (number[1], "白云", ""), ("X999", "陈海", ""))
    html = post(client, f"{staff}/nominations", 422, **wrong)
    assert "姓名与编号不符" in html
    assert "没有这个编号" in html
    assert "选手编号" in post(
        client, f"{staff}/nominations", 422, **{"nominations-file": (io.BytesIO(b"?"), "a.xlsx")}
    )
    assert session.scalar(select(func.count()).select_from(StageList)) == 0

    # Two are named and looked at; another workbook adds a third, who has to be looked at too.
    post(client, f"{staff}/nominations", **made.lines(0, by="霍林郭勒市"))
    page(client, staff)
    count_queries.clear()
    page(client, staff)
    with_one = len(count_queries)
    post(client, f"{staff}/nominations", **made.lines(0, 1, by="开鲁县"))
    assert "已在名单上" in client.post(f"{staff}/nominations", data=made.lines(0), follow_redirects=True).text
    count_queries.clear()
    html = page(client, staff)
    assert len(count_queries) == with_one, "statements do not grow with the people"
    assert "霍林郭勒市" in html
    assert "综合成绩" not in html
    assert "第二次计算" not in html
    second = made.entry(session, 1)
    post(client, f"{staff}/decide", entries=str(second), decision="ineligible", reason="不是一线职工")
    post(client, f"{staff}/decide", everyone="y", decision="eligible")
    post(client, f"{staff}/close-recheck")
    assert "发布公示" in page(client, staff)
    post(client, f"{staff}/nominations", **made.lines(2, by="库伦旗"))
    assert client.post(f"{staff}/post").status_code == 409, "the third is not decided yet"
    post(client, f"{staff}/decide", everyone="y", decision="eligible")
    post(client, f"{staff}/close-recheck")
    assert client.post(f"{staff}/regrade").status_code == 409, "there is nothing to compute"
    assert client.get(f"{staff}/preview").status_code == 200
    assert states(session, made.final) == {}, "nobody has a place before the notice has ended"
    assert entries_of(made.final) == [], "and nobody competes without one any more"

    taken = client.post(f"{staff}/export", data={"export-reason": "报会议审定"})
    sheet = openpyxl.load_workbook(io.BytesIO(taken.data)).worksheets[0]
    cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {"推荐单位", "霍林郭勒市", "库伦旗"} <= cells

    # The public reads who was nominated and by whom, and may check the digest.
    post(client, f"{staff}/post")
    assert numbers_posted(made.preliminary) == [number[0], number[2]]
    assert "you are nominated" in told(session, made.people[2].person_id)
    assert "took you off the list" in told(session, made.people[1].person_id)
    public = "/notices/tongliao-2025/aluminium/preliminary"
    client.get("/sign-out")
    response = client.get(public)
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "库伦旗" in response.text
    assert "综合成绩" not in response.text
    present = notices.current(made.preliminary)
    assert present is not None
    kept = client.get(f"{public}/1.json").data
    assert hashlib.sha256(kept).hexdigest() == present.digest
    assert client.get(f"{public}/1.pdf").mimetype == "application/pdf"
    assert "通辽" in page(client, "/notices")
    assert client.get("/boards/tongliao-2025/aluminium/preliminary").status_code in {200, 404}

    # An objection is right: somebody else answers it, and the amended notice shows its effect.
    form = {"number": number[0], "words": "此人是管理人员。", "name": "周正", "phone": "13900001111"}
    assert client.post(f"{public}/object", data=form).status_code == 303
    one = session.scalars(select(StageObjection)).one()
    sign_in(client, host)
    assert client.post(f"{staff}/finalise").status_code == 409
    own = client.post(f"{staff}/objections/{one.id}", data={"answer": "已核实。"})
    assert own.status_code == 403, "the host decided about this contestant"
    other = make_staff(Role.HOST, name="温如言")
    sign_in(client, other)
    answer = {"answer": "异议成立。", "published_answer": "经核实，异议成立。", "changes_list": "y"}
    post(client, f"{staff}/objections/{one.id}", **answer)
    first = made.entry(session, 0)
    post(client, f"{staff}/decide", entries=str(first), decision="ineligible", reason="经查系管理人员")
    post(client, f"{staff}/amend", **{"amend-reason": "异议成立"})
    assert numbers_posted(made.preliminary) == [number[2]]
    assert "第2版" in page(client, staff).replace(" ", "")

    # Final, and only then places.
    assert client.post(f"{staff}/finalise").status_code == 409, "the notice still runs"
    later(monkeypatch, timedelta(days=20))
    sign_in(client, host)
    post(client, f"{staff}/finalise")
    assert places in page(client, staff)
    post(client, f"{places}/open")
    third = made.entry(session, 2)
    assert states(session, made.final) == {third: "admitted"}
    assert session.scalars(select(StageAdmission.origin)).one() == "nomination"
    assert "You have a place" in told(session, made.people[2].person_id)
    assert client.post(f"{places}/open").status_code == 409

    # A county names more people late: with a reason, through the whole way, for those alone.
    assert "请填写这一项" in post(client, f"{staff}/nominations", 422, **made.lines(3))
    reason = {"nominations-reason": "科左中旗补报"}
    post(client, f"{staff}/nominations", **made.lines(3, 4, by="科左中旗"), **reason)
    assert client.post(f"{places}/open").status_code == 409, "the further list is not final"
    post(client, f"{staff}/decide", everyone="y", decision="eligible")
    post(client, f"{staff}/close-recheck")
    post(client, f"{staff}/post")
    assert numbers_posted(made.preliminary) == [number[2], number[3], number[4]], (
        "decisions were carried over"
    )
    later(monkeypatch, timedelta(days=40))
    sign_in(client, host)
    post(client, f"{staff}/finalise")
    html = page(client, places)
    assert "还有2人没有名额" in html
    post(client, f"{places}/open")
    assert len(states(session, made.final)) == 3
    heard = select(func.count()).where(
        Notice.person_id == made.people[2].person_id, Notice.text.contains("is final")
    )
    assert session.scalar(heard) == 1, "whoever knew it already is not told again"
    kept_lists = session.scalars(select(StageList).order_by(StageList.number)).all()
    assert [(row.state, row.source) for row in kept_lists] == [
        ("superseded", "nominations"), ("final", "nominations"),
    ]  # fmt: skip

    # A third list no longer names two of them: the host ends the place of whoever has not begun the exam.
    post(client, f"{staff}/nominations", **made.lines(5, by="奈曼旗"), **{"nominations-reason": "奈曼旗补报"})
    fourth = made.entry(session, 3)
    for entry in (third, fourth):
        post(client, f"{staff}/decide", entries=str(entry), decision="ineligible", reason="已调离本市")
    assert "最终名单已不再包含" not in page(client, places), "the further list is not final yet"
    post(client, f"{staff}/decide", everyone="y", decision="eligible")
    post(client, f"{staff}/close-recheck")
    post(client, f"{staff}/post")
    exam_id = make_exam(session.get_one(Stage, made.final))
    begin(exam_id, made.people[3])
    later(monkeypatch, timedelta(days=20))
    sign_in(client, host)
    assert client.post(f"{places}/end", data=end(third)).status_code == 409, "the list is not final"
    post(client, f"{staff}/finalise")
    html = page(client, places)
    assert "已调离本市" in html
    assert "名额保留" in html, "whoever has begun stays"
    assert f'value="{third}"' in html
    assert f'value="{fourth}"' not in html
    assert states(session, made.final)[third] == "admitted", "nothing happens by itself"
    assert "请至少选择" in post(client, f"{places}/end", 422, **{"end-reason": "不再推荐"})
    assert "请填写这一项" in post(client, f"{places}/end", 422, **{"end-entries": str(third)})
    for other_entry in (fourth, made.entry(session, 4)):
        assert client.post(f"{places}/end", data=end(third, other_entry)).status_code == 409
    post(client, f"{places}/end", **end(third))
    assert states(session, made.final)[third] == "ended"
    assert fourth in entries_of(made.final)
    assert third not in entries_of(made.final)
    assert "has ended" in told(session, made.people[2].person_id)
    note = {"note-number": number[2], "note-comes": "yes"}
    assert client.post(f"{places}/note", data=note).status_code == 409
    post(client, f"{places}/open")
    assert states(session, made.final)[third] == "ended", "who is named gets a place, nobody else"
    assert len(entries_of(made.final)) == 3
    sign_in(client, make_account(session.get_one(Person, made.people[2].person_id)))
    html = page(client, f"/my/places/{made.final}")
    assert "不再推荐" in html
    assert 'name="comes"' not in html

    # Named once more by a further list with nobody new, the person has a place again.
    sign_in(client, host)
    post(client, f"{staff}/nominations/follow", 422)
    post(client, f"{staff}/nominations/follow", **{"follow-reason": "除名有误"})
    assert client.post(f"{staff}/nominations/follow", data={"follow-reason": "除名有误"}).status_code == 409
    post(client, f"{staff}/decide", entries=str(third), decision="eligible")
    post(client, f"{staff}/close-recheck")
    post(client, f"{staff}/post")
    later(monkeypatch, timedelta(days=20))
    sign_in(client, host)
    post(client, f"{staff}/finalise")
    post(client, f"{places}/open")
    assert states(session, made.final)[third] == "admitted"
    assert len(entries_of(made.final)) == 4
    later(monkeypatch, timedelta(days=80))
    client.get("/sign-out")
    html = page(client, public)
    assert "本公示已关闭" in html
    assert number[2] not in html
    actions = set(session.scalars(select(AuditRow.action)))
    assert {"list.nominate", "list.post", "list.amend", "list.final", "stage.open", "place.ended"} <= actions


def test_rules_of_the_file_hold_for_lists_from_outside(
    client: FlaskClient, session: Session, host: Account, run_jobs: Callable[[], int]
) -> None:
    """How many may go on, how long the notice runs, and that only who competed in a stage goes on from it."""
    made = make_selection(session, f"quota = 2\n{DECIDED}", DECIDED)
    sign_in(client, host)
    first, second = f"/staff/stages/{made.selection}", f"/staff/stages/{made.preliminary}"
    assert "规则只允许2人" in post(client, f"{first}/nominations", 422, **made.lines(0, 1, 2))
    post(client, f"{first}/nominations", **made.lines(0, 1))
    post(client, f"{first}/drop", **{"drop-reason": "名单有误"})
    post(client, f"{first}/nominations", **made.lines(1, 2))
    client.application.config["TWO_PERSON"] = True
    try:
        post(client, f"{first}/decide", everyone="y", decision="eligible")
        post(client, f"{first}/close-recheck")
        post(client, f"{first}/post")
        assert notices.current(made.selection) is None, "a second person has to agree"
        assert client.post(f"{first}/nominations", data=made.lines(3)).status_code == 409
    finally:
        client.application.config["TWO_PERSON"] = False
    session.add(
        StageAdmission(
            stage_id=made.preliminary, entry_id=made.entry(session, 1), origin="nomination", state="admitted",
            position=1, created_at=clock.now(),
        )
    )  # fmt: skip
    session.commit()
    html = post(client, f"{second}/nominations", 422, **made.lines(1, 2))
    assert "没有本阶段的名额" in html
    assert made.people[2].number in html


def test_nothing_is_brought_in_before_the_file_says_how_long_the_notice_runs(
    client: FlaskClient, session: Session, host: Account
) -> None:
    made = make_selection(session, OPEN, OPEN)
    staff = f"/staff/stages/{made.preliminary}"
    sign_in(client, host)
    html = page(client, staff)
    assert "主办单位尚未确定" in html
    assert 'name="nominations-file"' not in html
    assert client.post(f"{staff}/nominations", data=made.lines(0)).status_code == 409
    assert client.post(f"/staff/stages/{made.final}/nominations", data=made.lines(0)).status_code == 409
