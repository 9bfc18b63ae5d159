"""What QTI 2.1 and 3.0 cannot carry of our questions, told before the download."""

from collections.abc import Iterable, Iterator

from webapp.banks.formats.write_qti import is_refused
from webapp.banks.rules.schema import PublicQuestion, Question, QuestionKey, QuestionType
from webapp.core.problems import WARNING, Problem
from webapp.core.words import N_, Message


def qti_losses(questions: Iterable[Question]) -> list[Problem]:
    """Every loss of every question, its key as the column; both generations of QTI carry the same. A question
    with an error is left out, one with a warning is changed."""
    found: list[Problem] = []
    for question in questions:
        if is_refused(question):
            what = Message(N_("A list of this question does not hold its right answer."))
            found.append(Problem("refused", what, column=question.key))
            continue
        pairs = [(question.public, question.secret)]
        pairs += zip(question.public.parts, question.secret.parts, strict=False)
        whats = dict.fromkeys(what for public, secret in pairs for what in _of_one(public, secret))
        if any(weight <= 0 for weight in question.secret.part_weights):
            whats[N_("A weight of 0 becomes a weight of 1.")] = None
        found += [Problem("changed", Message(what), WARNING, column=question.key) for what in whats]
    return found


def _of_one(public: PublicQuestion, secret: QuestionKey) -> Iterator[str]:
    if secret.weights and not any(secret.weights.values()):
        yield N_("Weights that are all 0 are left out.")
    if public.type != QuestionType.FILL:
        return
    if secret.fill.any_order:
        yield N_("Answers in any order are accepted here, in QTI each blank has its own.")
    if secret.fill.all_needed:
        yield N_("All blanks must be right here, in QTI each blank counts by itself.")
    if any(blank.tolerance is not None for blank in secret.blanks):
        yield N_("The tolerance of a blank is left out.")
    if any(blank.is_pattern for blank in secret.blanks):
        yield N_("A * that stands for any text becomes a plain sign.")
    if any(blank.weight <= 0 for blank in secret.blanks):
        yield N_("A weight of 0 becomes a weight of 1.")
    if any("\n" in text for texts in public.choices for text in texts):
        yield N_("Line breaks inside a list become spaces.")
