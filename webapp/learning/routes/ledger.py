"""Every entry of one's points, and how the learning score follows from them."""

from decimal import Decimal

from flask import Response, request

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.core import clock
from webapp.core.paging import Pages
from webapp.core.render import render
from webapp.learning.queries.points import entries, summary
from webapp.learning.routes.blueprint import ACTIVITY_WORDS, bp
from webapp.learning.routes.entry_views import entry_lines, plain
from webapp.learning.rules.score import learning_score
from webapp.learning.service.learners import learner

PAGE = 50


@bp.get("/learning/<contest>/<event>/points", endpoint="ledger")
@signed_in
def own_ledger(contest: str, event: str) -> Response:
    now = clock.now()
    found = learner(principal(), contest, event, now)
    rows = entries(found.contest_id, found.participation_id)
    page = Pages.of(request.args.get("page", 1, type=int), len(rows), PAGE)
    return render(
        "learning/ledger.html",
        learner=found,
        panel=summary(found.contest_id, found.participation_id, found.learning, now),
        lines=page.cut(entry_lines(rows)),
        page=page,
        plain=plain,
    )


@bp.get("/learning/<contest>/<event>/derivation")
@signed_in
def derivation(contest: str, event: str) -> Response:
    """The learning component as a combined score took it: every entry up to `position`, and every cap."""
    now = clock.now()
    found = learner(principal(), contest, event, now)
    position = request.args.get("position", type=int)
    rows = [
        row
        for row in entries(found.contest_id, found.participation_id)
        if position is None or row.entry_id <= position
    ]
    balance = rows[-1].running if rows else Decimal(0)
    full = found.learning.full_points
    return render(
        "learning/derivation.html",
        fragment="learning/_derivation.html",
        learner=found,
        lines=entry_lines(rows),
        balance=balance,
        counted=max(balance, Decimal(0)),
        full=full,
        score=learning_score(balance, full) if full else None,
        activity_words=ACTIVITY_WORDS,
        plain=plain,
    )
