"""View objects of the quiz pages: words and numbers, no rows; a key only beside a stored answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from webapp.banks.queries.answered import QuestionLine, answered
from webapp.banks.queries.contents import QuestionContent
from webapp.banks.queries.practice import AskedQuestion, asked
from webapp.banks.routes.controls import controls_of
from webapp.banks.rules.answers import to_displayed
from webapp.banks.rules.schema import CHOICES, QuestionKey
from webapp.core.i18n import gettext as _
from webapp.core.words import N_
from webapp.learning.errors import QuizNotAvailable
from webapp.learning.queries.quizzes import AnswerView, RoundView
from webapp.learning.routes.blueprint import CUT_WORDS
from webapp.learning.rules.quizzes import kept_answer, option_order
from webapp.learning.service.quizzes import FAST, KEY_SHOWN, key_of

WHY_NOTHING = CUT_WORDS | {
    FAST: N_("That was faster than the question can be read, so it earns nothing. It will come again."),
    KEY_SHOWN: N_("You saw this answer in another round a moment ago, so it earns nothing this time."),
}
"""Why a right answer earned less than it is worth, by `AnswerView.cut_by`."""


@dataclass(frozen=True)
class QuestionView:
    """The present question as banks/_asked.html shows it. Holds nothing of its key."""

    slot: int
    content: QuestionContent
    controls: Markup

    def at(self, place: str) -> str | Markup:
        """What stands at a place of the template; a quiz does not say what a question is worth."""
        return {"number": str(self.slot + 1), "mark": "", "controls": self.controls}[place]


@dataclass(frozen=True)
class VerdictView:
    """The verdict on one slot. why: why a right answer earned nothing or less, '' when there is no reason."""

    slot: int
    is_right: bool
    points: str
    why: str
    q: QuestionLine


def question_view(found: RoundView, posted: Mapping[str, Sequence[str]] | None = None) -> QuestionView:
    """The present question of a round, with what was answered when it is asked again.

    Raise QuizNotAvailable: its bank was sealed meanwhile."""
    slot = found.slot
    question = asked([found.version_ids[slot]])[found.version_ids[slot]]
    if question.is_sealed:
        raise QuizNotAvailable
    content = question.content
    order = option_order(found.option_seed, slot, len(content.options))
    held = kept_answer(content.form, posted, slot, content.listed) if posted else ""
    controls = controls_of(content)
    shown = controls.html(str(slot), order or controls.own_order, held)
    return QuestionView(slot, content, Markup(shown))  # noqa: S704 - rendered by our own templates


def verdict_view(found: RoundView, slot: int) -> VerdictView:
    """The verdict on a slot that was answered; the key is read only here. Raise QuizNotAvailable: sealed since."""
    stored = found.answers[slot]
    question = asked([stored.version_id])[stored.version_id]
    if question.is_sealed:
        raise QuizNotAvailable
    order = option_order(found.option_seed, slot, len(question.public.options))
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
) -> QuestionLine:
    """A question with its key beside what was answered. order: displayed place -> original option."""
    content = question.content
    if question.kind in CHOICES:
        line = answered(content, to_displayed(answer, order), order, key)
    else:  # stored letters are the question's own; what is matched or put in order is said in words
        line = answered(content, answer, range(len(content.options)), key)
    return replace(line, source=question.source)
