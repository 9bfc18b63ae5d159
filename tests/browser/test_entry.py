"""From a host's app on a phone: its web view opens the platform with a ticket, and one tap signs in."""

import time
from collections.abc import Callable

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.test_the_exam import welder
from tests.browser.visitor import PHONE, Visitor, violations
from webapp.accounts.models import Account, Person
from webapp.accounts.service import secrets
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.demo import rules
from webapp.entry.service.doors import DoorData, keep_door

pytestmark = pytest.mark.browser

SECRET = "known to the app and the platform only"
WECHAT = (
    "Mozilla/5.0 (Linux; Android 9; Redmi 7A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0"
    " Chrome/78.0.3904.62 Mobile Safari/537.36 MMWEBID/1234 MicroMessenger/7.0.20.1781 WeChat/arm64"
    " NetType/4G Language/zh_CN"
)


def link(subject: str, number: str) -> str:
    """What the app opens when its user taps."""
    now = int(time.time())
    claims = {
        "iss": "worker-home", "aud": "jiangsai", "sub": subject, "jti": number, "iat": now, "exp": now + 120,
    }  # fmt: skip
    ticket = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
    return f"/enter/worker-home?ticket={ticket}&next=/exams"


def prepare(backstage: Flask, phone: str) -> str:
    """The way in; the document number of the person with this phone."""
    with backstage.app_context(), transaction():
        keep_door(
            DoorData(
                code="worker-home", kind="ticket", title={"zh": "职工之家"}, issuer="worker-home",
                client_id="jiangsai", secret=SECRET, public_keys={}, is_open=True,
            )
        )  # fmt: skip
        account = db.session.scalars(
            select(Account).where(Account.phone_hash == secrets.phone_hash(phone))
        ).one()
        return secrets.document_number(db.session.get_one(Person, account.person_id))


@pytest.mark.parametrize("script", [True, False], ids=["script", "without-script"])
def test_a_web_view_binds_once_and_then_needs_one_tap(
    arrive: Callable[..., Visitor], backstage: Flask, script: bool
) -> None:
    phone, subject = welder(13), f"u-{script}"
    number = prepare(backstage, phone)
    first = arrive(size=PHONE, user_agent=WECHAT, java_script_enabled=script)
    page = first.go(link(subject, f"{subject}-1"))
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("heading", name="首次进入，请选择您的身份")).to_be_visible()
    if script:
        first.fits()
        assert violations(page) == []
    page.get_by_role("link", name="我已有档案").click()
    page.locator("#identifier").fill(phone)
    page.locator("#password").fill(rules.PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_role("heading", name="关联两个账号")).to_be_visible()
    if script:
        first.fits()
        assert violations(page) == []
    page.locator("#number").fill(number)
    page.locator("#sure").check()
    page.get_by_role("button", name="关联").click()
    page.wait_for_url("**/exams")

    again = arrive(size=PHONE, user_agent=WECHAT, java_script_enabled=script)
    page = again.go(link(subject, f"{subject}-2"))
    page.get_by_role("button", name="继续").click()
    page.wait_for_url("**/exams")
    expect(page.locator("header .menu__name")).to_be_attached()
