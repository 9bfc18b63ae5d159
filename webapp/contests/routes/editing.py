"""Editing the text of a definition in the browser. Forms for what changes most: dates.py."""

import hashlib
from typing import Any

from flask import Response, url_for

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests import queries
from webapp.contests.errors import ContestInvalid, RulesInUse
from webapp.contests.forms import EditorForm
from webapp.contests.routes.blueprint import bp
from webapp.contests.routes.staff import put_in, require_managed, said
from webapp.contests.rules.effects import has_begun
from webapp.contests.service.checking import Checked, check_definition
from webapp.contests.service.proposing import Change
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.render import render

MOST_CHARACTERS = 1_000_000
MOST_SHOWN = 200


@bp.get("/staff/contests/<code>/edit")
@requires(Permission.MANAGE_CONTESTS)
def edit_definition(code: str) -> Response:
    text = managed_text(code)
    form = EditorForm(formdata=None)
    form.text.data, form.base.data = text, digest_of(text)
    return _editor(code, form)


@bp.post("/staff/contests/<code>/edit")
@requires(Permission.MANAGE_CONTESTS)
def save_definition(code: str) -> Response:
    """Load the text, or propose it. What was typed stays on the page when it is refused."""
    managed_text(code)
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


def managed_text(code: str) -> str:
    """The text in force of a contest that the person manages. Raise NotFound."""
    require_managed(code)
    return queries.definition_text(code)


def _contest_id(code: str) -> int:
    return queries.contest_id(code)


def digest_of(text: str) -> str:
    """SHA-256 of a definition, by which a page knows what it was made from."""
    return hashlib.sha256(text.encode()).hexdigest()
