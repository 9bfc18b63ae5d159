"""The skill record as its owner, somebody with a link, and somebody with a copy meet it."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_contest, make_event, make_participation, make_stage, sign_in
from tests.integration.stages.stand import later
from webapp.accounts.models import Account, Person
from webapp.accounts.service import secrets as person_secrets
from webapp.audit.models import AuditRow
from webapp.awards.models import SkillLevelRecord
from webapp.contests.models import Contest
from webapp.core import clock
from webapp.core.db import db
from webapp.leaderboard.models import BoardSnapshot
from webapp.records.models import RecordCopy, RecordLink
from webapp.records.service import copying
from webapp.registration.models import EarlierWinner, Entry

NAME = "欧阳䶮"


def take_part(person: Person, contest: Contest, rank: int = 3, combined: str = "91.37") -> int:
    """Somebody took part in an event of this contest and stands on its final list; its id."""
    event = make_event(contest)
    stage = make_stage(event)
    made = make_participation(event, person)
    entry_id = db.session.scalars(select(Entry.id).where(Entry.participation_id == made.id)).one()
    live = [{"entry_id": entry_id, "rank": 999, "combined": "11.11"}]
    kept = [
        {"entry_id": -1, "rank": 1, "combined": "99.00"},
        {"entry_id": entry_id, "rank": rank, "combined": combined, "promoted": True},
    ]
    for number, (kind, rows) in enumerate((("final", kept), ("frozen", live)), 1):
        db.session.add(BoardSnapshot(stage_id=stage.id, number=number, kind=kind, rows=rows, digest="test"))
    db.session.commit()
    return contest.id


@pytest.fixture
def holder(session: Session) -> Account:
    """Somebody with two contests, a level held before and an earlier result that stands in two registers."""
    account = make_account()
    person = session.get_one(Person, account.person_id)
    person_secrets.set_name(person, NAME)
    first, second = make_contest(), make_contest()
    take_part(person, first)
    take_part(person, second, rank=7, combined="64.02")
    session.add(
        SkillLevelRecord(
            person_id=person.id, trade="焊工", level="senior-worker", held_since=date(2021, 5, 1),
            source="checked", recorded_at=clock.now(),
        )
    )  # fmt: skip
    for contest in (first, second):
        session.add(
            EarlierWinner(
                contest_id=contest.id, person_id=person.id, match_state="matched", name=NAME, year=2020,
                earlier_contest="第三届样例竞赛", trade="焊工", trade_key="焊工", rank=2, source="通报",
                fingerprint=b"x", imported_at=clock.now(),
            )
        )  # fmt: skip
    session.commit()
    return account


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    return app.test_client()


def make_link(client: FlaskClient, **chosen: str) -> str:
    """The path of a new link."""
    data = {"for_whom": "样例公司", "contest": "all", "name": "masked", "days": "30", **chosen}
    answer = client.post("/my/record/links/new", data=data)
    assert answer.status_code == 200, answer.text
    address: str = re.findall(r'value="(http[^"]*/record/[^"]*)"', answer.text)[0]
    return urlsplit(address).path


def test_the_record_holds_the_years_together(client: FlaskClient, holder: Account) -> None:
    sign_in(client, holder)
    html = client.get("/my/record").text
    for said in ("第 3 名", "91.37", "第 7 名", "64.02", "高级工（三级）", NAME):
        assert said in html, said
    assert html.count("第三届样例竞赛") == 1, "one result in two registers is one result"
    assert "11.11" not in html
    assert "999" not in re.sub(r"<[^>]*>", "", html), "what was live is nobody's result"
    assert "/tickets/new" in html


def test_statements_do_not_grow_with_the_record(
    client: FlaskClient, session: Session, holder: Account, count_queries: list[str]
) -> None:
    sign_in(client, holder)
    client.get("/my/record")
    count_queries.clear()
    client.get("/my/record")
    few = len(count_queries)
    person = session.get_one(Person, holder.person_id)
    for _ in range(6):
        take_part(person, make_contest())
    count_queries.clear()
    assert client.get("/my/record").text.count("91.37") == 7
    assert len(count_queries) <= few
    assert few < 16


def test_a_link_shows_what_was_chosen_and_counts_visits(
    client: FlaskClient, visitor: FlaskClient, session: Session, holder: Account
) -> None:
    sign_in(client, holder)
    path = make_link(client)
    token = path.rsplit("/", 1)[1]
    answer = visitor.get(path)
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"].startswith("noindex")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "第 3 名" in answer.text
    for hidden in (NAME, "91.37", "64.02", "样例公司", token):
        assert hidden not in answer.text.replace(path, ""), hidden
    assert "欧**" in answer.text
    kept = session.scalars(select(RecordLink)).one()
    assert token.encode() not in bytes(kept.token_hash)

    visitor.get(path)
    client.get(path)
    assert "2 次，最近一次" in client.get("/my/record").text, "the holder's own visit is not counted"

    whole = visitor.get(make_link(client, with_scores="y", name="full")).text
    assert NAME in whole
    assert "91.37" in whole


def test_a_link_to_one_contest_shows_no_other(
    client: FlaskClient, visitor: FlaskClient, session: Session, holder: Account
) -> None:
    sign_in(client, holder)
    chosen, other = session.scalars(select(Contest).order_by(Contest.id)).all()
    html = visitor.get(make_link(client, contest=str(chosen.id), with_scores="y")).text
    assert chosen.title["zh"] in html
    assert "91.37" in html
    for hidden in (other.title["zh"], "64.02", "第三届样例竞赛", "高级工"):
        assert hidden not in html, hidden
    foreign = client.post(
        "/my/record/links/new", data={"for_whom": "某人", "contest": "999", "name": "full", "days": "7"}
    )
    assert foreign.status_code == 422
    assert 'value="某人"' in foreign.text


def test_unknown_withdrawn_and_expired_links_say_the_same(
    client: FlaskClient,
    visitor: FlaskClient,
    session: Session,
    holder: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sign_in(client, holder)
    withdrawn, kept = make_link(client), make_link(client)
    first = session.scalars(select(RecordLink).order_by(RecordLink.id)).first()
    assert first is not None
    stranger = make_account()
    sign_in(client, stranger)
    assert client.post(f"/my/record/links/{first.id}/withdraw").status_code == 404
    sign_in(client, holder)
    assert client.post(f"/my/record/links/{first.id}/withdraw").status_code == 303
    gone = visitor.get(withdrawn)
    assert visitor.get(kept).status_code == 200
    later(monkeypatch, timedelta(days=31))
    answers = [gone, visitor.get(kept), visitor.get("/record/AAAAAAAAAAAAAAAAAAAAAA")]
    assert {answer.status_code for answer in answers} == {404}
    told = {re.search(r"<main.*</main>", answer.text, re.DOTALL)[0] for answer in answers}  # type: ignore[index]
    assert len(told) == 1
    assert "请向给您链接的人另要一个" in told.pop()
    actions = set(session.scalars(select(AuditRow.action).where(AuditRow.action.like("record.%"))))
    assert actions == {"record.link", "record.link.withdraw"}


def test_a_corrected_name_stands_on_links_made_before(
    client: FlaskClient, visitor: FlaskClient, session: Session, holder: Account
) -> None:
    sign_in(client, holder)
    path = make_link(client, name="full")
    person_secrets.set_name(session.get_one(Person, holder.person_id), "欧阳㛃")
    session.commit()
    html = visitor.get(path).text
    assert "欧阳㛃" in html
    assert NAME not in html


def test_there_is_an_end_to_open_links(client: FlaskClient, holder: Account) -> None:
    sign_in(client, holder)
    for _ in range(20):
        make_link(client)
    data = {"for_whom": "再一个", "contest": "all", "name": "full", "days": "7"}
    refused = client.post("/my/record/links/new", data=data)
    assert refused.status_code == 409
    assert "请先收回不再需要的" in refused.text
    assert 'value="再一个"' in refused.text


def test_a_copy_is_numbered_and_can_be_checked(
    client: FlaskClient, visitor: FlaskClient, session: Session, holder: Account
) -> None:
    sign_in(client, holder)
    assert client.get("/my/record/copy").status_code == 200
    data = {"contest": "all", "name": "full", "with_scores": "y"}
    answer = client.post("/my/record/copy", data=data)
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")
    kept = session.scalars(select(RecordCopy)).one()
    assert kept.serial.startswith("JR")
    found = visitor.get("/record-copies", query_string={"serial": kept.serial.lower().replace("-", " ")})
    assert found.status_code == 303
    html = visitor.get(found.location).text
    assert kept.digest in html
    assert "欧**" in html
    assert NAME not in html
    assert visitor.get("/record-copies/JR26-00000-00000-00000").status_code == 404

    client.post("/my/record/copy", data=data)
    client.post("/my/record/copy", data={**data, "with_scores": ""})
    digests = [one.digest for one in session.scalars(select(RecordCopy).order_by(RecordCopy.id))]
    assert digests[0] == digests[1] != digests[2]


def test_the_check_code_shows_what_a_copy_says_until_its_holder_closes_it(
    client: FlaskClient,
    visitor: FlaskClient,
    session: Session,
    holder: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printed: list[str] = []
    real = copying.document

    def document(copy: copying.MadeCopy, words: Mapping[str, Any]) -> bytes:
        printed.append(copy.code)
        return real(copy, words)

    monkeypatch.setattr(copying, "document", document)
    sign_in(client, holder)
    client.post("/my/record/copy", data={"contest": "all", "name": "full", "with_scores": "y"})
    (code,) = printed
    kept = session.scalars(select(RecordCopy)).one()
    address = f"/record-copies/{kept.serial}"
    shown = visitor.get(address, query_string={"code": f" {code[:4].lower()}-{code[4:]} "})
    assert shown.status_code == 200
    for said in (NAME, "第 3 名", "91.37", "高级工（三级）", "第三届样例竞赛"):
        assert said in shown.text, said
    for query in ({}, {"code": "00000000"}):
        page = visitor.get(address, query_string=query)
        assert "91.37" not in page.text
        assert page.status_code == (404 if query else 200)
    assert "核验码与编号不符" in visitor.get(address, query_string={"code": "00000000"}).text

    other = make_account()
    stranger = client.application.test_client()
    sign_in(stranger, other)
    assert stranger.post(f"/my/record/copies/{kept.id}/close").status_code == 404
    assert kept.serial in client.get("/my/record").text
    for _ in range(2):
        assert client.post(f"/my/record/copies/{kept.id}/close").status_code == 303
    session.expire_all()
    assert (kept.content, kept.code_hash) == (None, None)
    page = visitor.get(address, query_string={"code": code})
    assert (page.status_code, "本人已关闭此副本" in page.text, "91.37" in page.text) == (200, True, False)
    actions = session.scalars(
        select(AuditRow.action).where(AuditRow.action.like("record.copy%")).order_by(AuditRow.id)
    )
    assert list(actions) == ["record.copy", "record.copy.close"]


def test_who_has_no_record_is_told_what_will_stand_there(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_account())
    assert "参加第一次竞赛之后" in client.get("/my/record").text
    data = {"contest": "all", "name": "full"}
    assert client.post("/my/record/copy", data=data).status_code == 409
