"""The player: the page of a video, and what its script sends while it plays."""

import json
from typing import Any

from flask import Response, jsonify, request

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.contests.rules.schema import ActivityKind
from webapp.core import clock
from webapp.core.db import let_go
from webapp.core.i18n import gettext as _
from webapp.core.limits import limiter
from webapp.core.render import render
from webapp.core.transaction import in_transaction
from webapp.courses import queries as courses
from webapp.learning.errors import BadBeat
from webapp.learning.queries import watching as queries
from webapp.learning.queries.lessons import PROGRESS
from webapp.learning.routes.blueprint import CUT_WORDS, bp
from webapp.learning.routes.home import plain
from webapp.learning.routes.player_view import player_view
from webapp.learning.rules.beats import MAX_BEAT_BYTES, Sent, read_beat, read_number
from webapp.learning.service.ledger import Credit
from webapp.learning.service.places import Place, enter
from webapp.learning.service.watching import beats, earning, sessions
from webapp.learning.service.watching.beats import Counted, Question

PROGRESS[ActivityKind.VIDEO] = queries.progress
PROGRESS[ActivityKind.TEXT] = queries.progress


@bp.get("/learning/<contest>/<event>/watch/<int:lesson_id>")
@signed_in
def watch(contest: str, event: str, lesson_id: int) -> Response:
    place, at = _place(contest, event, lesson_id), clock.arrival()
    made = None
    if queries.is_owed(place.participation_id, lesson_id) and place.learner.is_open(at):
        made = in_transaction(lambda: earning.settle(place.participation_id, lesson_id, at))
    said = earned_words(made) if made else ""
    return render(
        "learning/watch.html",
        p=player_view(place, at),
        points_said=said,
        provisional=place.learner.is_provisional,
    )


@bp.post("/learning/<contest>/<event>/watch/<int:lesson_id>/play")
@signed_in
@limiter.limit("60 per minute")
def play(contest: str, event: str, lesson_id: int) -> Response:
    """Begin to count; any other page of this person stops counting."""
    place = _place(contest, event, lesson_id)
    part, at = courses.video_of(lesson_id), clock.arrival()

    def begin() -> tuple[sessions.Started, Credit | None]:
        made = sessions.start(place.learner, lesson_id, part.file_digest, part.duration_s, at)
        return made, earning.settle(place.participation_id, lesson_id, at)

    started, made = in_transaction(begin)
    return _answer(
        {
            "player": started.session,
            "spans": started.spans,
            "credited_s": started.credited_s,
            "enough_s": started.enough_s,
            "time_left_s": started.time_left_s,
            "question": _question(started.question),
        },
        made,
    )


@bp.post("/learning/players/<player>/beat")
@signed_in
@limiter.limit("120 per minute")
def beat(player: str) -> Response:
    sent = _sent(player)
    let_go()  # the hot statement takes its own connection: hold none meanwhile
    return _count(player, sent)


@bp.post("/learning/players/<player>/here")
@signed_in
@limiter.limit("60 per minute")
def here(player: str) -> Response:
    """The answer to the question of presence."""
    person_id, at = principal().person_id, clock.arrival()
    try:
        number = read_number(request.get_json(silent=True))
    except BadBeat:
        beats.require_own(player, person_id)
        raise
    in_time = in_transaction(lambda: sessions.answer(player, person_id, number, at))
    return _count(player, Sent((), None), in_time=in_time)


def _place(contest: str, event: str, lesson_id: int) -> Place:
    return enter(principal(), contest, event, lesson_id, (ActivityKind.VIDEO,), clock.now())


def _sent(player: str) -> Sent:
    """JSON while the page is open; a form field in the beacon that leaves with it."""
    try:
        return _parsed()
    except BadBeat:
        beats.require_own(player, principal().person_id)
        raise


def _parsed() -> Sent:
    if (request.content_length or 0) > MAX_BEAT_BYTES:
        raise BadBeat
    if request.is_json:
        return read_beat(request.get_json(silent=True))
    try:
        return read_beat(json.loads(request.form.get("beat", "")))
    except ValueError as error:
        raise BadBeat from error


def _count(player: str, sent: Sent, **more: Any) -> Response:
    arrival = clock.arrival()
    counted = beats.beat(player, principal().person_id, sent.spans, sent.at_s, arrival)
    made = None
    if counted.enough_at == arrival and not counted.is_settled:
        made = in_transaction(lambda: earning.settle(counted.participation_id, counted.lesson_id, arrival))
    return _answer(_standing(counted) | more, made)


def _standing(counted: Counted) -> dict[str, Any]:
    return {
        "spans": counted.spans,
        "credited_s": counted.credited_s,
        "enough_s": counted.enough_s,
        "time_left_s": counted.time_left_s,
        "question": _question(counted.question),
    }


def _question(question: Question | None) -> dict[str, int] | None:
    return {"number": question.number, "left_s": question.left_s} if question else None


def _answer(standing: dict[str, Any], made: Credit | None) -> Response:
    said, credited = "", False
    if made is not None:
        credited = made.points > 0
        said = earned_words(made)
    response = jsonify(standing | {"said": said, "credited": credited})
    if credited:
        response.headers["HX-Trigger"] = "points-changed"
    return response


def earned_words(made: Credit) -> str:
    """What was earned, and what kept it from being more."""
    words = [_("You have earned %(points)s points.", points=plain(made.points))] if made.points > 0 else []
    if made.cut_by:
        words.append(_(CUT_WORDS[made.cut_by]))
    return " ".join(words)
