"""An exam behind a real socket, and people who sit it in browsers of their own."""

import contextvars
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.factories import make_account, sign_in
from tests.integration.exam.exams import participant
from webapp.accounts.models import Account, Person
from webapp.core.db import db
from webapp.exam.models import Sheet
from webapp.exam.routes.fragments import forget_fragments


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The app behind a real socket on a free port; its address."""
    forget_fragments()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=contextvars.Context().run, args=(server.serve_forever,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Contestant:
    account: Account
    exam_id: int
    address: str
    app: Flask

    def device(self, chromium: Browser, **options: Any) -> BrowserContext:
        """A browser of its own in which the contestant is signed in."""
        client = self.app.test_client()
        sign_in(client, self.account)
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        context = chromium.new_context(locale="zh-CN", **options)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])
        context.set_default_timeout(10_000)
        return context

    def start(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.goto(f"{self.address}/exams/{self.exam_id}/start")
        page.locator(f"form[action='/exams/{self.exam_id}/start'] button").click()
        expect(page.locator("#exam[data-ready]")).to_be_attached()
        return page


def question(page: Page, kind: str) -> Any:
    return page.locator(f".question[data-type={kind}]").first


def badge(found: Any, state: str) -> None:
    expect(found.locator("[data-save-state]")).to_have_attribute("data-state", state)


def contestant(app: Flask, session: Session, address: str, exam_id: int, **columns: Any) -> Contestant:
    """Somebody new who may sit the exam."""
    person = participant(exam_id, **columns)
    account = make_account(session.get_one(Person, person.person_id))
    session.commit()
    return Contestant(account, exam_id, address, app)


def stored(session: Session) -> list[str]:
    session.rollback()
    session.expire_all()
    return [answer for sheet in db.session.query(Sheet) for answer in sheet.answers if answer]
