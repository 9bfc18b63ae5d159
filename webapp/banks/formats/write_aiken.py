"""Single choice questions as Aiken. What it cannot carry is told by `losses`; other types are left out."""

import re
from collections.abc import Sequence

from webapp.banks.formats.sanitise import to_plain
from webapp.banks.formats.write_gift import media_named
from webapp.banks.rules.schema import LETTERS, Question, QuestionType, TopicTitle

_MISTAKEN = re.compile(r"[A-Z][.)]|ANSWER:")


def write_aiken(questions: Sequence[Question], topics: Sequence[TopicTitle] = ()) -> str:
    """The text of an Aiken file; topics are not carried. Questions that `is_written` refuses are left out."""
    return "\n".join(_text(question) for question in questions if is_written(question))


def is_written(question: Question) -> bool:
    """Single choice with a stem that cannot be taken for an option or an answer."""
    public, letters = question.public, question.secret.letters
    is_single = public.type == QuestionType.SINGLE and len(letters) == 1
    return is_single and not _MISTAKEN.match(one_line(public.stem))


def one_line(text: str) -> str:
    """A text as Aiken holds it: one line, no formatting, pictures by name."""
    return " ".join(to_plain(media_named(text)).split())


def _text(question: Question) -> str:
    lines = [one_line(question.public.stem)]
    lines += [
        f"{letter}) {one_line(option)}"
        for letter, option in zip(LETTERS, question.public.options, strict=False)
    ]
    return "\n".join([*lines, f"ANSWER: {question.secret.letters}", ""])
