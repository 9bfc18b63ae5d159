"""A new contest: from a shipped template, or as a copy of one that is here."""

from pathlib import Path

from flask import Response, request, url_for
from wtforms.fields.choices import SelectChoice

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.contests import queries
from webapp.contests.errors import ContestInvalid
from webapp.contests.formats.edits import with_head
from webapp.contests.forms import EditorForm, StartForm
from webapp.contests.routes.blueprint import bp
from webapp.contests.routes.editing import MOST_CHARACTERS, problems_view
from webapp.contests.routes.staff import put_in, said
from webapp.contests.rules.blueprint import Text
from webapp.contests.rules.contradictions import RESERVED_CODES
from webapp.contests.service.checking import check_definition
from webapp.contests.service.proposing import Change
from webapp.core import clock
from webapp.core.errors import DomainError, Forbidden, NotFound
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.core.render import render

DEFINITIONS = Path(__file__).parents[1] / "definitions"
TEMPLATE, COPY = "template:", "copy:"


@bp.get("/staff/contests/new")
@requires(Permission.MANAGE_CONTESTS)
def new_contest() -> Response:
    form = _start_form(request.args if "source" in request.args else None)
    if "source" not in request.args:
        return render("contests/new.html", form=form)
    if not form.validate() or _is_refused(form):
        return render("contests/new.html", form=form, status=422)
    text = with_head(
        _source_text(form.source.data),
        form.code.data or "",
        Text(form.title_zh.data or "", form.title_en.data or ""),
        form.edition.data or "",
    )
    editor = EditorForm(formdata=None)
    editor.text.data = text
    return _editor(editor)


@bp.post("/staff/contests/new")
@requires(Permission.MANAGE_CONTESTS)
def create_contest() -> Response:
    """Load the text of a contest that is not here yet."""
    form = EditorForm()
    text = form.text.data or ""
    if not form.validate_on_submit() or len(text) > MOST_CHARACTERS:
        return _editor(form, status=422)
    checked = check_definition(text)
    if checked.errors:
        return _editor(form, status=422)
    if checked.rules is not None and _exists(checked.rules.code):
        form.text.errors = [_("A contest of this code is here already: edit that one.")]
        return _editor(form, status=422)
    try:
        return said(put_in(Change(text, "definition.toml", form.because.data or "", principal().account_id)))
    except ContestInvalid:
        return _editor(form, status=422)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return _editor(form, error, error.status)


def _start_form(formdata: object) -> StartForm:
    form = StartForm(formdata=formdata, meta={"csrf": False})
    here = queries.listed_contests(clock.now())
    form.source.choices = [
        *(
            SelectChoice(f"{COPY}{view.code}", _("Copy of %(title)s", title=pick(view.title)))
            for view in here
        ),
        *(
            SelectChoice(f"{TEMPLATE}{path.stem}", _("Template: %(name)s", name=path.stem))
            for path in _templates()
        ),
    ]
    return form


def _templates() -> list[Path]:
    return sorted(DEFINITIONS.glob("*.toml"))


def _source_text(source: str) -> str:
    """The text to begin with. The source is one of the choices."""
    if source.startswith(COPY):
        return queries.definition_text(source.removeprefix(COPY))
    return (DEFINITIONS / f"{source.removeprefix(TEMPLATE)}.toml").read_text(encoding="utf-8")


def _is_refused(form: StartForm) -> bool:
    code = form.code.data or ""
    if code in RESERVED_CODES:
        form.code.errors = [_("This word stands for a page of its own: choose another code.")]
        return True
    if _exists(code):
        form.code.errors = [_("A contest of this code is here already: edit that one.")]
        return True
    return False


def _exists(code: str) -> bool:
    try:
        queries.contest_id(code)
    except NotFound:
        return False
    return True


def _editor(form: EditorForm, refusal: DomainError | None = None, status: int = 200) -> Response:
    text = form.text.data or ""
    return render(
        "contests/editor.html",
        status=status,
        code="",
        form=form,
        action=url_for("contests.create_contest"),
        begun=False,
        refusal=refusal.message if refusal else None,
        changes=(),
        **problems_view(check_definition(text[:MOST_CHARACTERS], "definition.toml", further=status != 200)),
    )
