"""Editing a definition in the browser: its text, and forms for what changes most."""

import hashlib
from typing import Any

from flask import Response, request, url_for

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests import queries
from webapp.contests.errors import ContestInvalid, RulesInUse
from webapp.contests.formats.edits import StageNumbers, with_stage, with_windows
from webapp.contests.forms import DatesForm, EditorForm, StageForm
from webapp.contests.routes.blueprint import bp
from webapp.contests.routes.staff import put_in, require_managed, said
from webapp.contests.rules.effects import has_begun
from webapp.contests.rules.schema import Contest
from webapp.contests.rules.window_names import window_names
from webapp.contests.service.checking import Checked, check_definition
from webapp.contests.service.proposing import Change
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.words import Message

MOST_CHARACTERS = 1_000_000
MOST_SHOWN = 200


@bp.get("/staff/contests/<code>/edit")
@requires(Permission.MANAGE_CONTESTS)
def edit_definition(code: str) -> Response:
    text = _managed_text(code)
    form = EditorForm(formdata=None)
    form.text.data, form.base.data = text, _digest(text)
    return _editor(code, form)


@bp.post("/staff/contests/<code>/edit")
@requires(Permission.MANAGE_CONTESTS)
def save_definition(code: str) -> Response:
    """Load the text, or propose it. What was typed stays on the page when it is refused."""
    _managed_text(code)
    form = EditorForm()
    text = form.text.data or ""
    if not form.validate_on_submit() or len(text) > MOST_CHARACTERS:
        return _editor(code, form, status=422)
    checked = check_definition(text, f"{code}.toml")
    if checked.rules is not None and checked.rules.code != code:
        form.text.errors = [_("This text is another contest: its code is not %(code)s.", code=code)]
        return _editor(code, form, checked, status=422)
    try:
        return said(
            put_in(
                Change(
                    text,
                    f"{code}.toml",
                    form.because.data or "",
                    principal().account_id,
                    form.base.data or "",
                )
            )
        )
    except ContestInvalid:
        return _editor(code, form, checked, status=422)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return _editor(code, form, checked, error, error.status)


@bp.post("/staff/contests/text/check")
@requires(Permission.MANAGE_CONTESTS)
def check_text() -> Response:
    """What is wrong with a text, and what is open; with what the banks in force say."""
    text = EditorForm().text.data or ""
    checked = check_definition(text[:MOST_CHARACTERS], "definition.toml", further=True)
    return render("contests/check.html", fragment="contests/_problems.html", **problems_view(checked))


def problems_view(checked: Checked | None) -> dict[str, Any]:
    problems = checked.problems if checked else ()
    questions = checked.questions if checked else ()
    return {
        "checked": checked,
        "problems": problems[:MOST_SHOWN],
        "problem_count": len(problems),
        "error_count": len(checked.errors) if checked else 0,
        "questions": questions[:MOST_SHOWN],
        "question_count": len(questions),
    }


def _editor(
    code: str,
    form: EditorForm,
    checked: Checked | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> Response:
    return render(
        "contests/editor.html",
        status=status,
        code=code,
        form=form,
        action=url_for("contests.save_definition", code=code),
        begun=has_begun(queries.rules_of(_contest_id(code)), clock.now()),
        refusal=refusal.message if refusal else None,
        changes=refusal.changes if isinstance(refusal, RulesInUse) else (),
        **problems_view(checked),
    )


@bp.get("/staff/contests/<code>/dates")
@requires(Permission.MANAGE_CONTESTS)
def edit_dates(code: str) -> Response:
    """Windows of the contest or of one event, quotas and lengths of notices, in fields."""
    return _dates(code, request.args.get("event", ""))


@bp.post("/staff/contests/<code>/dates")
@requires(Permission.MANAGE_CONTESTS)
def save_dates(code: str) -> Response:
    text = _managed_text(code)
    event_code = request.args.get("event", "")
    form = DatesForm()
    if not form.validate_on_submit():
        return _dates(code, event_code, form, status=422)
    try:
        spans = {entry.window.data or "": entry.span(bool(event_code)) for entry in form.windows}
        changed = with_windows(text, spans, event_code)
        for entry in form.stages if not event_code else ():
            profile_code, _colon, stage_code = (entry.stage.data or "").partition(":")
            numbers = StageNumbers(
                StageForm.number(entry.quota.data), StageForm.number(entry.notice_working_days.data)
            )
            changed = with_stage(changed, profile_code, stage_code, numbers)
    except KeyError as error:
        raise NotFound from error
    try:
        return said(
            put_in(
                Change(
                    changed,
                    f"{code}.toml",
                    form.because.data or "",
                    principal().account_id,
                    form.base.data or "",
                )
            )
        )
    except ContestInvalid as error:
        return _dates(code, event_code, form, status=422, problems=error.problems)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return _dates(code, event_code, form, status=error.status, refusal=error)


def _dates(
    code: str,
    event_code: str,
    form: DatesForm | None = None,
    status: int = 200,
    problems: object = (),
    refusal: DomainError | None = None,
) -> Response:
    text = _managed_text(code)
    rules = queries.rules_of(_contest_id(code))
    if event_code and event_code not in {event.code for event in rules.events}:
        raise NotFound
    if form is None:
        form = DatesForm(formdata=None, data=DatesForm.values(text, event_code))
        form.base.data = _digest(text)
    return render(
        "contests/dates.html",
        status=status,
        code=code,
        rules=rules,
        event=rules.event(event_code) if event_code else None,
        window_names=_names(rules, event_code),
        stage_titles={
            f"{profile.code}:{stage.code}": (profile.title, stage.title)
            for profile in rules.profiles
            for stage in profile.stages
        },
        form=form,
        problems=problems,
        begun=has_begun(rules, clock.now()),
        refusal=refusal.message if refusal else None,
        changes=refusal.changes if isinstance(refusal, RulesInUse) else (),
    )


def _names(rules: Contest, event_code: str) -> dict[str, str]:
    """What each window is for, in the reader's language."""
    found = window_names(rules, rules.event(event_code).profile if event_code else "")
    return {
        window: "、".join(say(one) if isinstance(one, Message) else pick(one) for one in words)
        for window, words in found.items()
    }


def _managed_text(code: str) -> str:
    """The text in force of a contest that the person manages. Raise NotFound."""
    require_managed(code)
    return queries.definition_text(code)


def _contest_id(code: str) -> int:
    return queries.contest_id(code)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
