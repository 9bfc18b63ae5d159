"""Two people sign up, register, and go through every link of the review chain."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visitor import DESK, PHONE, Visitor
from tests.functional.accounts.people import PASSWORD, card
from webapp.demo import rules

pytestmark = pytest.mark.browser

Arrive = Callable[..., Visitor]
CHAIN = ("unit-reviewer", "province-reviewer", "city-reviewer", "province-reviewer", "organiser")
"""Who decides at unit, county, city, province, organiser; the province's reviewer stands in for the county."""


def sign_up(visitor: Visitor, name: str, number: str, phone: str) -> Page:
    """Fill the form with two mistakes, see them named, mend them."""
    page = visitor.go("/sign-up")
    page.get_by_label("姓名", exact=True).fill(name)
    page.get_by_label("证件号码").fill(number[:-1] + ("1" if number[-1] != "1" else "2"))
    page.get_by_label("手机号").fill("12345")
    page.locator("#unit_search").press_sequentially("东方机械", delay=20)
    page.get_by_label("东方机械制造厂").check()
    page.get_by_label("设置密码").fill(PASSWORD)
    page.get_by_label("我已阅读隐私说明").check()
    page.get_by_role("button", name="注册").click()
    summary = page.locator("[data-error-summary]")
    expect(summary.locator("li")).to_have_count(2)
    expect(summary).to_be_focused()
    expect(page.get_by_label("证件号码")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("姓名", exact=True)).to_have_value(name)
    expect(page.get_by_label("东方机械制造厂")).to_be_checked()
    visitor.fits()
    page.get_by_label("证件号码").fill(number)
    page.get_by_label("手机号").fill(phone)
    page.get_by_label("设置密码").fill(PASSWORD)
    page.get_by_role("button", name="注册").click()
    expect(page.locator("header .menu__name")).to_have_text(name)
    return page


def register(visitor: Visitor) -> Page:
    """From the list of events to “My contests”."""
    page = visitor.go(f"/contests/{rules.CONTEST}/electrician")
    page.get_by_role("link", name="报名该赛项").click()
    visitor.fits()
    page.get_by_role("button", name="报名").click()
    expect(page.locator("[data-error-summary] li")).to_have_count(2)
    page.get_by_label("在职职工").check()
    page.get_by_label("我已核对资料").check()
    page.get_by_role("button", name="报名").click()
    expect(page.locator("article.panel")).to_contain_text("审核中")
    visitor.fits()
    return page


def decide(reviewer: Visitor, name: str, decision: str, reason: str = "") -> None:
    """Find the person in the queue, decide, and be led on."""
    page = reviewer.go(f"/staff/review?whose=below&name={name}")
    page.locator("#queue").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    here = page.url
    page.get_by_label(decision, exact=True).check()
    page.locator("#reason").fill(reason)
    page.locator("section.panel form").first.get_by_role("button").click()
    expect(page).not_to_have_url(here)


def test_two_people_sign_up_register_and_are_reviewed_link_by_link(arrive: Arrive) -> None:
    first, second = arrive(size=PHONE), arrive(size=DESK)
    sign_up(first, "周䶮", card(931), "13911110931")
    sign_up(second, "吴小满", card(932), "13911110932")
    register(first)
    register(second)
    reviewers = {key: arrive(key, size=DESK) for key in dict.fromkeys(CHAIN)}

    decide(reviewers["unit-reviewer"], "吴小满", "退回修改", "请核对手机号码。")
    page = second.go("/my")
    expect(page.locator(".notice--warning").first).to_contain_text("请核对手机号码。")
    page.locator(".notice--warning a").first.click()
    page.get_by_label("我已核对资料").check()
    page.locator("main form button[type=submit]").click()
    expect(page.locator("article.panel")).to_contain_text("审核中")

    for name, visitor in (("周䶮", first), ("吴小满", second)):
        for key in CHAIN:
            decide(reviewers[key], name, "确认")
        page = visitor.go("/my")
        application = page.locator("article.panel[id^=application-]")
        expect(application).to_contain_text("已确认")
        expect(application).to_contain_text("选手编号")
        visitor.fits()
    page = second.go("/my/notices")
    expect(page.locator("main li")).to_have_count(3 + len(CHAIN))  # received twice, returned once


def test_a_number_in_use_opens_a_way_out_and_no_dead_end(arrive: Arrive) -> None:
    visitor = arrive(size=PHONE)
    page = visitor.go("/sign-up")
    page.get_by_label("姓名", exact=True).fill("冒名")
    page.get_by_label("证件号码").fill(rules.document_number(1, rules.born_of(1)))
    page.get_by_label("手机号").fill("13911110939")
    page.get_by_label("我没有单位").check()
    page.get_by_label("设置密码").fill(PASSWORD)
    page.get_by_label("我已阅读隐私说明").check()
    page.get_by_role("button", name="注册").click()
    expect(page.locator(".notice--warning")).to_contain_text("已有")
    page.locator("button[formaction='/claims/new']").click()
    expect(page.get_by_role("heading", name="我的证件号码已被占用")).to_be_visible()
    expect(page.get_by_label("姓名", exact=True)).to_have_value("冒名")
    visitor.fits()
