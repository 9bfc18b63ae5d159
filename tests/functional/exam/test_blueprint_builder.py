"""Issue 5, point 7: building a blueprint: at once against the bank, kept as a draft, simulated, published."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests.factories import make_account, make_organisation, make_staff, sign_in
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.banks import service as banks
from webapp.contests import queries as contest_queries
from webapp.contests import service as contests
from webapp.contests.models import Contest, Event
from webapp.contests.rules.reanchor import Anchor, reanchor
from webapp.core import clock
from webapp.core.db import keys_scope
from webapp.core.transaction import transaction
from webapp.exam import jobs
from webapp.exam.models import BlueprintDraft, Exam
from webapp.exam.service.opening import open_for_stage

ROOT = Path(__file__).resolve().parents[3]
Fields = dict[str, Any]


class Form(HTMLParser):
    """What a browser would send for the builder's form as it is shown, without any button."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: Fields = {}
        self._inside, self._select = False, ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form" and given.get("id") == "builder-form":
            self._inside = True
        if not self._inside:
            return
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.fields[self._select] = value
        elif tag == "input" and given.get("type") == "checkbox":
            if "checked" in given:
                self.fields.setdefault(name, []).append(value)
        elif tag == "input":
            self.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False


def load_for(plan: dict[str, Anchor]) -> None:
    """The shipped contest with its events where the plan says; others take registrations now."""
    shipped = (ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8")
    contests.load_contest(
        reanchor(shipped, plan, clock.now().astimezone(clock.SHANGHAI).date()), because="test"
    )


@pytest.fixture
def jilin(session: Session) -> Contest:
    """The shipped contest weeks before its exams, with the bank of its first events and one other in force."""
    load_for({})
    session.commit()
    setter, reviewer = make_account().id, make_account().id
    with keys_scope(), transaction():
        for name in ("electrical_safety", "work_safety"):
            banks.import_shipped(ROOT / "question_banks" / name, setter, reviewer)
    return session.scalars(select(Contest).where(Contest.code == "jilin-5")).one()


@pytest.fixture
def event(session: Session, jilin: Contest) -> Event:
    return session.scalars(select(Event).where(Event.contest_id == jilin.id).order_by(Event.id)).first()  # type: ignore[return-value]  # the file has events


def address(event: Event) -> str:
    return f"/staff/exams/blueprints/{event.id}/edit"


def shown(client: FlaskClient, event: Event) -> Fields:
    page = client.get(address(event))
    assert page.status_code == 200
    return Form(page.text).fields


def test_the_form_shows_what_the_contest_file_says(client: FlaskClient, event: Event) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    page = client.get(address(event)).text
    assert "这是竞赛文件现在的内容" in page
    assert "没有不同" in page
    assert "可以组卷" in page
    fields = Form(page).fields
    assert fields["version"] == "0"
    assert fields["sections-0-question_type"] in {"single", "true_false"}
    assert f'href="{address(event)}"' in client.get(f"/staff/exams/blueprints/{event.id}").text
    client.set_cookie("language", "en")
    assert "Against the bank" in client.get(address(event)).text


def test_the_check_tells_each_cell_at_once(
    client: FlaskClient, event: Event, count_queries: list[str]
) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    fields = shown(client, event) | {"sections-0-cells-0-count": "490"}
    htmx = {"HX-Request": "true"}
    count_queries.clear()
    part = client.post(address(event) + "/check", data=fields, headers=htmx)
    assert part.status_code == 200
    assert len(count_queries) <= 16
    assert "<html" not in part.text
    asked = re.search(r"要 490 题，题库有 (\d+) 题\s*<span class=\"tag tag--danger\">缺 (\d+)", part.text)
    assert asked is not None, part.text
    assert int(asked[1]) + int(asked[2]) >= 490
    assert "组不成试卷" in part.text
    beside = re.search(r'id="sections-0-cells-0-told" hx-swap-oob="true">(.*?)</p>', part.text, re.DOTALL)
    assert beside is not None
    assert "要 490 题" in beside[1]
    assert "hx-swap-oob" not in client.post(address(event) + "/check", data=fields).text
    good = client.post(address(event) + "/check", data=shown(client, event), headers=htmx).text
    assert "可以组卷" in good
    assert "两份试卷平均相同" in good or "两份试卷" in good
    assert re.search(r"预期得分率.*?\d+\.\d %", good, re.DOTALL)
    wrong = client.post(address(event) + "/check", data=fields | {"minutes": "much"}, headers=htmx).text
    assert "还要改正" in wrong
    assert 'href="#minutes"' in wrong


def test_buttons_change_rows_and_keep_what_was_typed(client: FlaskClient, event: Event) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    fields = shown(client, event) | {"minutes": "77"}
    first, second = fields["sections-0-title_zh"], fields["sections-1-title_zh"]
    page = client.post(address(event), data=fields | {"action": "add-cell-0"})
    assert page.status_code == 200
    more = Form(page.text).fields
    assert more["minutes"] == "77"
    assert more["sections-0-cells-1-count"] == "1"
    part = client.post(
        address(event), data=more | {"action": "down-section-0"}, headers={"HX-Request": "true"}
    )
    assert "<html" not in part.text
    moved = Form(part.text).fields
    assert (moved["sections-0-title_zh"], moved["sections-1-title_zh"]) == (second, first)
    assert moved["sections-1-cells-1-count"] == "1"
    less = Form(client.post(address(event), data=moved | {"action": "remove-section-1"}).text).fields
    assert first not in {value for name, value in less.items() if name.endswith("title_zh")}
    added = Form(client.post(address(event), data=less | {"action": "add-section"}).text).fields
    assert "part-1" in added.values()


def test_a_draft_is_kept_and_simulated(
    client: FlaskClient, session: Session, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, make_staff(Role.HOST))
    fields = shown(client, event) | {"minutes": "88", "action": "save"}
    assert client.post(address(event), data=fields).status_code == 303
    page = client.get(address(event)).text
    assert "这是草稿" in page
    assert Form(page).fields["minutes"] == "88"
    assert "模拟 10,000 份试卷" in page
    assert 'value="publish"' not in page
    assert client.post(address(event), data=Form(page).fields | {"action": "publish"}).status_code == 403
    before = contest_queries.definition_text("jilin-5")
    assert client.post(address(event) + "/simulation").status_code == 303
    waiting = client.get(address(event) + "/simulation", headers={"HX-Request": "true"}).text
    assert "<progress" in waiting
    assert f'hx-get="{address(event)}/simulation"' in waiting
    monkeypatch.setattr(jobs, "PAPERS", 200)
    assert jobs.simulate_papers(event.id, is_draft=True) == 200
    page = client.get(address(event)).text
    assert "依据 200 份" in page
    assert "请重新模拟" not in page
    assert "请重新模拟" in client.get(f"/staff/exams/blueprints/{event.id}").text
    assert contest_queries.definition_text("jilin-5") == before
    discarded = client.post(address(event), data=Form(page).fields | {"action": "discard"})
    assert discarded.status_code == 303
    assert session.scalars(select(BlueprintDraft)).all() == []
    assert jobs.simulate_papers(event.id, is_draft=True) == 0
    assert client.post(address(event) + "/simulation").status_code == 404


def test_a_draft_with_holes_is_kept_but_neither_published_nor_simulated(
    client: FlaskClient, session: Session, event: Event
) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    fields = shown(client, event)
    too_much = fields | {"sections-0-cells-0-count": "500", "action": "publish"}
    refused = client.post(address(event), data=too_much)
    assert refused.status_code == 422
    assert "还不能发布" in refused.text
    assert Form(refused.text).fields["sections-0-cells-0-count"] == "500"
    untitled = fields | {"sections-1-title_zh": "", "sections-0-mark": "x"}
    refused = client.post(address(event), data=untitled | {"action": "publish"})
    assert refused.status_code == 422
    assert 'href="#sections-1-title_zh"' in refused.text
    assert 'id="sections-0-mark-error"' in refused.text
    assert client.post(address(event), data=untitled | {"action": "save"}).status_code == 303
    assert session.scalars(select(BlueprintDraft)).one().version == 1
    assert Form(client.get(address(event)).text).fields["sections-0-mark"] == "x"
    assert client.post(address(event) + "/simulation").status_code == 422


def test_publishing_writes_this_events_exam_alone(
    client: FlaskClient, session: Session, jilin: Contest, event: Event
) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    before = contest_queries.definition_text("jilin-5")
    saved = shown(client, event) | {"minutes": "99", "action": "save"}
    client.post(address(event), data=saved)
    fields = shown(client, event)
    assert client.post(address(event), data=fields | {"action": "publish"}).status_code == 303
    session.expire_all()
    after = contest_queries.definition_text("jilin-5")
    assert [line for line in before.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]
    rules = contest_queries.rules_of(jilin.id)
    for other in rules.events:
        stage = rules.profile_of(other).stages[0]
        exam = rules.blueprint(other, stage)
        if exam is not None:
            assert (exam.duration_s == 99 * 60) == (other.code == event.code)
    assert session.scalars(select(BlueprintDraft)).all() == []
    row = session.scalars(select(AuditRow).where(AuditRow.action == "blueprint.publish")).one()
    assert any("99" in change for change in row.facts["changes"])
    assert "竞赛文件里已经是这样了" in client.post(
        address(event), data=shown(client, event) | {"action": "publish"}
    ).text  # fmt: skip


def test_rules_in_use_ask_for_a_reason(client: FlaskClient, session: Session, event: Event) -> None:
    load_for({event.code: Anchor.EXAM_OPEN})
    session.commit()
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    fields = shown(client, event) | {"minutes": "95", "action": "publish"}
    refused = client.post(address(event), data=fields)
    assert refused.status_code == 409
    assert 'name="because"' in refused.text
    assert Form(refused.text).fields["minutes"] == "95"
    because = {"because": "场地只开放到中午"}
    assert client.post(address(event), data=fields | because).status_code == 303
    row = session.scalars(select(AuditRow).where(AuditRow.action == "blueprint.publish")).one()
    assert row.why == "场地只开放到中午"


def test_a_contest_that_has_begun_waits_for_a_second_person(
    client: FlaskClient, session: Session, event: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_for({event.code: Anchor.EXAM_OPEN})
    session.commit()
    monkeypatch.setitem(client.application.config, "TWO_PERSON", True)
    first, second = make_staff(Role.ADMINISTRATOR), make_staff(Role.ADMINISTRATOR)
    sign_in(client, first)
    before = contest_queries.definition_text("jilin-5")
    fields = shown(client, event) | {"minutes": "95", "action": "publish"}
    silent = client.post(address(event), data=fields)
    assert silent.status_code == 422
    assert 'name="because"' in silent.text
    done = client.post(address(event), data=fields | {"because": "场地只开放到中午"})
    assert done.status_code == 303
    assert "/staff/contests/proposals/" in done.location
    assert contest_queries.definition_text("jilin-5") == before
    page = client.get(address(event))
    assert done.location in page.text
    assert Form(page.text).fields["minutes"] == "95", "the draft stays until the second person has decided"
    assert client.post(done.location, data={"decision": "apply"}).status_code == 403
    more = Form(page.text).fields | {"minutes": "96", "action": "publish", "because": "再改"}
    assert client.post(address(event), data=more).status_code == 409
    sign_in(client, second)
    assert "duration_min" in client.get(done.location).text
    assert client.post(done.location, data={"decision": "apply"}).status_code == 303
    assert contest_queries.definition_text("jilin-5") != before
    assert session.scalars(select(BlueprintDraft)).all() == [], "it is what the file says now"
    assert Form(client.get(address(event)).text).fields["minutes"] == "95"


def test_an_exam_that_was_prepared_is_left_alone(client: FlaskClient, event: Event) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    fields = shown(client, event) | {"minutes": "95", "action": "publish"}
    stage = contest_queries.stages_of_event(event.id)[0]
    with transaction():
        open_for_stage(stage.stage_id, clock.now())
    before = contest_queries.definition_text("jilin-5")
    refused = client.post(address(event), data=fields | {"because": "later"})
    assert refused.status_code == 409
    assert "组卷方案已冻结" in refused.text
    assert 'value="publish"' not in client.get(address(event)).text
    assert contest_queries.definition_text("jilin-5") == before


def test_the_exam_is_opened_from_the_published_blueprint(
    client: FlaskClient, session: Session, event: Event
) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    fields = shown(client, event) | {"minutes": "93", "action": "publish"}
    assert client.post(address(event), data=fields).status_code == 303
    stage = contest_queries.stages_of_event(event.id)[0]
    with transaction():
        exam_id = open_for_stage(stage.stage_id, clock.now())
    assert session.get_one(Exam, exam_id).duration_s == 93 * 60


def test_two_people_do_not_overwrite_each_other(client: FlaskClient, session: Session, event: Event) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    mine = shown(client, event) | {"minutes": "61", "action": "save"}
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    theirs = shown(client, event) | {"minutes": "62", "action": "save"}
    assert client.post(address(event), data=theirs).status_code == 303
    refused = client.post(address(event), data=mine)
    assert refused.status_code == 409
    kept = Form(refused.text).fields
    assert kept["minutes"] == "61"
    assert "时长（分钟）：61 → 62" in refused.text
    assert session.scalars(select(BlueprintDraft)).one().form["minutes"] == "62"
    for action in ("publish", "discard"):
        again = client.post(address(event), data=mine | {"action": action})
        assert again.status_code == 409
    assert client.post(address(event), data=kept | {"action": "save"}).status_code == 303
    session.expire_all()
    assert session.scalars(select(BlueprintDraft)).one().form["minutes"] == "61"


def test_banks_that_cannot_serve_are_named(client: FlaskClient, session: Session, event: Event) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    fields = shown(client, event)
    code = fields["bank"]
    check = address(event) + "/check"
    assert "请在列表里选一个题库" in client.post(check, data=fields | {"bank": "nowhere"}).text
    essay = {"sections-0-question_type": "essay", "sections-0-marking_rule": "all_or_nothing"}
    assert "没有写明怎样评阅" in client.post(check, data=fields | essay).text
    session.execute(text("UPDATE banks SET is_sealed = true WHERE code = :code"), {"code": code})
    session.commit()
    assert "这是密封题库" in client.post(check, data=fields).text
    session.execute(text("UPDATE banks SET approved_version_id = NULL WHERE code = :code"), {"code": code})
    session.commit()
    said = client.post(check, data=fields).text
    assert "还没有审定的版本" in said
    assert (
        client.post(address(event), data=fields | {"minutes": "70", "action": "publish"}).status_code == 422
    )


@pytest.fixture
def foreign_bank(session: Session) -> None:
    session.execute(text("INSERT INTO banks (code, title) VALUES ('foreign', '{\"zh\": \"外单位题库\"}')"))
    session.commit()


@pytest.mark.usefixtures("foreign_bank")
def test_the_builder_keeps_to_its_scope(
    client: FlaskClient, session: Session, jilin: Contest, event: Event
) -> None:
    everybody: tuple[tuple[Callable[[], Any], int, bool], ...] = (
        (make_account, 403, False),
        (lambda: make_staff(Role.SUPERVISOR, jilin), 403, False),
        (lambda: make_staff(Role.HOST, make_organisation()), 404, False),
        (lambda: make_staff(Role.HOST, event), 200, False),
        (lambda: make_staff(Role.HOST, jilin), 200, False),
        (lambda: make_staff(Role.ADMINISTRATOR, jilin), 200, True),
    )
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    fields = shown(client, event)
    for make, status, sees_all in everybody:
        sign_in(client, make())
        page = client.get(address(event))
        assert page.status_code == status
        assert ("外单位题库" in page.text) == sees_all
        assert client.post(address(event) + "/check", data=fields).status_code == status
        assert client.post(address(event), data=fields | {"action": "check"}).status_code == status
        assert client.post(address(event) + "/simulation").status_code == (404 if status == 200 else status)
    assert client.get("/staff/exams/blueprints/999999/edit").status_code == 404
