"""The wrong-answer book: what was wrong, by event and topic, to be practised until it is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.banks.queries.answered import QuestionLine
from webapp.banks.queries.practice import Practised, asked, practised
from webapp.core import clock
from webapp.core.i18n import pick
from webapp.core.paging import Pages
from webapp.core.render import render
from webapp.core.transaction import in_transaction
from webapp.learning.queries import quizzes as queries
from webapp.learning.queries.quizzes import BOOK, BookLine
from webapp.learning.routes.blueprint import bp
from webapp.learning.routes.quiz_views import answered_view
from webapp.learning.rules.quizzes import LEAVES_AFTER
from webapp.learning.service import quizzes
from webapp.learning.service.learners import Learner, learner, learners

PAGE = 20
TITLE = {"zh": "错题练习", "en": "Practising wrong answers"}


@dataclass(frozen=True)
class Shelf:
    """One event's part of the book, for the tabs. count: questions in it."""

    learner: Learner
    count: int


@dataclass(frozen=True)
class TopicChoice:
    """A topic to filter by. value: 'bank:topic'."""

    value: str
    title: str
    count: int


@dataclass(frozen=True)
class BookEntry:
    """A question of the book, its key beside the answer that was wrong. left: right rounds until it leaves."""

    topic: str
    wrong_count: int
    left: int
    last_at: datetime
    q: QuestionLine


@bp.get("/learning/wrong-answers")
@signed_in
def wrong_answers() -> Response:
    shelves, lines = [], {}
    for found in learners(principal(), clock.now()):
        kept = queries.book(found.participation_id)
        usable = practised([line.question_id for line in kept])
        lines[found.event_id] = [
            (line, usable[line.question_id]) for line in kept if line.question_id in usable
        ]
        shelves.append(Shelf(found, len(lines[found.event_id])))
    shelf = _chosen(shelves)
    held = lines[shelf.learner.event_id] if shelf else []
    topics = _topics([place for _line, place in held])
    topic = request.args.get("topic", "")
    topic = topic if any(topic == one.value for one in topics) else ""
    wanted = [pair for pair in held if not topic or _value(pair[1]) == topic]
    page = Pages.of(request.args.get("page", 1, type=int), len(wanted), PAGE)
    return render(
        "learning/wrong_answers.html",
        shelves=shelves,
        shelf=shelf,
        topics=topics,
        topic=topic,
        entries=_entries(page.cut(wanted)),
        page=page,
        open_round=queries.open_round(shelf.learner.participation_id, BOOK) if shelf else None,
        leaves_after=LEAVES_AFTER,
    )


@bp.post("/learning/<contest>/<event>/wrong-answers")
@signed_in
def wrong_answers_start(contest: str, event: str) -> ResponseReturnValue:
    found = learner(principal(), contest, event, clock.now())
    topic = request.form.get("topic", "")[:200]
    round_id = in_transaction(lambda: quizzes.start_book(found, TITLE, topic, clock.arrival()))
    return redirect(url_for(".quiz_round", round_id=round_id), code=303)


def _chosen(shelves: Sequence[Shelf]) -> Shelf | None:
    """The event asked for, else the first that has something, else the first."""
    wanted = request.args.get("event", 0, type=int)
    return next(
        (one for one in shelves if one.learner.event_id == wanted),
        next((one for one in shelves if one.count), shelves[0] if shelves else None),
    )


def _topics(places: Sequence[Practised]) -> list[TopicChoice]:
    counts: dict[str, int] = {}
    titles: dict[str, str] = {}
    for place in places:
        counts[_value(place)] = counts.get(_value(place), 0) + 1
        titles[_value(place)] = _topic_title(place)
    return [
        TopicChoice(value, titles[value], counts[value]) for value in sorted(counts, key=titles.__getitem__)
    ]


def _value(place: Practised) -> str:
    return f"{place.bank_code}:{place.topic}"


def _topic_title(place: Practised) -> str:
    return pick(place.topic_title) if place.topic_title else place.topic


def _entries(pairs: Sequence[tuple[BookLine, Practised]]) -> list[BookEntry]:
    """The version that was answered wrong, with its key: the person has seen it."""
    versions = [line.version_id for line, _place in pairs]
    questions = asked(versions)
    keys = quizzes.keys_of(versions) if versions else {}
    return [
        BookEntry(
            topic=_topic_title(place),
            wrong_count=line.wrong_count,
            left=LEAVES_AFTER - line.right_streak,
            last_at=line.last_at,
            q=answered_view(
                questions[line.version_id],
                line.answer,
                keys[line.version_id],
                tuple(range(len(questions[line.version_id].public.options))),
            ),
        )
        for line, place in pairs
    ]
