"""Every shipped drill through the pages, without a script: nothing is told before it was judged."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import make_account, sign_in
from tests.integration.learning.drilling import make_drills, open_learner
from tests.unit.learning.drill_runs import SHIPPED_DRILLS, perfect, secrets_of, shipped
from webapp.accounts.models import Person
from webapp.core import clock
from webapp.courses.rules.drill import Drill, OrderDrill
from webapp.learning.models import DrillRun
from webapp.learning.rules.drills import Action, Verdict, judge

by_path = pytest.mark.parametrize("path", SHIPPED_DRILLS, ids=lambda path: path.stem)


@pytest.fixture
def lessons(session: Session, client: FlaskClient, tmp_path: Path) -> dict[str, int]:
    learner = open_learner()
    account = make_account(session.scalars(select(Person).where(Person.id == learner.person_id)).one())
    session.commit()
    found = make_drills(tmp_path)
    sign_in(client, account)
    return found


class Visit:
    """A browser without scripts at one drill: it sends what the forms of the page hold."""

    def __init__(self, client: FlaskClient, session: Session, lesson_id: int) -> None:
        self.client, self.session = client, session
        self.address = f"/learning/jilin-5/welding/drill/{lesson_id}"
        self.page = client.get(self.address).get_data(as_text=True)

    def begin(self) -> str:
        assert self.client.post(f"{self.address}/begin").status_code == 303
        self.session.execute(update(DrillRun).values(started_at=clock.now() - clock.MAX_OFFSET * 120))
        self.session.commit()
        return self._look()

    def send(self, action: Action) -> str:
        hidden = dict(re.findall(r'name="(run|number)"\s+value="(\d+)"', self.page))
        given = {"finish": "1"} if action.finish else {"key": action.key, "value": action.value}
        answer = self.client.post(f"{self.address}/step", data={**hidden, **given})
        assert answer.status_code == 303
        assert answer.headers["Location"].endswith("#drill")
        return self._look()

    def _look(self) -> str:
        self.page = self.client.get(self.address).get_data(as_text=True)
        return self.page


def told_yet(past: list[Verdict]) -> set[str]:
    return {words for one in past for told in one.told for words in (told.reason.zh, told.reason.en)}


def leaked(page: str, drill: Drill, past: list[Verdict]) -> list[str]:
    """Sentences that stand in the page although nothing has told them yet."""
    return [
        words for words in secrets_of(drill) if words not in told_yet(past) and str(escape(words)) in page
    ]


@by_path
def test_a_perfect_run_tells_each_reason_only_after_its_step(
    session: Session, client: FlaskClient, lessons: dict[str, int], path: Path
) -> None:
    drill = shipped(path)
    past: list[Verdict] = []
    visit = Visit(client, session, lessons[path.stem])
    assert leaked(visit.page, drill, past) == []
    assert leaked(visit.begin(), drill, past) == []
    actions = perfect(drill)
    for action in actions:
        past.append(judge(drill, past, action))
        page = visit.send(action)
        if action is not actions[-1]:
            assert leaked(page, drill, past) == []
            assert drill.debrief.zh not in page
    assert str(escape(drill.debrief.zh)) in page
    assert all(str(escape(source)) in page for source in drill.sources)
    assert re.search(r'class="score-big">100<', page)
    assert "得到 20 分。" in page
    assert all(str(escape(words)) in page for one in past for told in one.told for words in [told.reason.zh])


@by_path
def test_what_stands_in_the_page_says_nothing_about_what_is_right(
    session: Session, client: FlaskClient, lessons: dict[str, int], path: Path
) -> None:
    drill = shipped(path)
    visit = Visit(client, session, lessons[path.stem])
    page = visit.begin()
    for word in ("is_hazard", "target", "tolerance", "extras"):
        assert word not in page.replace('hx-target="#drill"', "").replace('hx-target="', "")
    if isinstance(drill, OrderDrill):
        shown = re.findall(r'name="key"\s+value="([a-z-]+)"', page)
        assert sorted(shown) == sorted(step.key for step in (*drill.steps, *drill.extras))
        assert shown != [step.key for step in (*drill.steps, *drill.extras)]


def test_mistakes_are_said_and_the_right_step_is_shown_after_two(
    session: Session, client: FlaskClient, lessons: dict[str, int]
) -> None:
    visit = Visit(client, session, lessons["power-off"])
    visit.begin()
    page = visit.send(Action("test"))
    assert "还不到这一步" in page
    assert "正确的是" not in page
    page = visit.send(Action("signs"))
    assert "正确的是：和监护人一起核对操作票" in page
    page = visit.send(Action("load-break"))
    said = page.split('id="drill-said"')[1].split("</div>")[0]
    assert "隔离开关没有灭弧能力" in said
    assert "断开出线断路器" in said


def test_begin_again_leaves_the_run_and_its_mistakes(
    session: Session, client: FlaskClient, lessons: dict[str, int]
) -> None:
    visit = Visit(client, session, lessons["lockout"])
    visit.begin()
    page = visit.send(Action("tag-only"))
    found = re.search(r'name="instead_of" value="(\d+)"', page)
    assert found
    assert client.post(f"{visit.address}/begin", data={"instead_of": found[1]}).status_code == 303
    page = client.get(visit.address).get_data(as_text=True)
    assert "drill-said" not in page
    assert client.post(f"{visit.address}/begin", data={"instead_of": "x"}).status_code == 422


def test_a_hazard_not_seen_is_shown_in_the_picture_and_the_list(
    session: Session, client: FlaskClient, lessons: dict[str, int]
) -> None:
    visit = Visit(client, session, lessons["warehouse"])
    visit.begin()
    visit.send(Action("bicycle"))
    visit.send(Action("forklift"))
    page = visit.send(Action(finish=True))
    assert re.findall(r'<g data-mark="(\w+)">', page).count("missed") == 5
    assert 'data-mark="hazard"' in page
    assert 'data-mark="safe"' in page
    assert page.count("漏掉了") == 5
    assert "取走木楔" in page


def test_the_course_list_shows_what_is_done_and_its_points(
    session: Session, client: FlaskClient, lessons: dict[str, int]
) -> None:
    drill = shipped(next(path for path in SHIPPED_DRILLS if path.stem == "cpr"))
    visit = Visit(client, session, lessons["cpr"])
    visit.begin()
    for action in perfect(drill):
        visit.send(action)
    page = client.get("/learning/jilin-5/welding").get_data(as_text=True)
    assert page.count('data-state="done"') == 1
    assert "+20" in page
    assert 'data-points="20"' in page
