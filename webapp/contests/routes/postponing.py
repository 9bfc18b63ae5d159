"""One event is postponed or extended: a preview of every date of it, then a change like any other."""

import hashlib
from dataclasses import dataclass
from typing import Any

from flask import Response, request

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests import queries
from webapp.contests.errors import ContestInvalid, RulesInUse
from webapp.contests.formats.edits import span_of
from webapp.contests.forms import PostponeForm
from webapp.contests.routes.blueprint import bp
from webapp.contests.routes.staff import put_in, require_managed, said
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.postponing import Move, Shift, movable, shifted, windows_in_order
from webapp.contests.rules.schema import Contest, EventRules, Window
from webapp.contests.rules.window_names import window_names
from webapp.contests.service.foreseeing import new_problems, with_dates
from webapp.contests.service.moves import Along, foresee
from webapp.contests.service.proposing import Change, people_of
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.problems import Problem
from webapp.core.render import render
from webapp.core.words import Message


@bp.get("/staff/contests/<code>/postpone")
@requires(Permission.MANAGE_CONTESTS)
def postpone(code: str) -> Response:
    """Which event, and how it moves."""
    rules, event = _named(code)
    return _page(code, rules, event, _form(rules, event, formdata=None, move=Move.POSTPONE.value))


@bp.post("/staff/contests/<code>/postpone")
@requires(Permission.MANAGE_CONTESTS)
def do_postpone(code: str) -> Response:
    """Show every date before and after; once that was seen, put it into the contest file, or propose it."""
    rules, event = _named(code)
    form = _form(rules, event)
    if event is None or not form.validate_on_submit():
        return _page(code, rules, event, form, 422)
    present = queries.definition_text(code)
    try:
        preview = _preview(present, rules, event, form)
    except ValueError:
        form.window.errors = [_("It has begun already: extend it, or choose what is still to come.")]
        return _page(code, rules, event, form, 422)
    is_seen = form.seen.data == _digest(preview.text)
    form.seen.data = _digest(preview.text)
    if request.form.get("step") != "move" or not is_seen:
        return _page(code, rules, event, form, 422 if preview.has_errors else 200, preview)
    return _put(code, rules, event, form, preview, _digest(present))


def _put(
    code: str, rules: Contest, event: EventRules, form: PostponeForm, preview: "Preview", base: str
) -> Response:
    change = Change(preview.text, f"{code}.toml", form.because.data or "", principal().account_id, base)
    try:
        return said(put_in(change))
    except ContestInvalid:
        return _page(code, rules, event, form, 422, preview)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return _page(code, rules, event, form, error.status, preview, error)


def _named(code: str) -> tuple[Contest, EventRules | None]:
    """The rules in force of a contest that the person manages, and the event in the address. raise (NotFound)."""
    require_managed(code)
    rules, wanted = queries.rules_of(queries.contest_id(code)), request.args.get("event", "")
    event = next((one for one in rules.events if one.code == wanted), None)
    if event is None and wanted:
        raise NotFound
    return rules, event


def _form(rules: Contest, event: EventRules | None, **data: Any) -> PostponeForm:
    """The form with what of this event is not over yet."""
    form = PostponeForm(**data)
    names = movable(rules, event, Move.EXTEND, clock.now()) if event is not None else ()
    form.window.choices = [(name, words) for name, words in _words(rules, event) if name in names]
    return form


def _words(rules: Contest, event: EventRules | None) -> list[tuple[str, str]]:
    """(window, what it is for in the reader's language) in the order of the event."""
    if event is None:
        return []
    known = window_names(rules, event.profile)
    return [
        (name, "、".join(_word(one) for one in known.get(name, ())) or name)
        for name in windows_in_order(rules, event)
    ]


def _word(one: Message | Text) -> str:
    return say(one) if isinstance(one, Message) else pick(one)


@dataclass(frozen=True)
class Preview:
    """rows: (what for, before, after or None where it stays). along: every other instant of the event. problems: that were not there before. people: who
    take part and are told. text: the definition as it would be."""

    rows: tuple[tuple[str, Window, Window | None], ...]
    along: Along
    problems: tuple[Problem, ...]
    people: int
    text: str

    @property
    def has_errors(self) -> bool:
        return any(one.is_error for one in self.problems)


def _preview(present: str, rules: Contest, event: EventRules, form: PostponeForm) -> Preview:
    """raise (ValueError): it may not be moved like this."""
    shift, now = _shift(form), clock.now()
    moved, before = shifted(rules, event, shift, now), windows_in_order(rules, event)
    made = with_dates(present, {name: span_of(window) for name, window in moved.items()}, event.code, now)
    contest_id = queries.contest_id(rules.code)
    event_id = queries.event_ids(contest_id)[event.code]
    return Preview(
        rows=tuple((words, before[name], moved.get(name)) for name, words in _words(rules, event)),
        along=foresee(contest_id, [event.code], rules, made.rules, now)[event.code],
        problems=new_problems(present, made.text),
        people=people_of([event_id]).get(event_id, 0),
        text=made.text,
    )


def _shift(form: PostponeForm) -> Shift:
    return Shift(form.window.data or "", Move(form.move.data), form.days.data or 0, bool(form.later.data))


def _page(
    code: str,
    rules: Contest,
    event: EventRules | None,
    form: PostponeForm,
    status: int = 200,
    preview: Preview | None = None,
    refusal: DomainError | None = None,
) -> Response:
    return render(
        "contests/postpone.html",
        status=status,
        code=code,
        rules=rules,
        event=event,
        form=form,
        preview=preview,
        refusal=refusal.message if refusal else None,
        changes=refusal.changes if isinstance(refusal, RulesInUse) else (),
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
