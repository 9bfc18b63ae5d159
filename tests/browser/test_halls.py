"""A hall as its staff and contestants live it: check-in by typed code on a phone, then a shared computer."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.test_the_exam import welder
from tests.browser.visitor import PHONE, Visitor, violations
from webapp.accounts.models import Account, Person
from webapp.accounts.service import secrets
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.exam.models import Exam
from webapp.halls.models import Hall, HallSeat
from webapp.registration.models import Participation

pytestmark = pytest.mark.browser

CODE = "HJKMNPQR"


@dataclass(frozen=True)
class Prepared:
    """A seat in a hall of the demo's exam."""

    exam_id: int
    hall_id: int
    name: str
    last4: str


def prepare(backstage: Flask, phone: str) -> Prepared:
    """Seat one invented welder in a hall that asks for check-in."""
    with backstage.app_context(), transaction():
        account = db.session.scalars(
            select(Account).where(Account.phone_hash == secrets.phone_hash(phone))
        ).one()
        person = db.session.get_one(Person, account.person_id)
        participation, exam = db.session.execute(
            select(Participation, Exam)
            .join(Exam, Exam.event_id == Participation.event_id)
            .where(Participation.person_id == person.id, Exam.kind == "formal")
        ).one()
        hall = Hall(
            exam_id=exam.id, site="职教中心", address={"zh": "长春路"}, name="301 机房", labels=["1", "2"]
        )
        db.session.add(hall)
        db.session.flush()
        db.session.add(
            HallSeat(
                exam_id=exam.id, participation_id=participation.id, hall_id=hall.id, label="1", code=CODE,
                seated_at=clock.now(),
            )
        )  # fmt: skip
        participation.hall = hall.name
        return Prepared(exam.id, hall.id, person.name, secrets.document_number(person)[-4:])


def test_checked_in_by_code_a_contestant_signs_in_at_the_halls_computer(
    arrive: Callable[..., Visitor], backstage: Flask
) -> None:
    made = prepare(backstage, welder(11))
    staff = arrive("host", size=PHONE)
    page = staff.go(f"/staff/halls/{made.exam_id}/check-in")
    staff.fits()
    assert violations(page) == []
    page.get_by_label("准考证编码").fill("hjkm npqr")
    page.get_by_role("button", name="查找").click()
    expect(page.get_by_role("heading", name=made.name)).to_be_visible()
    staff.fits()
    page.get_by_label("已查看证件，姓名和号码一致").check()
    page.get_by_label("本人与证件照片相符").check()
    page.get_by_role("button", name="确认签到").click()
    expect(page.locator(".notice--success")).to_contain_text(f"{made.name} 已签到")

    computer = arrive("host")
    page = computer.go(f"/staff/halls/{made.exam_id}/{made.hall_id}")
    computer.fits()
    assert violations(page) == []
    page.get_by_role("button", name="将这台电脑设为考场电脑").click()
    expect(page.get_by_role("heading", name="301 机房")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("准考证编码").fill(CODE)
    page.get_by_label("证件号码后四位").fill(made.last4)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", name="考试须知")).to_be_visible()
    expect(page.locator("header .menu__name")).to_have_text(made.name)
