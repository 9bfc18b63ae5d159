"""An administrator makes, edits and changes contests in the browser; changes after the beginning need two people."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_event, make_participation, make_staff, sign_in
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.audit.models import AuditRow
from webapp.contests import queries, service
from webapp.contests.models import Contest, ContestProposal, Event
from webapp.contests.rules.contradictions import RESERVED_CODES
from webapp.contests.rules.reader import CODE
from webapp.notifications.models import Notice

SMALL = """# 小型竞赛
schema = 1
code = "small"
title = {zh = "小型竞赛", en = "Small contest"}

[windows]
registration = ["2099-03-01", "2099-03-31"]
final = ["2099-05-01", "2099-05-31"]

[[classes]]
code = "one"
title = "一类"

[[profiles]]
code = "plain"
track = "competition"
title = "一般"

[profiles.registration]
window = "registration"

[[profiles.stages]]
code = "final"
title = "决赛"
kind = "selection"
window = "final"
quota = 10

[[events]]
code = "first"
title = {zh = "焊工", en = "Welder"}
class = "one"
profile = "plain"
"""
BEGUN = SMALL.replace("2099-03-01", "2026-03-01")
ROOT = Path(__file__).resolve().parents[2]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def two_people(app: Flask) -> Iterator[None]:
    app.config["TWO_PERSON"] = True
    yield
    app.config["TWO_PERSON"] = False


@pytest.fixture
def asking(session: Session) -> Account:
    return make_staff(Role.ADMINISTRATOR)


@pytest.fixture
def administrator(client: FlaskClient, asking: Account) -> FlaskClient:
    sign_in(client, asking)
    return client


def name_of(session: Session, account: Account) -> str:
    return session.get_one(Person, account.person_id).name


def load(session: Session, text: str) -> None:
    service.load_contest(text)
    session.commit()


def test_the_text_is_edited_and_comments_stay(administrator: FlaskClient, session: Session) -> None:
    load(session, SMALL)
    page = administrator.get("/staff/contests/small/edit")
    assert "quota = 10" in page.text
    data = {"text": SMALL.replace("quota = 10", "quota = 20"), "base": digest(SMALL)}
    assert administrator.post("/staff/contests/small/edit", data=data).status_code == 303
    text = queries.definition_text("small")
    assert text.startswith("# 小型竞赛")
    assert "quota = 20" in text


def test_a_wrong_text_stays_with_every_problem_at_its_line(
    administrator: FlaskClient, session: Session
) -> None:
    load(session, SMALL)
    wrong = SMALL.replace("quota = 10", "quotaa = 10").replace('class = "one"', 'class = "two"')
    page = administrator.post("/staff/contests/small/edit", data={"text": wrong, "base": digest(SMALL)})
    assert page.status_code == 422
    assert "quotaa = 10" in page.text
    line = wrong.splitlines().index("quotaa = 10") + 1
    assert f'data-line="{line}"' in page.text
    assert "quota = 10" in queries.definition_text("small")


def test_checking_answers_with_the_list_only(administrator: FlaskClient) -> None:
    wrong = SMALL.replace("quota = 10", 'quota = "undecided"').replace("[[events]]", "[[event]]")
    part = administrator.post(
        "/staff/contests/text/check", data={"text": wrong}, headers={"HX-Request": "true"}
    )
    assert part.status_code == 200
    assert "<html" not in part.text
    assert "data-line" in part.text
    sound = administrator.post(
        "/staff/contests/text/check", data={"text": SMALL.replace("quota = 10", 'quota = "undecided"')}
    )
    assert "没有发现错误" in sound.text
    assert "profiles[0].stages[0].quota" in sound.text


def test_somebody_who_saved_in_between_is_not_overwritten(
    administrator: FlaskClient, session: Session
) -> None:
    load(session, SMALL)
    load(session, SMALL.replace("quota = 10", "quota = 15"))
    mine = SMALL.replace("quota = 10", "quota = 20")
    page = administrator.post("/staff/contests/small/edit", data={"text": mine, "base": digest(SMALL)})
    assert page.status_code == 409
    assert "quota = 20" in page.text
    assert "quota = 15" in queries.definition_text("small")


def test_an_editor_of_one_contest_does_not_load_another(administrator: FlaskClient, session: Session) -> None:
    load(session, SMALL)
    other = SMALL.replace('code = "small"', 'code = "other"')
    page = administrator.post("/staff/contests/small/edit", data={"text": other, "base": digest(SMALL)})
    assert page.status_code == 422
    assert session.scalars(select(Contest.code)).all() == ["small"]


def test_dates_and_numbers_are_changed_in_fields(administrator: FlaskClient, session: Session) -> None:
    load(session, SMALL)
    page = administrator.get("/staff/contests/small/dates")
    data = dict(re.findall(r'name="([^"]+)"\s+(?:type="hidden" )?value="([^"]*)"', page.text))
    assert data["windows-0-first"] == "2099-03-01"
    assert 'aria-label="首日 报名"' in page.text, "by what it is for, not by its name in the file"
    data |= {"windows-1-last": "2099-06-05", "stages-0-quota": "12", "base": digest(SMALL)}
    data |= {"windows-0-window": "registration", "windows-1-window": "final", "stages-0-stage": "plain:final"}
    assert administrator.post("/staff/contests/small/dates", data=data).status_code == 303
    text = queries.definition_text("small")
    assert 'final = ["2099-05-01", "2099-06-05"]' in text
    assert "quota = 12" in text
    wrong = administrator.post(
        "/staff/contests/small/dates", data={**data, "stages-0-quota": "many", "base": digest(text)}
    )
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text
    assert "请填写" in wrong.text


def test_one_event_gets_its_own_dates(administrator: FlaskClient, session: Session) -> None:
    unused = SMALL.replace("[[classes]]", 'elsewhere = ["2099-06-01", "2099-06-30"]\n\n[[classes]]', 1)
    load(session, unused)
    assert administrator.get("/staff/contests/small/dates?event=none").status_code == 404
    own = administrator.get("/staff/contests/small/dates?event=first").text
    assert "焊工" in own
    assert re.findall(r'name="windows-\d-window"[^>]*value="(\w+)"', own) == ["registration", "final"]
    assert "elsewhere" in administrator.get("/staff/contests/small/dates").text
    data = {
        "base": digest(unused),
        "windows-0-window": "final",
        "windows-0-first": "2099-05-02",
        "windows-0-last": "2099-05-03",
    }
    assert administrator.post("/staff/contests/small/dates?event=first", data=data).status_code == 303
    assert set(queries.rules_of(queries.contest_id("small")).event("first").windows) == {"final"}


def test_a_contest_begins_with_a_template_or_a_copy(administrator: FlaskClient, session: Session) -> None:
    load(session, SMALL)
    assert "template:jilin-5" in administrator.get("/staff/contests/new").text
    wanted = {"source": "copy:small", "code": "small-2", "title_zh": "第二届", "title_en": "", "edition": "2"}
    refused = administrator.get("/staff/contests/new", query_string={**wanted, "code": "small"})
    assert refused.status_code == 422
    page = administrator.get("/staff/contests/new", query_string=wanted)
    assert "small-2" in page.text
    text = SMALL.replace('code = "small"', 'code = "small-2"')
    assert administrator.post("/staff/contests/new", data={"text": text}).status_code == 303
    assert administrator.post("/staff/contests/new", data={"text": text}).status_code == 422
    shipped = administrator.get(
        "/staff/contests/new", query_string={**wanted, "source": "template:haidian-2026", "code": "mine"}
    )
    assert "mine" in shipped.text
    assert shipped.status_code == 200


def test_two_versions_are_compared_by_value(administrator: FlaskClient, session: Session) -> None:
    load(session, SMALL)
    load(session, SMALL.replace("quota = 10", "quota = 15"))
    page = administrator.get("/staff/contests/small/differences")
    assert "profiles[plain].stages[final].quota" in page.text
    assert "<del>10</del>" in page.text
    assert "<ins>15</ins>" in page.text
    assert administrator.get("/staff/contests/small/differences?from=1&to=9").status_code == 404


@pytest.mark.usefixtures("two_people")
def test_before_anything_has_begun_one_person_is_enough(administrator: FlaskClient, session: Session) -> None:
    load(session, SMALL)
    changed = SMALL.replace("quota = 10", "quota = 15")
    administrator.post("/staff/contests/small/edit", data={"text": changed, "base": digest(SMALL)})
    assert queries.definition_text("small") == changed
    assert session.scalars(select(ContestProposal)).all() == []


def propose(client: FlaskClient, text: str, base: str = BEGUN) -> str:
    done = client.post(
        "/staff/contests/small/edit", data={"text": text, "base": digest(base), "because": "场地变更"}
    )
    assert done.status_code == 303
    return str(done.location)


@pytest.mark.usefixtures("two_people")
def test_a_contest_that_has_begun_is_changed_by_two_people(
    app: Flask, administrator: FlaskClient, session: Session, asking: Account
) -> None:
    load(session, BEGUN)
    deciding = make_staff(Role.ADMINISTRATOR)
    event = session.scalars(select(Event)).one()
    make_participation(event=event)
    session.commit()
    changed = BEGUN.replace("quota = 10", "quota = 15").replace("2099-05-31", "2099-06-30")
    silent = administrator.post("/staff/contests/small/edit", data={"text": changed, "base": digest(BEGUN)})
    assert silent.status_code == 422
    assert "quota = 15" in silent.text
    place = propose(administrator, changed)
    assert queries.definition_text("small") == BEGUN
    page = administrator.get(place).text
    assert "（您）" in page
    assert "profiles[plain].stages[final].quota" in page
    assert "2099-06-30" in page
    assert "1 人" in page
    own = administrator.post(place, data={"decision": "apply"})
    assert own.status_code == 403
    again = administrator.post(
        "/staff/contests/small/edit", data={"text": changed, "base": digest(BEGUN), "because": "再改"}
    )
    assert again.status_code == 409
    second = app.test_client()
    sign_in(second, deciding)
    assert "场地变更" in second.get("/staff/contests").text
    assert name_of(session, asking) in second.get(place).text
    told = session.scalars(select(Notice).where(Notice.person_id == deciding.person_id)).one()
    assert (told.link, told.params["reason"]) == (place, "场地变更")
    assert session.scalar(select(Notice.id).where(Notice.person_id == asking.person_id)) is None
    assert second.post(place, data={"decision": "apply"}).status_code == 303
    session.expire_all()
    assert queries.definition_text("small") == changed
    assert [one.number for one in queries.versions("small")] == [2, 1]
    answer = session.scalars(select(Notice.text).where(Notice.person_id == asking.person_id)).one()
    assert "is in force" in answer
    assert session.scalars(select(ContestProposal.state)).all() == ["applied"]
    assert second.post(place, data={"decision": "refuse"}).status_code == 409
    actions = session.scalars(select(AuditRow.action).order_by(AuditRow.id)).all()
    assert [one for one in actions if one.startswith("contest.")][-3:] == [
        "contest.propose",
        "contest.load",
        "contest.propose.apply",
    ]


@pytest.mark.usefixtures("two_people")
def test_a_proposal_is_refused_withdrawn_or_out_of_date(
    app: Flask, administrator: FlaskClient, session: Session
) -> None:
    load(session, BEGUN)
    second = app.test_client()
    sign_in(second, make_staff(Role.ADMINISTRATOR))
    place = propose(administrator, BEGUN.replace("quota = 10", "quota = 15"))
    assert second.post(place, data={"decision": "withdraw"}).status_code == 404
    assert second.post(place, data={"decision": "refuse"}).status_code == 303
    place = propose(administrator, BEGUN.replace("quota = 10", "quota = 16"))
    assert administrator.post(place, data={"decision": "withdraw"}).status_code == 303
    place = propose(administrator, BEGUN.replace("quota = 10", "quota = 17"))
    load(session, BEGUN.replace("Welder", "Welding"))
    assert second.post(place, data={"decision": "apply"}).status_code == 303
    session.expire_all()
    assert session.scalars(select(ContestProposal.state).order_by(ContestProposal.id)).all() == [
        "refused", "refused", "stale",
    ]  # fmt: skip
    assert "quota = 10" in queries.definition_text("small")


@pytest.mark.usefixtures("two_people")
def test_what_is_out_of_date_says_so_and_makes_room(
    administrator: FlaskClient, session: Session, asking: Account
) -> None:
    load(session, BEGUN)
    place = propose(administrator, BEGUN.replace("quota = 10", "quota = 15"))
    newer = BEGUN.replace("Welder", "Welding")
    load(session, newer)
    page = administrator.get(place).text
    assert "已过时" in page
    assert 'value="apply"' not in page
    assert "已过时" in administrator.get("/staff/contests/small").text
    propose(administrator, newer.replace("quota = 10", "quota = 16"), newer)
    session.expire_all()
    states = session.scalars(select(ContestProposal.state).order_by(ContestProposal.id)).all()
    assert states == ["stale", "waiting"]
    told = session.scalars(select(Notice).where(Notice.person_id == asking.person_id)).one()
    assert told.link == place


@pytest.mark.parametrize("code", ["new", "proposals", "text"])
def test_a_code_that_addresses_use_is_refused(
    administrator: FlaskClient, session: Session, code: str
) -> None:
    page = administrator.post("/staff/contests/new", data={"text": SMALL.replace('"small"', f'"{code}"')})
    assert page.status_code == 422
    assert "请换一个代码" in page.text
    wanted = {"source": "template:jilin-5", "code": code, "title_zh": "竞赛"}
    refused = administrator.get("/staff/contests/new", query_string=wanted)
    assert refused.status_code == 422
    assert session.scalars(select(Contest)).all() == []


def test_every_word_that_stands_where_a_code_does_is_reserved(app: Flask) -> None:
    """A contest with such a code could not be opened."""
    words = {
        rule.rule.split("/")[3]
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/staff/contests/") and rule.endpoint.startswith("contests.")
    }
    assert {word for word in words if CODE.match(word)} == set(RESERVED_CODES)


@pytest.mark.usefixtures("two_people")
def test_who_manages_another_contest_neither_sees_nor_decides(
    app: Flask, administrator: FlaskClient, session: Session
) -> None:
    load(session, BEGUN)
    other = session.get_one(Contest, make_event().contest_id)
    place = propose(administrator, BEGUN.replace("quota = 10", "quota = 15"))
    stranger = app.test_client()
    sign_in(stranger, make_staff(Role.ADMINISTRATOR, other))
    assert stranger.get(place).status_code == 404
    assert stranger.post(place, data={"decision": "apply"}).status_code == 404
    assert "场地变更" not in stranger.get("/staff/contests").text
    assert stranger.get("/staff/contests/small/edit").status_code == 404
    data = {"text": BEGUN.replace("quota = 10", "quota = 15"), "base": digest(BEGUN), "because": "x"}
    assert stranger.post("/staff/contests/small/edit", data=data).status_code == 404


def test_the_schema_is_downloaded(administrator: FlaskClient) -> None:
    done = administrator.get("/staff/contests/schema.json")
    assert done.status_code == 200
    assert done.json is not None
    assert "definitions" in done.json


TWO_EVENTS = BEGUN.replace('window = "final"\nquota = 10', 'window = "semi"\nquota = 10').replace(
    'final = ["2099', 'semi = ["2099-04-01", "2099-04-30"]\nfinal = ["2099'
) + ('\n[[events]]\ncode = "second"\ntitle = "电工"\nclass = "one"\nprofile = "plain"\n')
TWO_EVENTS = TWO_EVENTS.replace(
    "[[events]]",
    '[[profiles.stages]]\ncode = "last"\ntitle = "总决赛"\nkind = "selection"\nwindow = "final"\n\n[[events]]',
    1,
)


def test_an_event_is_postponed_after_a_look_and_only_its_people_are_told(
    administrator: FlaskClient, session: Session
) -> None:
    load(session, TWO_EVENTS)
    people = [make_participation(event=one) for one in session.scalars(select(Event).order_by(Event.id))]
    session.commit()
    assert "焊工" in administrator.get("/staff/contests/small/postpone").text
    assert administrator.get("/staff/contests/small/postpone?event=none").status_code == 404
    address = "/staff/contests/small/postpone?event=first"
    assert "赛项延期" in administrator.get(address).text
    wanted = {"window": "semi", "move": "postpone", "days": "10", "later": "y"}
    wrong = administrator.post(address, data={**wanted, "days": "0"})
    assert (wrong.status_code, "2099-04-11" in wrong.text) == (422, False)
    page = administrator.post(address, data={**wanted, "window": "registration"})
    assert (page.status_code, "已经开始" in page.text) == (422, True), "registration is open: not postponed"
    page = administrator.post(address, data={**wanted, "later": ""})
    assert (page.status_code, "先后" in page.text) == (422, True), "the semi-final would reach into the final"

    page = administrator.post(address, data=wanted)
    assert page.status_code == 200
    assert "2099-04-11 – 2099-05-10" in page.text
    assert "2099-05-11 – 2099-06-10" in page.text
    assert "有 1 人参加该赛项" in page.text
    assert queries.definition_text("small") == TWO_EVENTS, "looking changes nothing"
    [seen] = re.findall(r'name="seen"[^>]*value="([0-9a-f]{64})"', page.text)
    other = administrator.post(address, data={**wanted, "days": "11", "seen": seen, "step": "move"})
    assert "2099-04-12" in other.text, "what was not seen is shown first"
    done = administrator.post(address, data={**wanted, "seen": seen, "step": "move", "because": "场地停电"})
    assert done.status_code == 303
    rules = queries.rules_of(queries.contest_id("small"))
    assert set(rules.event("first").windows) == {"semi", "final"}
    assert rules.event("second").windows == {}
    told = session.scalars(select(Notice).where(Notice.person_id == people[0].person_id)).all()
    assert [one.params["list"]["zh"] for one in told] == [
        "决赛 2099-04-11 – 2099-05-10；总决赛 2099-05-11 – 2099-06-10"
    ]
    assert not session.scalars(select(Notice).where(Notice.person_id == people[1].person_id)).all()
