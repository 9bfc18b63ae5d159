"""The sheets that are printed when a hall goes on on paper: the same draw, numbered, the name masked."""

from collections.abc import Sequence
from typing import Any

from webapp.banks.formats.sanitise import to_plain
from webapp.core import typesetting
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.exam.queries.control import ExamHead
from webapp.exam.rules.answers import LETTERS, blank_texts
from webapp.halls.queries.papers import PaperView, Printed, questions, saved_answers
from webapp.halls.rules import codes
from webapp.halls.service.documents import FOLDER, picture
from webapp.leaderboard.rules.masking import masked_name
from webapp.media import service as media


def papers_pdf(exam: ExamHead, rows: Sequence[PaperView]) -> bytes:
    """All papers of a hall in one file, by seat; every page carries its paper's code and QR picture."""
    data = {
        "contest": pick(exam.contest_title),
        "exam": f"{pick(exam.event_title)} · {pick(exam.title)}",
        "papers": [_paper(one) for one in rows],
        "hint": _(
            "Mark the letters of your answers clearly. Write in the blanks. Do not write your name on the sheets."
        ),
        "saved_title": _("Saved before, valid without writing it again"),
        "sign": _("Signature of the invigilator"),
    }
    return typesetting.pdf(FOLDER / "papers.typ", data)


def _paper(one: PaperView) -> dict[str, Any]:
    return {
        "code": codes.shown(one.code),
        "qr": picture(one.code),
        "who": f"{masked_name(one.name)} · {one.number}",
        "place": f"{one.hall} {one.label}".strip(),
        "questions": [_question(question) for question in questions(one)],
        "saved": [f"{slot + 1}. {_spoken(answer)}" for slot, answer in saved_answers(one)],
    }


def _question(question: Printed) -> dict[str, Any]:
    content = question.content
    choices = [f"{LETTERS[at]}. {to_plain(text)}" for at, text in enumerate(question.options)]
    return {
        "number": question.slot + 1,
        "section": question.section,
        "stem": to_plain(content.stem),
        "options": ["T  √", "F  ×"] if content.question_type == "true_false" else choices,
        "blanks": content.blanks if content.question_type == "fill" else 0,
        "picture": _picture(content.picture),
        "picture_alt": content.picture_alt,
        "saved": _("Saved: %(answer)s", answer=_spoken(question.saved)) if question.saved else "",
    }


def _picture(public_name: str) -> list[int]:
    """The bytes of a question's picture; [] = it has none."""
    return list(media.by_public_name(public_name)[0].read_bytes()) if public_name else []


def _spoken(answer: str) -> str:
    """A stored answer as people write it."""
    return "; ".join(blank_texts(answer)) if answer.startswith("[") else answer
