"""Invented contestants use the running site over HTTP, through the same pages as everybody."""

import threading

import pytest
from flask import Flask
from sqlalchemy import select

from tests.browser.site import Site
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.demo.models import DemoRun
from webapp.demo.visitors import run

pytestmark = pytest.mark.browser


def test_invented_contestants_learn_and_hand_in(site: Site, backstage: Flask) -> None:
    with backstage.app_context(), transaction():
        assert run.ask()
        assert not run.ask(), "one run at a time"
        run_id = db.session.scalars(select(DemoRun.id).where(DemoRun.finished_at.is_(None))).one()
    counts = run.play(backstage, run_id, site.address, 0.5, 3, threading.Event())
    assert counts["people"] == counts["signed_in"] == 3
    assert counts["gave_up"] == 0
    assert counts["handed_in"] >= 1
    assert counts["questions"] + counts["drills"] + counts["videos"] + counts["texts"] >= 1
    with backstage.app_context():
        kept = db.session.get_one(DemoRun, run_id)
        assert kept.finished_at is not None
        assert kept.counts == dict(counts)
