"""A question that is being written, as it will stand in the exam: by the very templates of the exam page."""

from dataclasses import replace

from flask import Response

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.banks.queries.contents import QuestionContent, content_of
from webapp.banks.routes.blueprint import editable_bank_or_404
from webapp.banks.routes.editing import question_from, read_typed
from webapp.banks.rules.check import check_question
from webapp.banks.rules.schema import unspoken
from webapp.banks.service.editing import cleaned
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.words import N_, Message
from webapp.exam.routes.blueprint import bp
from webapp.exam.routes.fragments import shown_once

UNSPOKEN = N_("A picture here has no words: people who use a screen reader cannot answer.")


@bp.post("/staff/banks/<code>/preview")
@requires(Permission.EDIT_BANKS)
def preview_question(code: str) -> Response:
    """What was typed so far; nothing is stored. A half-written question is shown as far as it goes."""
    editable_bank_or_404(code)
    filled = read_typed()
    question, wrong = question_from(filled, filled.head.key, None)
    question = cleaned(question)
    links = {one.name: (one.public_name, one.media_type) for one in filled.held}
    content = _showable(content_of(question.public, links))
    if question.public.picture in links:
        content = replace(
            content, picture=links[question.public.picture][0], picture_alt=question.public.picture_alt
        )
    told = [message for _name, message in wrong] + [one.reason for one in check_question(question)]
    if unspoken(question.public):
        told.append(Message(UNSPOKEN))
    return render(
        "exam/preview_question.html",
        fragment="exam/_preview_question.html",
        question=shown_once(content),
        told=list(dict.fromkeys(map(say, told))),
    )


def _showable(content: QuestionContent) -> QuestionContent:
    """Without lists while they and the blanks of the stem do not agree yet."""
    fits = len(content.choices) == content.blanks
    return replace(
        content, choices=content.choices if fits else (), parts=tuple(map(_showable, content.parts))
    )
