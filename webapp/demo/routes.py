"""The host's page of the living demo; only where the demo is on."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.audit.service import record
from webapp.core.db import db
from webapp.core.errors import NotFound
from webapp.core.i18n import gettext as _
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.core.words import N_
from webapp.demo.models import DemoRun
from webapp.demo.rules import LIVING
from webapp.demo.visitors import run

bp = Blueprint("demo", __name__, template_folder="templates")

COUNT_WORDS = (
    ("people", N_("Invented contestants")),
    ("signed_in", N_("signed in")),
    ("videos", N_("videos watched")),
    ("questions", N_("quiz questions answered")),
    ("drills", N_("drills finished")),
    ("texts", N_("texts read")),
    ("began", N_("exams begun")),
    ("answers", N_("savings of answers")),
    ("handed_in", N_("papers handed in")),
    ("gave_up", N_("gave up because of an error")),
)


@dataclass(frozen=True)
class RunView:
    """A run for the page."""

    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    counts: tuple[tuple[str, int], ...]


@bp.get("/staff/demo")
@requires(Permission.RUN_EXAMS)
def living() -> ResponseReturnValue:
    _require_demo()
    rows = db.session.scalars(select(DemoRun).order_by(DemoRun.id.desc()).limit(10)).all()
    views = [
        RunView(
            row.asked_at,
            row.started_at,
            row.finished_at,
            tuple((words, row.counts[key]) for key, words in COUNT_WORDS if row.counts.get(key)),
        )
        for row in rows
    ]
    return render("demo/living.html", fragment="demo/_runs.html", runs=views, people=sum(LIVING.values()))


@bp.post("/staff/demo")
@requires(Permission.RUN_EXAMS)
def start_again() -> ResponseReturnValue:
    _require_demo()
    with transaction():
        is_new = run.ask(principal().account_id)
        if is_new:
            record("demo.run", "demo", 0)
    if is_new:
        flash(_("The invented contestants are on their way: the first sign in within a minute."), "success")
    else:
        flash(_("A run is going on already. Start another when it has ended."), "info")
    return redirect(url_for("demo.living"), code=303)


def _require_demo() -> None:
    if not current_app.config["DEMO"]:
        raise NotFound
