"""A question written and changed in the browser: all nine types, refused forms, two people at once."""

import io
import re
from typing import Any

import lxml.html
import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import grant, make_organisation, make_staff, sign_in
from tests.integration.exam.exams import make_bank_version
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.audit.models import AuditRow
from webapp.banks.models import Bank, BankVersion, BankVersionQuestion, QuestionVersion
from webapp.banks.models import Question as QuestionRow
from webapp.core.db import db

NEW: dict[str, dict[str, str]] = {
    "single": {"stem": "先做什么？", "option-0": "断电", "option-1": "跑开", "right": "0"},
    "multiple": {"stem": "做什么？", "option-0": "断电", "option-1": "报警", "right-0": "1", "right-1": "1"},
    "true_false": {"stem": "可以带电作业。", "truth": "F"},
    "fill": {"stem": "安全电压是____伏。", "blank-0": "36\n三十六"},
    "matching": {
        "stem": "配对",
        "item-0": "红",
        "item-1": "黄",
        "letter-0": "B",
        "letter-1": "A",
        "option-0": "注意",
        "option-1": "禁止",
    },
    "ordering": {"stem": "排序", "option-0": "送医", "place-0": "2", "option-1": "断电", "place-1": "1"},
    "numeric": {"stem": "多少伏？", "number-0": "36", "high-0": "", "share-0": ""},
    "passage": {
        "stem": "阅读材料",
        "part-0": "1",
        "part-0-type": "true_false",
        "part-0-stem": "对吗？",
        "part-0-truth": "T",
        "part-0-weight": "2",
    },
    "essay": {"stem": "说说你的做法。", "reference": "先断电", "keywords": "断电\n报警"},
}


@pytest.fixture
def setter(session: Session, client: FlaskClient) -> Account:
    account = make_staff(Role.QUESTION_SETTER)
    session.commit()
    sign_in(client, account)
    return account


@pytest.fixture
def bank(session: Session) -> Bank:
    version = make_bank_version(8)
    return session.get_one(Bank, version.bank_id)


def newest(bank: Bank) -> BankVersion:
    db.session.expire_all()
    return db.session.scalars(
        select(BankVersion).where(BankVersion.bank_id == bank.id).order_by(BankVersion.number.desc()).limit(1)
    ).one()


def held(bank: Bank) -> dict[str, QuestionVersion]:
    """What the newest version holds, by key."""
    rows = db.session.execute(
        select(QuestionRow.key, QuestionVersion)
        .join(QuestionVersion, QuestionVersion.question_id == QuestionRow.id)
        .join(BankVersionQuestion, BankVersionQuestion.question_version_id == QuestionVersion.id)
        .where(BankVersionQuestion.bank_version_id == newest(bank).id)
    )
    return {row.key: row.QuestionVersion for row in rows}


def both_roles() -> Account:
    account = make_staff(Role.QUESTION_SETTER)
    grant(account, Role.QUESTION_REVIEWER)
    return account


def form_of(page: str) -> dict[str, Any]:
    """The fields of the form as a browser sends them."""
    document: Any = lxml.html.fromstring(page)  # the stubs know only bare elements
    form = document.get_element_by_id("question-form")
    return {name: value for name, value in form.form_values() if name != "files"}


@pytest.mark.parametrize("kind", NEW)
def test_a_question_of_every_type_is_written_and_its_form_shows_it_again(
    kind: str, client: FlaskClient, setter: Account, bank: Bank
) -> None:
    where = f"/staff/banks/{bank.code}"
    assert client.get(f"{where}/new-question").status_code == 200
    assert client.get(f"{where}/new-question?type={kind}").status_code == 200
    sent = NEW[kind] | {
        "type": kind,
        "key": "neu",
        "difficulty": "hard",
        "new_topic": "急救",
        "tags": "甲，乙",
    }
    preview = client.post(f"{where}/preview", data=sent, headers={"HX-Request": "true"})
    assert preview.status_code == 200
    assert NEW[kind]["stem"][:2] in preview.text
    answer = client.post(f"{where}/new-question", data=sent)
    assert answer.status_code == 303, answer.text
    made = held(bank)["neu"]
    assert (made.type, made.difficulty, made.tags) == (kind, "hard", ["甲", "乙"])
    assert (newest(bank).number, newest(bank).state, len(held(bank))) == (2, "draft", 9)
    page = client.get(f"{where}/questions/neu/edit").text
    again = client.post(f"{where}/questions/neu/edit", data=form_of(page))
    assert again.status_code == 303
    assert held(bank)["neu"].id == made.id, "an unchanged form makes no new version"
    assert len(db.session.scalars(select(AuditRow).where(AuditRow.action == "bank.question.save")).all()) == 1


def test_an_edit_makes_a_new_version_in_one_draft_and_leaves_the_approved_one(
    client: FlaskClient, setter: Account, bank: Bank
) -> None:
    before = held(bank)
    for key in ("q-0", "q-4"):
        where = f"/staff/banks/{bank.code}/questions/{key}/edit"
        sent = form_of(client.get(where).text) | {"stem": "<b>新</b>题干<script>x</script>"}
        assert client.post(where, data=sent).status_code == 303
    now = held(bank)
    assert (newest(bank).number, newest(bank).edited_by) == (2, [setter.id])
    assert {key for key in now if now[key].id != before[key].id} == {"q-0", "q-4"}
    assert (now["q-0"].number, now["q-0"].stem) == (2, "<b>新</b>题干")
    assert now["q-0"].created_by_account_id == setter.id
    old = db.session.scalars(
        select(BankVersionQuestion.question_version_id)
        .join(BankVersion, BankVersion.id == BankVersionQuestion.bank_version_id)
        .where(BankVersion.bank_id == bank.id, BankVersion.number == 1)
    ).all()
    assert set(old) == {one.id for one in before.values()}


def test_rows_come_and_go_without_script_and_nothing_typed_is_lost(
    client: FlaskClient, setter: Account, bank: Bank
) -> None:
    where = f"/staff/banks/{bank.code}/questions/q-0/edit"
    sent = form_of(client.get(where).text) | {"stem": "写到一半", "add": "option"}
    page = client.post(where, data=sent)
    assert page.status_code == 200
    assert 'name="option-4"' in page.text
    assert "写到一半" in page.text
    fragment = client.post(where, data=sent | {"remove": "option-0"}, headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert newest(bank).number == 1, "buttons for rows save nothing"


def test_a_refused_form_says_everything_at_its_fields_and_keeps_what_was_typed(
    client: FlaskClient, setter: Account, bank: Bank
) -> None:
    sent = {
        "type": "single",
        "stem": "",
        "option-0": "断电",
        "option-1": "",
        "option-2": "等待",
        "source": "手册",
    }
    answer = client.post(f"/staff/banks/{bank.code}/new-question", data=sent)
    assert answer.status_code == 422
    for field in ("stem", "option-1", "right"):
        assert f'id="{field}-error"' in answer.text
    assert "等待" in answer.text
    assert "手册" in answer.text
    taken = NEW["single"] | {"type": "single", "key": "q-0"}
    answer = client.post(f"/staff/banks/{bank.code}/new-question", data=taken)
    assert answer.status_code == 422
    assert 'id="key-error"' in answer.text


def test_whoever_saves_second_sees_both_texts_and_loses_nothing(
    client: FlaskClient, setter: Account, bank: Bank
) -> None:
    where = f"/staff/banks/{bank.code}/questions/q-0/edit"
    form = form_of(client.get(where).text)
    assert client.post(where, data=form | {"stem": "第一个人写的"}).status_code == 303
    late = client.post(where, data=form | {"stem": "第二个人写的"})
    assert late.status_code == 409
    assert "第一个人写的" in late.text
    assert "第二个人写的" in late.text
    assert held(bank)["q-0"].stem == "第一个人写的"
    assert client.post(where, data=form_of(late.text)).status_code == 303
    assert (held(bank)["q-0"].stem, held(bank)["q-0"].number) == ("第二个人写的", 3)


def test_a_picture_comes_with_the_question_and_outlives_a_refused_form(
    client: FlaskClient, setter: Account, bank: Bank
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    sent = NEW["single"] | {
        "type": "single",
        "key": "bild",
        "stem": "看图[[media:sign.png]]",
        "right": "",
        "picture": "*",
    }
    sent |= {"files": (io.BytesIO(out.getvalue()), "sign.png")}  # type: ignore[dict-item]  # a file field
    where = f"/staff/banks/{bank.code}/new-question"
    refused = client.post(where, data=sent, content_type="multipart/form-data")
    assert refused.status_code == 422
    kept = form_of(refused.text) | {"right": "0"}
    assert re.search(r"[\w-]+:sign\.png", kept["held"])
    assert client.post(where, data=kept).status_code == 303
    made = held(bank)["bild"]
    assert made.picture_file_id == made.extra["media"]["sign.png"]
    text = {"files": (io.BytesIO(b"no picture"), "x.png")}
    bad = client.post(
        where, data=NEW["single"] | {"type": "single"} | text, content_type="multipart/form-data"
    )
    assert bad.status_code == 422
    assert 'id="files-error"' in bad.text


def test_words_of_pictures_are_written_beside_them_and_read_aloud_on_pages(
    client: FlaskClient, setter: Account, bank: Bank
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "PNG")
    where = f"/staff/banks/{bank.code}"
    sent = NEW["single"] | {"type": "single", "key": "bild", "stem": "看图[[media:sign.png]]", "picture": "*"}
    file = {"files": (io.BytesIO(out.getvalue()), "sign.png")}
    made = client.post(f"{where}/new-question", data=sent | file, content_type="multipart/form-data")
    assert made.status_code == 303
    form = form_of(client.get(f"{where}/questions/bild/edit").text)
    missing = "没有文字说明"
    assert missing in client.post(f"{where}/preview", data=form).text
    assert missing in client.get(f"{where}/questions/bild/life").text
    form |= {"picture_alt": "  一块红\n牌子 ", "stem": "看图[[media:sign.png|红色[圆]\n牌]]"}
    preview = client.post(f"{where}/preview", data=form).text
    assert missing not in preview
    assert 'alt="一块红 牌子"' in preview
    assert 'alt="红色［圆］ 牌"' in preview
    assert client.post(f"{where}/questions/bild/edit", data=form).status_code == 303
    stored = held(bank)["bild"]
    assert (stored.picture_alt, stored.stem) == ("一块红 牌子", "看图[[media:sign.png|红色［圆］ 牌]]")
    assert stored.number == 2
    assert form_of(client.get(f"{where}/questions/bild/edit").text)["picture_alt"] == "一块红 牌子"
    page = client.get(f"{where}/questions/bild/life").text
    assert missing not in page
    assert 'alt="一块红 牌子"' in page


def test_whoever_edited_a_draft_cannot_approve_it(client: FlaskClient, session: Session, bank: Bank) -> None:
    both = both_roles()
    other = both_roles()
    session.commit()
    where = f"/staff/banks/{bank.code}"
    for account, stem in ((both, "甲改的"), (other, "乙改的")):
        sign_in(client, account)
        form = form_of(client.get(f"{where}/questions/q-0/edit").text)
        assert client.post(f"{where}/questions/q-0/edit", data=form | {"stem": stem}).status_code == 303
    assert client.post(f"{where}/versions/2/submit").status_code == 303
    assert client.post(f"{where}/versions/2/approve").status_code == 403
    third = make_staff(Role.QUESTION_REVIEWER)
    session.commit()
    sign_in(client, third)
    assert client.post(f"{where}/versions/2/approve").status_code == 303
    assert newest(bank).state == "approved"


def test_reviewers_foreign_branches_and_sealed_banks_are_refused(
    client: FlaskClient, session: Session, bank: Bank
) -> None:
    where = f"/staff/banks/{bank.code}/questions/q-0/edit"
    reviewer = make_staff(Role.QUESTION_REVIEWER)
    session.commit()
    sign_in(client, reviewer)
    assert client.get(where).status_code == 403
    setter = make_staff(Role.QUESTION_SETTER, scope=make_organisation())
    session.execute(update(Bank).where(Bank.id == bank.id).values(organisation_id=make_organisation().id))
    session.commit()
    sign_in(client, setter)
    assert client.get(where).status_code == 404
    session.execute(update(Bank).where(Bank.id == bank.id).values(organisation_id=None, is_sealed=True))
    session.commit()
    assert client.get(where).status_code == 403
    assert client.post(f"/staff/banks/{bank.code}/preview").status_code == 403
