"""Dates and numbers of a contest or of one event in fields; what moves along is shown before it is saved."""

from dataclasses import dataclass

from flask import Response, request

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests import queries
from webapp.contests.errors import ContestInvalid, RulesInUse
from webapp.contests.formats.edits import StageNumbers, with_stage
from webapp.contests.forms import DatesForm, StageForm
from webapp.contests.routes.blueprint import bp
from webapp.contests.routes.editing import digest_of, managed_text
from webapp.contests.routes.staff import put_in, said
from webapp.contests.rules.effects import Moved, effect, has_begun
from webapp.contests.rules.schema import Contest
from webapp.contests.rules.window_names import window_names
from webapp.contests.service.foreseeing import MovedGroup, moved_groups, new_problems, with_dates
from webapp.contests.service.proposing import Change
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, NotFound
from webapp.core.i18n import pick, say
from webapp.core.problems import Problem
from webapp.core.render import render
from webapp.core.words import Message


@dataclass(frozen=True)
class Preview:
    """text: the definition as it would be. moved: the windows that are others. groups: the events concerned, those that
    move alike together. problems: that were not there before."""

    text: str
    moved: tuple[Moved, ...]
    groups: tuple[MovedGroup, ...]
    problems: tuple[Problem, ...]

    @property
    def has_errors(self) -> bool:
        return any(one.is_error for one in self.problems)

    @property
    def has_more(self) -> bool:
        """Whether more is concerned than what was typed: it is shown before it is saved."""
        return any(one.people or one.hangs for one in self.groups)


@bp.get("/staff/contests/<code>/dates")
@requires(Permission.MANAGE_CONTESTS)
def edit_dates(code: str) -> Response:
    """Windows of the contest or of one event, quotas and lengths of notices, in fields."""
    return _dates(code, request.args.get("event", ""))


@bp.post("/staff/contests/<code>/dates")
@requires(Permission.MANAGE_CONTESTS)
def save_dates(code: str) -> Response:
    """Load or propose them; where more changes than what was typed, that is shown first."""
    text = managed_text(code)
    event_code = request.args.get("event", "")
    form = DatesForm()
    if not form.validate_on_submit():
        return _dates(code, event_code, form, status=422)
    try:
        preview = _preview(code, text, form, event_code)
    except KeyError as error:
        raise NotFound from error
    is_seen = form.seen.data == digest_of(preview.text)
    form.seen.data = digest_of(preview.text)
    if preview.has_more and not preview.has_errors and not is_seen:
        return _dates(code, event_code, form, preview=preview)
    why = form.because.data or ""
    try:
        return said(
            put_in(Change(preview.text, f"{code}.toml", why, principal().account_id, form.base.data or ""))
        )
    except ContestInvalid as error:
        return _dates(code, event_code, form, status=422, problems=error.problems, preview=preview)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return _dates(code, event_code, form, status=error.status, refusal=error, preview=preview)


def _preview(code: str, text: str, form: DatesForm, event_code: str) -> Preview:
    """raise (KeyError): a window, stage or event that the definition does not have."""
    rules, now = queries.rules_of(queries.contest_id(code)), clock.now()
    spans = {entry.window.data or "": entry.span(bool(event_code)) for entry in form.windows}
    made = with_dates(text, spans, event_code, now)
    changed = made.text
    for entry in form.stages if not event_code else ():
        profile_code, _colon, stage_code = (entry.stage.data or "").partition(":")
        numbers = StageNumbers(
            StageForm.number(entry.quota.data), StageForm.number(entry.notice_working_days.data)
        )
        changed = with_stage(changed, profile_code, stage_code, numbers)
    return Preview(
        text=changed,
        moved=effect(rules, made.rules, now).moved,
        groups=moved_groups(queries.contest_id(code), rules, made.rules, now),
        problems=new_problems(text, changed),
    )


def _dates(
    code: str,
    event_code: str,
    form: DatesForm | None = None,
    status: int = 200,
    problems: object = (),
    refusal: DomainError | None = None,
    preview: Preview | None = None,
) -> Response:
    text = managed_text(code)
    rules = queries.rules_of(queries.contest_id(code))
    if event_code and event_code not in {event.code for event in rules.events}:
        raise NotFound
    names = names_of_windows(rules, event_code)
    if form is None:
        form = DatesForm(formdata=None, data=DatesForm.values(text, event_code, names))
        form.base.data = digest_of(text)
    moved = preview.moved if preview else ()
    return render(
        "contests/dates.html",
        status=status,
        code=code,
        rules=rules,
        event=rules.event(event_code) if event_code else None,
        window_names=names,
        stage_titles={
            f"{profile.code}:{stage.code}": (profile.title, stage.title)
            for profile in rules.profiles
            for stage in profile.stages
        },
        form=form,
        problems=problems,
        preview=preview,
        windows=[(one, [rules.event(code).title for code in one.event_codes[:5]]) for one in moved],
        begun=has_begun(rules, clock.now()),
        refusal=refusal.message if refusal else None,
        changes=refusal.changes if isinstance(refusal, RulesInUse) else (),
    )


def names_of_windows(rules: Contest, event_code: str = "") -> dict[str, str]:
    """What each window is for, in the reader's language."""
    found = window_names(rules, rules.event(event_code).profile if event_code else "")
    return {
        window: "、".join(say(one) if isinstance(one, Message) else pick(one) for one in words)
        for window, words in found.items()
    }
