"""A version on paper: as PDF or as a Word document, with or without the answers."""

import io
from dataclasses import replace

from flask import Response, request, send_file

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.audit import service as audit
from webapp.banks import queries
from webapp.banks.errors import SheetTooLong
from webapp.banks.queries.topics import keys_below
from webapp.banks.routes.blueprint import bp
from webapp.banks.routes.versions import version_or_404
from webapp.banks.service.sheet import MOST_QUESTIONS, sheet_docx, sheet_pdf
from webapp.core.db import keys_scope
from webapp.core.errors import NotFound
from webapp.core.transaction import transaction

KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@bp.get("/<code>/versions/<int:number>/sheet")
@requires(Permission.EDIT_BANKS, Permission.APPROVE_BANKS)
def sheet(code: str, number: int) -> Response:
    """kind: pdf or docx. topic: only its questions and those of topics below it. answers=yes: with the key. Raise SheetTooLong."""
    bank, view, _before = version_or_404(code, number)
    kind = request.args.get("kind", "pdf")
    if kind not in KINDS:
        raise NotFound
    topic, with_key = request.args.get("topic", ""), request.args.get("answers") == "yes"
    with keys_scope():
        file, pictures = queries.bank_file(view.version_id)
    wanted = keys_below(bank.bank_id, topic)
    questions = tuple(one for one in file.questions if not topic or one.topic in wanted)
    if len(questions) > MOST_QUESTIONS:
        raise SheetTooLong(most=MOST_QUESTIONS, count=len(questions))
    with transaction():
        audit.record(
            "bank.sheet", "bank", bank.bank_id, version=number, kind=kind, answers=with_key, topic=topic
        )
    make = sheet_pdf if kind == "pdf" else sheet_docx
    name = f"{bank.code}-{number}{'-answers' if with_key else ''}.{kind}"
    return send_file(
        io.BytesIO(make(replace(file, questions=questions), pictures, with_key)),
        mimetype=KINDS[kind],
        as_attachment=True,
        download_name=name,
    )
