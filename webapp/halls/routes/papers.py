"""Going on on paper: asking for it, printing, scans, typing by two people."""

from flask import Response, current_app, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.principal import principal
from webapp.banks.rules.answers import spoken
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.exam.service import actions
from webapp.halls.errors import NobodyWrites, PaperNotFound
from webapp.halls.forms import PaperForm
from webapp.halls.queries import papers as queries
from webapp.halls.queries.halls import hall as hall_of
from webapp.halls.queries.papers import PaperView, Printed
from webapp.halls.routes.blueprint import HOST, LOOKING, STAFF, bp, in_scope, to_watch
from webapp.halls.routes.lists import PDF, download
from webapp.halls.rules import codes
from webapp.halls.rules.papers import differences, fields_of, typed
from webapp.halls.service import entering, paper_print
from webapp.halls.service.going_on import GO_ON_PAPER, GoOnPaper
from webapp.media import service as media


@bp.route("/staff/halls/<int:exam_id>/<int:hall_id>/paper", methods=["GET", "POST"])
@requires(HOST)
def go_on_paper(exam_id: int, hall_id: int) -> ResponseReturnValue:
    found = in_scope(exam_id, HOST)
    hall = hall_of(exam_id, hall_id)
    form = PaperForm()
    effect, refusal = None, ""
    try:
        if request.method == "GET":
            form.scope.data = _likely_scope(exam_id, hall.name)
        wanted = GoOnPaper(hall.name, form.scope.data or "rest", form.hours.data or 24)
        effect = actions.preview(GO_ON_PAPER.name, exam_id, wanted)
        if form.validate_on_submit():
            two = bool(current_app.config["TWO_PERSON"])
            asked = actions.Asked(principal().account_id, form.reason.data, two)
            with transaction():
                done = actions.ask(GO_ON_PAPER.name, exam_id, wanted, asked).state == "done"
            flash(
                _("The papers can be printed now.")
                if done
                else _("A second person has to agree first, on the page “Exam control”."),
                "success",
            )
            return redirect(url_for("halls.papers", exam_id=exam_id), code=303)
    except DomainError as error:
        refusal = say(error.message)
    status = 422 if request.method == "POST" else 200
    return render(
        "halls/go_on_paper.html", status=status, head=found.head, hall=hall, form=form, effect=effect,
        refusal=refusal,
    )  # fmt: skip


def _likely_scope(exam_id: int, hall: str) -> str:
    """What the form begins with: where nobody writes but people wait, paper from the start."""
    try:
        actions.preview(GO_ON_PAPER.name, exam_id, GoOnPaper(hall, "rest"))
    except NobodyWrites:
        return "start"
    return "rest"


@bp.get("/staff/halls/<int:exam_id>/papers")
@requires(*LOOKING)
def papers(exam_id: int) -> ResponseReturnValue:
    found = to_watch(exam_id)
    asked = request.args.get("code", "")[:60]
    code = codes.typed(asked)
    if code and (hits := queries.papers(exam_id, code=code)):
        return redirect(url_for("halls.paper", exam_id=exam_id, paper_id=hits[0].paper_id), code=303)
    rows = queries.papers(exam_id)
    return render("halls/papers.html", head=found.head, rows=rows, asked=asked, me_id=principal().account_id)


@bp.get("/staff/halls/<int:exam_id>/<int:hall_id>/papers.pdf")
@requires(STAFF, HOST)
def print_papers(exam_id: int, hall_id: int) -> Response:
    found = in_scope(exam_id)
    rows = [one for one in queries.papers(exam_id, hall=hall_of(exam_id, hall_id).name) if one.is_open]
    if not rows:
        raise PaperNotFound
    return download(paper_print.papers_pdf(found.head, rows), PDF, f"papers-{hall_id}.pdf")


@bp.get("/staff/halls/<int:exam_id>/papers/<int:paper_id>")
@requires(*LOOKING)
def paper(exam_id: int, paper_id: int) -> Response:
    return _page(exam_id, paper_id)


@bp.post("/staff/halls/<int:exam_id>/papers/<int:paper_id>/entry")
@requires(STAFF, HOST)
def enter(exam_id: int, paper_id: int) -> ResponseReturnValue:
    in_scope(exam_id)
    found = queries.paper(exam_id, paper_id)
    printed = queries.questions(found)
    differing = _differing(found)
    agreed = queries.readings(paper_id)[0] if differing else ()
    answers, wrong = [], {}
    for at, question in enumerate(printed):
        if differing and at not in differing:
            answers.append(agreed[at])
            continue
        try:
            answers.append(typed(_texts(question), question.form, question.slot))
        except DomainError as error:
            wrong[question.slot] = say(error.message)
    if wrong:
        return _page(exam_id, paper_id, wrong)
    with transaction():
        state = entering.enter(exam_id, paper_id, answers, principal().account_id, clock.now())
    words = {
        "printed": _("Your reading is kept. Somebody else types the paper now, without seeing yours."),
        "differs": _("The two readings differ. A third person looks at the paper."),
        "written": _("The answers are in the attempt, and it is handed in."),
    }
    flash(words[state], "success")
    return redirect(url_for("halls.papers", exam_id=exam_id), code=303)


@bp.post("/staff/halls/<int:exam_id>/papers/<int:paper_id>/scans")
@requires(STAFF, HOST)
def add_scans(exam_id: int, paper_id: int) -> ResponseReturnValue:
    in_scope(exam_id)
    files = [one for one in request.files.getlist("files") if one.filename][:20]
    try:
        with transaction():
            queries.paper(exam_id, paper_id)
            for file in files:
                entering.add_scan(
                    exam_id, paper_id, file.filename or "", file.read(), principal().account_id, clock.now()
                )
    except DomainError as error:
        if error.status == 404:
            raise
        return _page(exam_id, paper_id, refusal=say(error.message))
    if not files:
        return _page(exam_id, paper_id, refusal=_("Choose a file."))
    flash(_("The scans are stored."), "success")
    return redirect(url_for("halls.paper", exam_id=exam_id, paper_id=paper_id), code=303)


@bp.get("/staff/halls/<int:exam_id>/papers/<int:paper_id>/scans/<int:scan_id>")
@requires(*LOOKING)
def scan_file(exam_id: int, paper_id: int, scan_id: int) -> Response:
    to_watch(exam_id)
    queries.paper(exam_id, paper_id)
    found = next((one for one in queries.scans(paper_id) if one.scan_id == scan_id), None)
    if found is None:
        raise PaperNotFound
    is_pdf = found.media_type == PDF
    response = send_file(
        media.place_of(found.file_id), mimetype=found.media_type, as_attachment=is_pdf,
        download_name=f"scan-{scan_id}.pdf" if is_pdf else None,
    )  # fmt: skip
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(exam_id: int, paper_id: int, wrong: dict[int, str] | None = None, refusal: str = "") -> Response:
    found = to_watch(exam_id)
    one = queries.paper(exam_id, paper_id)
    me = principal().account_id
    may_type = found.may_work and one.is_open and one.state != "written" and me not in one.readers
    differing = _differing(one)
    printed = queries.questions(one) if may_type else []
    if differing:
        printed = [question for at, question in enumerate(printed) if at in differing]
    return render(
        "halls/paper.html",
        status=422 if wrong or refusal else 200,
        head=found.head,
        paper=one,
        printed=printed,
        fields={question.slot: max(1, fields_of(question.form)) for question in printed},
        spoken=spoken,
        readings=_two(one, differing) if may_type else {},
        may_work=found.may_work,
        may_type=may_type,
        typed_before=me in one.readers,
        scans=queries.scans(paper_id),
        wrong=wrong or {},
        refusal=refusal,
        given=request.form,
    )


def _differing(found: PaperView) -> tuple[int, ...]:
    """Places among the printed questions at which the first two readings differ; () before the third look."""
    if found.state != "differs":
        return ()
    first, second = queries.readings(found.paper_id)[:2]
    return differences(first, second)


def _two(found: PaperView, differing: tuple[int, ...]) -> dict[int, tuple[str, str]]:
    """Slot -> the two readings, for whoever settles."""
    if not differing:
        return {}
    first, second = queries.readings(found.paper_id)[:2]
    return {found.slots[at]: (first[at], second[at]) for at in differing}


def _texts(question: Printed) -> list[str]:
    longest = question.form.most_bytes if question.form.question_type in {"essay", "passage"} else 300
    count = max(1, fields_of(question.form))
    return [request.form.get(f"s{question.slot}-{at}", "")[:longest] for at in range(count)]
