"""A contestant's practical tests: handing in works in pieces, own scores once they are published."""

from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import signed_in
from webapp.access.principal import principal
from webapp.contests.queries import stage_by_id
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick, say
from webapp.core.render import render
from webapp.core.transaction import transaction
from webapp.judging.errors import ModuleGone, WorkDiffers, WorkGone, WorkRefused
from webapp.judging.queries import own as queries
from webapp.judging.queries.modules import RunView, module_of, run_of, runs_of
from webapp.judging.routes.blueprint import bp
from webapp.judging.routes.judge import work_file
from webapp.judging.rules import pieces
from webapp.judging.service import works


@bp.get("/my/practical")
@signed_in
def own() -> Response:
    now = clock.now()
    rows = []
    for one in queries.stages_of(principal().person_id):
        stage = stage_by_id(one.stage_id)
        if not stage.rules.modules:
            continue
        is_public = stage.published_at is not None and stage.published_at <= now
        rows.append(
            {
                "stage": stage,
                "event": pick(stage.event_rules.title),
                "title": pick(stage.title),
                "modules": stage.rules.modules,
                "leader": one.leader,
                "runs": runs_of(one.stage_id),
                "scores": queries.scores_filed(one.stage_id, one.entry_id) if is_public else None,
            }
        )
    return render("judging/own.html", rows=rows, now=now)


@bp.get("/my/practical/<int:stage_id>/<module>")
@signed_in
def own_works(stage_id: int, module: str) -> Response:
    return _page(stage_id, module)


@bp.post("/my/practical/<int:stage_id>/<module>")
@signed_in
def hand_in_work(stage_id: int, module: str) -> ResponseReturnValue:
    """A file by the plain form: the same pieces, cut here."""
    run, entries = _mine(stage_id, module)
    file = request.files.get("file")
    if file is None or not file.filename:
        return _page(stage_id, module, _("Choose a file."))
    me, now = principal().account_id, clock.now()
    parts, digests, size = [], [], 0
    while part := file.stream.read(pieces.PIECE_BYTES):
        parts.append(part)
        digests.append(pieces.digest(part))
        size += len(part)
    try:
        with transaction():
            digest = pieces.list_digest(digests)
            work_id = works.begin(run.run_id, entries[0], file.filename, size, digest, me, now)
            for number, part in enumerate(parts):
                works.put_piece(work_id, entries, number, part, now)
            works.complete(work_id, entries, now)
    except DomainError as error:
        if error.status == 404:
            raise
        return _page(stage_id, module, say(error.message))
    flash(_("Your work is handed in. Keep the receipt."), "success")
    return redirect(url_for(".own_works", stage_id=stage_id, module=module), code=303)


@bp.post("/my/practical/<int:stage_id>/<module>/begin")
@signed_in
def begin_work(stage_id: int, module: str) -> Response:
    """Announce a file of pieces; the answer says where they go and which are there."""
    run, entries = _mine(stage_id, module)
    body: Any = request.get_json(silent=True)
    body = body if isinstance(body, dict) else {}
    name, size, digest = body.get("name"), body.get("size"), body.get("digest")
    if not isinstance(name, str) or not isinstance(size, int) or not isinstance(digest, str):
        raise WorkRefused(most=pieces.MOST_BYTES // 1024 // 1024)
    with transaction():
        work_id = works.begin(run.run_id, entries[0], name, size, digest, principal().account_id, clock.now())
        there = works.arrived(work_id)
    return jsonify(
        {
            "work": work_id,
            "piece_bytes": pieces.PIECE_BYTES,
            "arrived": there,
            "pieces": url_for(".put_piece", work_id=work_id, number=0)[:-1],
            "complete": url_for(".complete_work", work_id=work_id),
        }
    )


@bp.put("/my/practical/works/<int:work_id>/pieces/<int:number>")
@signed_in
def put_piece(work_id: int, number: int) -> Response:
    """One piece, as raw bytes. The same one may come again."""
    content = request.get_data(cache=False)
    with transaction():
        count = works.put_piece(work_id, _entries(), number, content, clock.now())
    return jsonify({"arrived": count})


@bp.post("/my/practical/works/<int:work_id>/complete")
@signed_in
def complete_work(work_id: int) -> Response:
    """All pieces are there: check the whole and give the receipt."""
    entries = _entries()
    try:
        with transaction():
            receipt = works.complete(work_id, entries, clock.now())
    except WorkDiffers:
        with transaction():
            works.throw_away(work_id, entries)
        raise
    return jsonify({"receipt": receipt})


@bp.get("/my/practical/works/<int:work_id>")
@signed_in
def own_work(work_id: int) -> Response:
    """The own work, as it was received."""
    found = works.complete_work_of(work_id, _entries())
    if found is None:
        raise WorkGone
    return work_file(work_id, str(work_id), found)


def _entries() -> list[int]:
    return [one.entry_id for one in queries.stages_of(principal().person_id)]


def _mine(stage_id: int, module: str) -> tuple[RunView, list[int]]:
    """Where the module stands and the entries of the signed-in person. raise (ModuleGone): takes no part."""
    entries = [one.entry_id for one in queries.stages_of(principal().person_id) if one.stage_id == stage_id]
    if not entries:
        raise ModuleGone
    module_of(stage_id, module)
    return run_of(stage_id, module), entries


def _page(stage_id: int, module: str, refusal: str = "") -> Response:
    run, entries = _mine(stage_id, module)
    stage, found = module_of(stage_id, module)
    if found.take_home_h is None:
        raise ModuleGone
    now = clock.now()
    return render(
        "judging/works.html",
        status=422 if refusal else 200,
        stage=stage,
        event=pick(stage.event_rules.title),
        module=found,
        run=run,
        works=queries.works_of(run.run_id, entries) if run.run_id else [],
        is_open=run.due_at is not None and now < run.due_at,
        is_over=run.due_at is not None and now >= run.due_at,
        piece_bytes=pieces.PIECE_BYTES,
        most_mb=pieces.MOST_BYTES // 1024 // 1024,
        refusal=refusal,
    )
