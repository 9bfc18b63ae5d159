"""Written answers on a sheet: which wait for a person, and how a person's mark comes back into the grade."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from webapp.banks.rules.marking import ByHand, blanks_of
from webapp.banks.rules.schema import PublicQuestion, QuestionKey, QuestionType

PLACES = Decimal("0.0001")

Place = tuple[int, int]
"""(slot, part); part is 0 unless the question is a passage."""


@dataclass(frozen=True)
class SettledMark:
    """What people gave a written answer. answer_digest: of the text they saw (`digest_of`)."""

    mark: Decimal
    out_of: Decimal
    answer_digest: str


@dataclass(frozen=True)
class Written:
    """One written answer that brings nothing without a person. out_of: its full mark, four places."""

    part: int
    text: str
    out_of: Decimal

    @property
    def digest(self) -> str:
        return digest_of(self.text)


def digest_of(text: str) -> str:
    """SHA-256 (hex) of an answer as stored."""
    return hashlib.sha256(text.encode()).hexdigest()


def written(question: PublicQuestion, key: QuestionKey, answer: str, full: Decimal) -> Iterator[Written]:
    """The written answers of one slot that are not empty; what is empty brings 0 without a person.

    full: the mark of the slot; a part of a passage has its weight's share of it, four places, half up."""
    if question.type is QuestionType.ESSAY and answer.strip():
        yield Written(0, answer, full.quantize(PLACES, ROUND_HALF_UP))
    if question.type is not QuestionType.PASSAGE or not answer.strip():
        return
    texts, total = blanks_of(answer), sum(key.part_weights, Decimal(0))
    if texts is None or len(texts) != len(question.parts) or not total:
        return
    for at, (part, text, weight) in enumerate(zip(question.parts, texts, key.part_weights, strict=True)):
        if part.type is QuestionType.ESSAY and text.strip():
            yield Written(at, text, (full * weight / total).quantize(PLACES, ROUND_HALF_UP))


def text_at(question: PublicQuestion, answer: str, part: int) -> str:
    """The text of a written answer in the stored answer of its slot."""
    if question.type is QuestionType.ESSAY:
        return answer
    return (blanks_of(answer) or [""] * len(question.parts))[part]


def by_hand(
    settled: Mapping[Place, SettledMark], slot: int, question: PublicQuestion, answer: str
) -> Mapping[int, ByHand]:
    """The settled marks of one slot, by part. raise (ValueError): a mark was given to another text."""
    found: dict[int, ByHand] = {}
    for (at, part), one in settled.items():
        if at != slot:
            continue
        if digest_of(text_at(question, answer, part)) != one.answer_digest:
            raise ValueError(f"slot {slot}: the mark was given to another answer")
        found[part] = ByHand(one.mark, one.out_of)
    return found


def settled_marks(rows: Sequence[Sequence[object]] | None) -> dict[Place, SettledMark]:
    """What the database says, [slot, part, mark, out_of, digest] each, marks as text."""
    return {
        (int(str(slot)), int(str(part))): SettledMark(Decimal(str(mark)), Decimal(str(out_of)), str(digest))
        for slot, part, mark, out_of, digest in rows or ()
    }
