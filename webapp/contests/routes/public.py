"""Public pages of contests and events."""

from collections import Counter
from datetime import timedelta

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import public
from webapp.contests import queries
from webapp.contests.queries import ContestView, EventView
from webapp.contests.routes.blueprint import bp
from webapp.contests.rules.phases import Phase
from webapp.contests.rules.plain_words import TOPIC_WORDS, marking_in_words, rules_in_words
from webapp.contests.rules.schema import Window
from webapp.contests.rules.undecided import missing_to_open
from webapp.core import clock
from webapp.core.i18n import gettext as _
from webapp.core.i18n import locale, pick, say
from webapp.core.paging import Pages
from webapp.core.render import render
from webapp.core.words import N_, Message

PHASE_WORDS = {
    Phase.UPCOMING: (N_("Not started"), ""),
    Phase.REGISTRATION: (N_("Registration open"), "info"),
    Phase.LEARNING: (N_("Learning open"), "info"),
    Phase.EXAM_OPEN: (N_("Exam open"), "accent"),
    Phase.OPEN_TRACK: (N_("Open to everybody"), "accent"),
    Phase.BETWEEN: (N_("Between two steps"), ""),
    Phase.CLOSED: (N_("Closed"), ""),
    Phase.PUBLISHED: (N_("Published"), "success"),
    Phase.UNDECIDED: (N_("Dates to be decided"), "warning"),
}
OPEN_PHASES = (Phase.REGISTRATION, Phase.LEARNING, Phase.EXAM_OPEN, Phase.OPEN_TRACK)
SHOWN_OF_A_PHASE = 3
"""So many events of a phase stand on the first page; the page of the contest shows all."""

ON_A_PAGE = 60
"""Events on one page of a contest; a contest may have hundreds."""


bp.add_app_template_global(pick, "pick")


@bp.app_template_global("phase_words")
def phase_words(phase: Phase) -> tuple[str, str]:
    """A phase in the reader's language, and the kind of its badge."""
    words, kind = PHASE_WORDS[phase]
    return str(_(words)), kind


@bp.app_template_global("sentence")
def sentence(message: Message) -> str:
    """A sentence whose parameters may be pairs of texts or lists of sentences."""
    params = {}
    for name, value in message.params.items():
        if isinstance(value, tuple):
            params[name] = (
                "；".join(say(item) for item in value)
                if locale() != "en"
                else "; ".join(say(item) for item in value)
            )
        elif isinstance(value, (Message, str, int)):
            params[name] = value  # type: ignore[assignment]  # said below
        else:
            params[name] = pick(value)
    return str(params["text"]) if message.text == "%(text)s" else say(Message(message.text, params))


@bp.app_template_filter("topic_word")
def topic_word(topic: str) -> str:
    """What a class leaves open, as an English msgid."""
    return TOPIC_WORDS[topic]


@bp.app_template_filter("days")
def days(window: Window | None) -> str:
    """A window as people read it: first and last Shanghai day, and the hour where it is not midnight."""
    if window is None:
        return _("to be decided")
    opens, closes = window.opens_at.astimezone(clock.SHANGHAI), window.closes_at.astimezone(clock.SHANGHAI)
    whole = (opens.hour, opens.minute, closes.hour, closes.minute) == (0, 0, 0, 0)
    form = "%Y-%m-%d" if whole else "%Y-%m-%d %H:%M"
    return f"{opens.strftime(form)} – {(closes - timedelta(days=1) if whole else closes).strftime(form)}"


@bp.get("/")
@public("the first page is for visitors")
def home() -> Response:
    contests = [(view, _open_now(view)) for view in queries.listed_contests(clock.now())]
    contests.sort(key=lambda pair: not pair[1])  # stable: the newest first, those with something open above
    return render("contests/home.html", contests=contests)


def _open_now(view: ContestView) -> list[EventView]:
    """A few events of each phase in which one can do something now."""
    return [
        event
        for phase in OPEN_PHASES
        for event in [event for event in view.events if event.phase is phase][:SHOWN_OF_A_PHASE]
    ]


@bp.get("/contests")
@public("contests and their rules are public")
def contests_list() -> ResponseReturnValue:
    """The home page is the list."""
    return redirect(url_for("contests.home"), 302)


@bp.get("/contests/<code>")
@public("contests and their rules are public")
def contest(code: str) -> Response:
    view = queries.contest_by_code(code, clock.now())
    wanted = request.args.get("q", "").strip()
    chosen = request.args.get("class", "")
    phase = request.args.get("phase", "")
    shown = [
        event for event in view.events if _matches(event, wanted, chosen) and phase in {"", event.phase.value}
    ]
    order = {item.code: place for place, item in enumerate(view.rules.classes)}
    shown.sort(key=lambda event: order.get(event.event_class, len(order)))  # stable: the file's order stays
    paging = Pages.of(request.args.get("page", 1, type=int), len(shown), ON_A_PAGE)
    on_page = paging.cut(shown)
    groups = [
        (item, [event for event in on_page if event.event_class == item.code]) for item in view.rules.classes
    ]
    return render(
        "contests/contest.html",
        fragment="contests/_events.html",
        contest=view,
        groups=groups,
        wanted=wanted,
        chosen=chosen,
        phase=phase,
        phases=[item for item in Phase if any(event.phase is item for event in view.events)],
        count=len(shown),
        totals=Counter(event.event_class for event in view.events),
        paging=paging,
    )


def _matches(event: EventView, wanted: str, chosen: str) -> bool:
    if chosen and event.event_class != chosen:
        return False
    words = f"{event.title.get('zh', '')} {event.title.get('en', '')} {event.rules.trade}".casefold()
    return wanted.casefold() in words


@bp.get("/contests/<code>/<event_code>")
@public("events and their rules are public")
def event(code: str, event_code: str) -> ResponseReturnValue:
    """One event; the address of a merged one leads to the event it became part of."""
    other = queries.merged_into(code, event_code)
    if other is not None:
        return redirect(url_for("contests.event", code=code, event_code=other), 301)
    view = queries.event_by_code(code, event_code, clock.now())
    rules = queries.rules_of(view.contest_id)
    windows = [(_("Registration"), view.registration)]
    if view.windows.learning and view.track == "competition":
        windows.append((_("Learning"), view.windows.learning))
    windows += [(pick(stage.title), rules.window(view.rules, stage.window)) for stage in view.profile.stages]
    online = view.online_stage
    return render(
        "contests/event.html",
        event=view,
        exam=rules.blueprint(view.rules, online) if online else None,
        missing=missing_to_open(rules, view.rules, online) if online else (),
        board_is_public=queries.is_board_public(view.event_id, online) if online else False,
        marking_in_words=marking_in_words,
        windows=windows,
        lines=rules_in_words(rules, view.rules),
        awards=[
            award for award in view.profile.awards if not award.classes or view.event_class in award.classes
        ],
        source=rules.source,
    )
