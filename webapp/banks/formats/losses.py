"""What GIFT and Aiken cannot carry of our questions, told by question before the download."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from webapp.banks.formats import write_aiken, write_gift
from webapp.banks.formats.sanitise import to_plain
from webapp.banks.rules.schema import LETTERS, Difficulty, Question, QuestionType, media_names
from webapp.core.problems import ERROR, WARNING, Problem
from webapp.core.words import N_, Message

ROUNDED = N_("Weights are written with five places, and the letters follow them.")


@dataclass(frozen=True)
class Loss:
    """One loss. key: the question's. kind: changed (written, but not the same) or refused (left out)."""

    key: str
    kind: Literal["changed", "refused"]
    what: Message


def losses(questions: Sequence[Question], form: str) -> list[Loss]:
    """Every loss of every question, in their order. form: gift or aiken. raise (ValueError): another form."""
    if form not in {"gift", "aiken"}:
        raise ValueError(form)
    found: list[Loss] = []
    for question in questions:
        refusal = _refusal_of_gift(question) if form == "gift" else _refusal_of_aiken(question)
        if refusal:
            found.append(Loss(question.key, "refused", Message(refusal)))
            continue
        whats = [*_of_any(question), *(_of_gift(question) if form == "gift" else _of_aiken(question))]
        found += [Loss(question.key, "changed", Message(what)) for what in whats]
    return found


def as_problems(found: Sequence[Loss]) -> tuple[Problem, ...]:
    """Losses as the report of an export shows them: the key as the column, what is left out as an error."""
    return tuple(
        Problem(loss.kind, loss.what, ERROR if loss.kind == "refused" else WARNING, column=loss.key)
        for loss in found
    )


def _refusal_of_gift(question: Question) -> str:
    if write_gift.is_written(question):
        return ""
    if question.public.type != QuestionType.FILL:
        return N_("This format has no questions of this type.")
    if len(question.secret.blanks) != 1 or question.public.choices:
        return N_("This format holds fill-ins with one blank and a free answer only.")
    return N_("An answer with -> would be read as a pair to match.")


def _refusal_of_aiken(question: Question) -> str:
    if write_aiken.is_written(question):
        return ""
    if question.public.type != QuestionType.SINGLE:
        return N_("This format has no questions of this type.")
    return N_("The stem begins like an option or an answer line of this format.")


def _of_any(question: Question) -> Iterator[str]:
    if question.difficulty != Difficulty.MEDIUM:
        yield N_("The difficulty is not written.")
    if question.mark is not None:
        yield N_("The mark is not written.")
    if question.source:
        yield N_("The source is not written.")
    if question.public.picture or media_names(question):
        yield N_("Pictures and sounds are not written.")


def _of_gift(question: Question) -> Iterator[str]:
    public, secret = question.public, question.secret
    if question.external_id not in {"", question.key}:
        yield N_("The external identifier is not written: the key stands in its place.")
    match public.type:
        case QuestionType.SINGLE | QuestionType.MULTIPLE:
            yield from _of_weights(question)
        case QuestionType.FILL:
            yield from _of_blank(question)
        case QuestionType.NUMERIC:
            if any(one.share <= 0 for one in secret.numbers):
                yield N_("Numbers that bring no mark are left out.")
            if any(write_gift.bounded(one.share) != one.share for one in secret.numbers):
                yield ROUNDED
        case QuestionType.MATCHING:
            if any("->" in item for item in public.items):
                yield N_("An arrow -> inside a text becomes →.")
        case QuestionType.ESSAY:
            if secret.reference or secret.keywords:
                yield N_("The reference answer and keywords are not written.")


def _of_blank(question: Question) -> Iterator[str]:
    secret = question.secret
    blank = secret.blanks[0]
    if blank.tolerance is not None:
        yield N_("The tolerance of a blank is left out.")
    if secret.fill.all_needed and blank.partial:
        yield N_("Shares of a blank count although the whole answer is needed here.")
    if any(write_gift.bounded(share) != share for _, share in blank.partial):
        yield ROUNDED
    if secret.fill.case_sensitive:
        yield N_("Capital and small letters will not count.")
    if question.public.stem.count("_") != 4:
        yield N_("Underscores that are no blank may be written differently.")


def _of_weights(question: Question) -> Iterator[str]:
    secret = question.secret
    if question.public.type == QuestionType.MULTIPLE and not secret.weights:
        yield N_("Each right option is written with an even share, each wrong one takes all off.")
        return
    if not secret.weights:
        return
    shares = dict(zip(LETTERS, write_gift.option_shares(question), strict=False))
    kept = {letter: share for letter, share in shares.items() if share}
    given = {letter: share for letter, share in secret.weights.items() if share}
    full = [letter for letter, share in kept.items() if share == Decimal(1)]
    right = (
        full[:1] if question.public.type == QuestionType.SINGLE else [one for one in kept if kept[one] > 0]
    )
    if kept != given or "".join(right) != secret.letters:
        yield ROUNDED


def _of_aiken(question: Question) -> Iterator[str]:
    public, secret = question.public, question.secret
    if secret.explanation:
        yield N_("The explanation is not written.")
    if secret.weights:
        yield N_("Weights are not written.")
    if question.topic or question.tags:
        yield N_("Topic and tags are not written.")
    texts = [write_gift.media_named(text) for text in (public.stem, *public.options)]
    if any(to_plain(text) != text for text in texts):
        yield N_("Bold, raised and other formatting is left out.")
    if any(" ".join(text.split()) != text for text in texts):
        yield N_("Line breaks and repeated spaces become one space.")
