"""A headless Chromium, and a whole running site with the demo in it, once for each test process."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.site import Site, running_site
from tests.browser.visitor import WAIT_MS, Visitor
from webapp.app import create_app
from webapp.config import Settings
from webapp.core.db import db
from webapp.demo import rules


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; its absence is a failure, not a skip."""
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = launch(playwright.chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """The site as `make run` starts it, with the demo loaded; it ends with the last browser test."""
    with running_site() as found:
        yield found


@pytest.fixture(scope="package")
def backstage(site: Site) -> Iterator[Flask]:
    """The app on the site's database, for what a test prepares or looks up by the services."""
    app = create_app(Settings.from_env(site.environ))
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


Arrive = Callable[..., Visitor]


@pytest.fixture
def arrive(chromium: Browser, site: Site) -> Iterator[Arrive]:
    """Somebody new at a screen: arrive(), arrive("host"), arrive("13900000001", size=PHONE).

    A name is that of a demo account. What went wrong in any of their browsers fails the test."""
    here: list[Visitor] = []

    def come(who: str = "", **options: Any) -> Visitor:
        visitor = Visitor(chromium, site.address, **options)
        here.append(visitor)
        if who:
            visitor.sign_in(login_of(who), rules.PASSWORD)
        return visitor

    yield come
    problems = [problem for visitor in here for problem in visitor.problems]
    for visitor in here:
        visitor.close()
    assert problems == []


def login_of(who: str) -> str:
    """The phone number of a demo account by its key; a number stays what it is."""
    found = next((person for person in rules.PEOPLE if person.key == who), None)
    return rules.phone_of(rules.PEOPLE.index(found) + 1) if found else who
