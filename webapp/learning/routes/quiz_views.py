"""View objects of the quiz pages: words and numbers, no rows; a key only beside a stored answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from webapp.banks.queries.practice import AskedQuestion, asked
from webapp.banks.rules.schema import LETTERS, QuestionKey, QuestionType
from webapp.core.i18n import gettext as _
from webapp.core.words import N_
from webapp.learning.errors import QuizNotAvailable
from webapp.learning.queries.quizzes import AnswerView, RoundView
from webapp.learning.routes.blueprint import CUT_WORDS
from webapp.learning.rules.quizzes import displayed, option_order
from webapp.learning.service.quizzes import FAST, KEY_SHOWN, key_of

WHY_NOTHING = CUT_WORDS | {
    FAST: N_("That was faster than the question can be read, so it earns nothing. It will come again."),
    KEY_SHOWN: N_("You saw this answer in another round a moment ago, so it earns nothing this time."),
}
"""Why a right answer earned less than it is worth, by `AnswerView.cut_by`."""


@dataclass(frozen=True)
class Control:
    """One option or blank of the question that is asked. at: what banks/_control.html fills in."""

    text: str
    number: int
    at: Callable[[str], str]


@dataclass(frozen=True)
class QuestionView:
    """The present question. Holds nothing of its key."""

    slot: int
    question_type: str
    stem: str
    picture: str
    picture_alt: str
    controls: tuple[Control, ...]


@dataclass(frozen=True)
class OptionLine:
    """An option after the answer, in the order that was shown."""

    letter: str
    text: str
    is_chosen: bool
    is_right: bool


@dataclass(frozen=True)
class AnsweredView:
    """A question after it was answered: what banks/_answered.html shows."""

    stem: str
    picture: str
    picture_alt: str
    options: tuple[OptionLine, ...]
    texts: tuple[str, ...]
    is_answered: bool
    accepted: tuple[str, ...]
    explanation: str
    source: str


@dataclass(frozen=True)
class VerdictView:
    """The verdict on one slot. why: why a right answer earned nothing or less, '' when there is no reason."""

    slot: int
    is_right: bool
    points: str
    why: str
    q: AnsweredView


def question_view(found: RoundView) -> QuestionView:
    """The present question of a round. Raise QuizNotAvailable: its bank was sealed meanwhile."""
    question = asked([found.version_ids[found.slot]])[found.version_ids[found.slot]]
    if question.is_sealed:
        raise QuizNotAvailable
    return QuestionView(
        slot=found.slot,
        question_type=question.kind.value,
        stem=question.stem,
        picture=question.picture,
        picture_alt=question.picture_alt,
        controls=tuple(_controls(found, question)),
    )


def _controls(found: RoundView, question: AskedQuestion) -> list[Control]:
    slot = str(found.slot)
    if question.kind is QuestionType.FILL:
        values = {"slot": slot, "value": ""}
        return [Control("", number, values.__getitem__) for number in range(1, question.blanks + 1)]
    if question.kind is QuestionType.TRUE_FALSE:
        pairs = [("true", "T"), ("false", "F")]
    else:
        order = option_order(found.option_seed, found.slot, len(question.options))
        pairs = [(question.options[original], LETTERS[shown]) for shown, original in enumerate(order)]
    return [
        Control(text, number, {"slot": slot, "letter": letter, "checked": ""}.__getitem__)
        for number, (text, letter) in enumerate(pairs, 1)
    ]


def verdict_view(found: RoundView, slot: int) -> VerdictView:
    """The verdict on a slot that was answered; the key is read only here. Raise QuizNotAvailable: sealed since."""
    stored = found.answers[slot]
    question = asked([stored.version_id])[stored.version_id]
    if question.is_sealed:
        raise QuizNotAvailable
    order = option_order(found.option_seed, slot, len(question.options))
    return VerdictView(
        slot=slot,
        is_right=stored.is_right,
        points=plain_points(stored),
        why=str(_(WHY_NOTHING[stored.cut_by])) if stored.cut_by in WHY_NOTHING else "",
        q=answered_view(question, stored.answer, key_of(stored.version_id), order),
    )


def plain_points(stored: AnswerView) -> str:
    """The points an answer earned, without useless zeros; '' = none."""
    return f"{stored.points.normalize():f}" if stored.points else ""


def answered_view(
    question: AskedQuestion, answer: str, key: QuestionKey, order: tuple[int, ...]
) -> AnsweredView:
    """A question with its key beside what was answered. order: displayed place -> original option."""
    is_fill = question.kind is QuestionType.FILL
    return AnsweredView(
        stem=question.stem,
        picture=question.picture,
        picture_alt=question.picture_alt,
        options=() if is_fill else _options(question, answer, key, order),
        texts=tuple(json.loads(answer)) if is_fill and answer else (),
        is_answered=bool(answer),
        accepted=tuple(" / ".join(blank.accepted) for blank in key.blanks) if is_fill else (),
        explanation=key.explanation,
        source=question.source,
    )


def _options(
    question: AskedQuestion, answer: str, key: QuestionKey, order: tuple[int, ...]
) -> tuple[OptionLine, ...]:
    if question.kind is QuestionType.TRUE_FALSE:
        return tuple(
            OptionLine("", words, letter == answer, key.truth is (letter == "T"))
            for letter, words in (("T", _("True")), ("F", _("False")))
        )
    chosen = displayed(answer, order)
    return tuple(
        OptionLine(
            LETTERS[shown],
            question.options[original],
            LETTERS[shown] in chosen,
            LETTERS[original] in key.letters,
        )
        for shown, original in enumerate(order)
    )
