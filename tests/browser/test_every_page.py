"""Every page that every role can reach by links: it answers, fits both widths, can be used by everybody."""

import re
from collections import deque
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from tests.browser.visitor import DESK, PHONE, Visitor, violations
from tests.browser.words import left_over

pytestmark = pytest.mark.browser

ROLES = (
    "",
    "contestant",
    "newcomer",
    "liaison",
    "city-reviewer",
    "organiser",
    "setter",
    "question-reviewer",
    "host",
    "help-desk",
    "supervisor",
    "administrator",
)
FILES = re.compile(r"\.(xlsx|toml|csv|zip|json|pdf)$|/(export|sheet)$|/template(/|$)")
LEAVES = re.compile(r"/language/|/sign-out")
ONE_COURSE = "work-safety-basics"
MOST_ALIKE = 3
"""So many pages of one kind are asked for; a contest has nineteen events."""

_seen_by_eye: set[str] = set()
"""Kinds of pages that some role has looked at already; the same template is not measured twice."""


def kind_of(routes: MapAdapter, address: str) -> str:
    """The route that serves this address; what else tells its pages apart stays in: each text of the help,
    each kind of lesson, each lesson of one course (it has all kinds)."""
    path = urlsplit(address).path
    if path.startswith("/help"):
        return path
    try:
        rule, values = routes.match(path, method="GET", return_rule=True)
    except (HTTPException, RequestRedirect):
        return path
    told = [values["kind"]] if "kind" in values else []
    if values.get("code") == ONE_COURSE and "key" in values:
        told.append(values["key"])
    return " ".join([str(rule.rule), *told])


def look_at(visitor: Visitor, page: Page) -> list[str]:
    """What is wrong with the page: English left on a Chinese one, and what shows at both widths."""
    found = [f"{page.url} says in English: {words}" for words in left_over(page)]
    for width, height in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": height})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{page.url} is {wide} px wide at {width}")
        found += [f"{page.url} at {width}: {one}" for one in violations(page)]
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    return found


@pytest.mark.parametrize("who", ROLES, ids=lambda who: who or "visitor")
def test_every_link_of_a_role_leads_to_a_sound_page(
    arrive: Callable[..., Visitor], backstage: Flask, who: str
) -> None:
    visitor, routes = arrive(who), backstage.url_map.bind("localhost")
    page = visitor.page
    waiting = deque([f"{visitor.address}/", f"{visitor.address}/my"] if who else [f"{visitor.address}/"])
    asked: set[str] = set()
    counts: dict[str, int] = {}
    problems: list[str] = []
    while waiting:
        address = waiting.popleft().split("#")[0]
        kind = kind_of(routes, address)
        if address in asked or LEAVES.search(address) or counts.get(kind, 0) >= MOST_ALIKE:
            continue
        asked.add(address)
        counts[kind] = counts.get(kind, 0) + 1
        is_new = kind not in _seen_by_eye
        if counts[kind] > 1 or FILES.search(urlsplit(address).path) or not is_new:
            response = visitor.context.request.get(address)
            if response.status != 200:
                problems.append(f"{response.status} {address}")
            if counts[kind] == 1 and "html" in response.headers.get("content-type", ""):
                links = re.findall(r'href="(/[^"]*)"', response.text())
                waiting += [
                    visitor.address + link.replace("&amp;", "&") for link in links if "/static/" not in link
                ]
            continue
        answer = page.goto(address)
        if answer is None or answer.status != 200:
            problems.append(f"{answer.status if answer else 'no answer'} {address}")
        links = page.eval_on_selector_all("a[href]", "all => all.map(link => link.href)")
        waiting += [str(link) for link in links if str(link).startswith(visitor.address)]
        if is_new:
            _seen_by_eye.add(kind)
            problems += look_at(visitor, page)
    assert problems == []
    assert len(asked) > 10
