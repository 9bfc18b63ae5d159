"""The sheets that are printed when a hall goes on on paper: the same draw, numbered, the name masked."""

from collections.abc import Sequence
from typing import Any

from webapp.banks.formats.sanitise import pictures_in, to_plain
from webapp.banks.queries.contents import QuestionContent
from webapp.banks.rules.answers import ARRANGED, spoken
from webapp.banks.rules.schema import LETTERS
from webapp.core import typesetting
from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.exam.queries.control import ExamHead
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
        "saved": [f"{slot + 1}. {spoken(answer, kind)}" for slot, answer, kind in saved_answers(one)],
    }


def _question(question: Printed) -> dict[str, Any]:
    kind = question.content.question_type
    saved = _("Saved: %(answer)s", answer=spoken(question.saved, kind)) if question.saved else ""
    return {
        "number": f"{question.slot + 1}.",
        "section": question.section,
        "saved": saved,
        **_body(question.content, question.options),
    }


def _body(content: QuestionContent, options: Sequence[str]) -> dict[str, Any]:
    """Everything printed of a question or a part of a passage. items: places for one letter each; lines: empty
    lines to write on; parts: the sub-questions, their options in the order as written."""
    kind = content.question_type
    lettered = [f"{letter}. {to_plain(text)}" for letter, text in zip(LETTERS, options, strict=False)]
    places = content.items or tuple(str(rank + 1) for rank in range(len(options)))
    texts = [content.stem, *options, *content.items]
    names = [name for text in texts for name in pictures_in(text)]
    return {
        "stem": to_plain(content.stem),
        "options": ["T  √", "F  ×"] if kind == "true_false" else [] if kind in ARRANGED else lettered,
        "things": lettered if kind in ARRANGED else [],
        "items": [to_plain(place) for place in places] if kind in ARRANGED else [],
        "blanks": _blanks(content),
        "lines": 12 if kind == "essay" else 0,
        "pictures": [_picture(name) for name in (content.picture, *names) if name],
        "parts": [
            {"number": f"({at})", **_body(part, part.options)}
            for at, part in enumerate(content.parts, start=1)
        ],
    }


def _blanks(content: QuestionContent) -> list[str]:
    """A line to write on for each blank or number; what its list offers stands beside it."""
    if content.question_type == "numeric":
        return [""]
    lists = content.choices or ((),) * content.blanks
    return ["  ·  ".join(map(to_plain, texts)) for texts in lists]


def _picture(public_name: str) -> list[int]:
    """The bytes of a picture."""
    return list(media.by_public_name(public_name)[0].read_bytes())
