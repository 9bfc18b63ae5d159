"""The contests of an installation, their versions, and files in and out."""

import hashlib
from pathlib import Path

from flask import Response, current_app, flash, redirect, request, send_file, url_for
from werkzeug.datastructures import FileStorage

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests import queries
from webapp.contests.errors import ContestInvalid, RulesInUse
from webapp.contests.forms import DefinitionForm
from webapp.contests.queries import proposals
from webapp.contests.routes.blueprint import bp
from webapp.contests.rules.differences import differences
from webapp.contests.rules.undecided import open_questions
from webapp.contests.service.proposing import Change, Submitted, submit
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.problems import MAX_LISTED, Problem
from webapp.core.render import render
from webapp.core.transaction import transaction

SCHEMA = Path(__file__).parents[1] / "definitions" / "schema.json"
MOST_DIFFERENCES = 500


@bp.get("/staff/contests")
@requires(Permission.MANAGE_CONTESTS)
def administration() -> Response:
    return _administration(DefinitionForm(formdata=None), "", status=200)


@bp.post("/staff/contests")
@requires(Permission.MANAGE_CONTESTS)
def load() -> Response:
    """Load a file, or the text typed below it."""
    form = DefinitionForm()
    upload = form.file.data if isinstance(form.file.data, FileStorage) and form.file.data.filename else None
    name = upload.filename if upload and upload.filename else "definition.toml"
    text = form.text.data or ""
    if upload is not None:
        try:
            text = upload.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            form.file.errors = [_("The file is not UTF-8 text.")]
            return _administration(form, text)
    if not text.strip():
        form.file.errors = [_("Choose a file or type the text.")]
        return _administration(form, text)
    try:
        done = put_in(Change(text, name, form.because.data or "", principal().account_id))
    except ContestInvalid as error:
        return _administration(form, text, problems=error.problems)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return _administration(form, text, refusal=error, status=error.status)
    return said(done)


def put_in(change: Change) -> Submitted:
    """Load or propose a change; who may not manage this very contest is refused and nothing stays."""
    with transaction():
        done = submit(change, bool(current_app.config["TWO_PERSON"]))
        contest_id = (
            done.loaded.contest_id
            if done.loaded
            else proposals.proposal_by_id(done.proposal_id or 0).contest_id
        )
        if not principal().allows(Permission.MANAGE_CONTESTS, contest_id=contest_id):
            raise Forbidden
    return done


def require_managed(code: str) -> None:
    """Raise NotFound unless the person manages this contest."""
    if not principal().allows(Permission.MANAGE_CONTESTS, contest_id=queries.contest_id(code)):
        raise NotFound


def said(done: Submitted) -> Response:
    """Where one goes after saving, and what is said there."""
    if done.loaded is None:
        flash(_("The change waits for a second person."))
        target = url_for("contests.proposal", proposal_id=done.proposal_id)
    elif done.loaded.is_new:
        flash(_("Version %(number)s is in force.", number=done.loaded.version))
        target = url_for("contests.administration")
    else:
        flash(_("This text is in force already."))
        target = url_for("contests.administration")
    return redirect(target, code=303)  # type: ignore[return-value]  # typed wider than Flask's


def _administration(
    form: DefinitionForm,
    text: str,
    problems: list[Problem] | None = None,
    refusal: DomainError | None = None,
    status: int = 422,
) -> Response:
    """The page, with what was typed and every reason."""
    form.text.data = text
    found = problems or []
    return render(
        "contests/administration.html",
        status=status,
        contests=queries.listed_contests(clock.now()),
        waiting=[
            one
            for one in proposals.waiting_proposals()
            if principal().allows(Permission.MANAGE_CONTESTS, contest_id=one.contest_id)
        ],
        form=form,
        problems=found[:MAX_LISTED],
        problem_count=len(found),
        refusal=refusal.message if refusal else None,
        changes=refusal.changes if isinstance(refusal, RulesInUse) else (),
        asks_why=refusal is not None,
    )


@bp.get("/staff/contests/schema.json")
@requires(Permission.MANAGE_CONTESTS)
def definition_schema() -> Response:
    """The JSON Schema of definition files, for editors."""
    return send_file(
        SCHEMA, mimetype="application/schema+json", as_attachment=True, download_name=SCHEMA.name
    )


@bp.get("/staff/contests/<code>")
@requires(Permission.MANAGE_CONTESTS)
def definitions(code: str) -> Response:
    return render(
        "contests/definitions.html",
        contest=queries.contest_by_code(code, clock.now()),
        versions=queries.versions(code),
        proposals=proposals.proposals(code),
        questions=open_questions(queries.definition_text(code)),
    )


@bp.get("/staff/contests/<code>/differences")
@requires(Permission.MANAGE_CONTESTS)
def version_differences(code: str) -> Response:
    """Two versions, value by value; without numbers the one in force and the one before."""
    require_managed(code)
    versions = queries.versions(code)
    numbers = [one.number for one in versions]
    after = request.args.get("to", queries.present_version(code).number, type=int)
    earlier = [number for number in numbers if number < after]
    before = request.args.get("from", max(earlier, default=after), type=int)
    found = differences(queries.version_text(code, before), queries.version_text(code, after))
    return render(
        "contests/differences.html",
        contest=queries.contest_by_code(code, clock.now()),
        numbers=sorted(numbers),
        before=before,
        after=after,
        found=found[:MOST_DIFFERENCES],
        count=len(found),
    )


@bp.get("/staff/contests/<code>/versions/<int:number>.toml")
@requires(Permission.MANAGE_CONTESTS)
def version(code: str, number: int) -> Response:
    return _download(queries.version_text(code, number), f"{code}-v{number}.toml")


@bp.get("/staff/contests/<code>/definition.toml")
@requires(Permission.MANAGE_CONTESTS)
def definition(code: str) -> Response:
    return _download(queries.definition_text(code), f"{code}.toml")


def _download(text: str, name: str) -> Response:
    response = Response(text, mimetype="application/toml")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-SHA256"] = hashlib.sha256(text.encode()).hexdigest()
    return response
