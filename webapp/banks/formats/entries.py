"""Answers with a share of the mark and feedback, as GIFT, Missing word and Cloze write them, as keys of ours."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from webapp.banks.rules.schema import BLANK, LETTERS, MAX_OPTIONS, Blank, NumberRange, QuestionKey

ONE, ZERO = Decimal(1), Decimal(0)
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30})(?:[eE][+-]?\d{1,2})?")
_COMMA = re.compile(r"(?<![\d.,])(\d{1,30}),(\d{1,2}|\d{4,30})(?![\d.,])")
_LONG_RUN = re.compile(r"_{4,}")
_RUN = re.compile(r"_{2,}")


@dataclass(frozen=True)
class Entry:
    """One answer. share: of the mark, 1 is full, negative punishes. is_pattern: a * in it is any text."""

    text: str
    share: Decimal
    feedback: str = ""
    is_pattern: bool = False


def number_of(text: str) -> Decimal | None:
    """A finite number of at most 30 digits, None for anything else."""
    bare = text.strip()
    return Decimal(bare) if _NUMBER.fullmatch(bare) else None


def with_point(text: str) -> str:
    """A number with its decimal comma as a point. '1,000' may mean a thousand: it stays as it is, no number."""
    return _COMMA.sub(r"\1.\2", text)


def percent_of(text: str) -> Decimal | None:
    """'33.33333' → 0.3333333; None when it is no number from -100 to 100."""
    number = number_of(with_point(text))
    return number / 100 if number is not None and abs(number) <= 100 else None


def range_of(text: str, share: Decimal) -> NumberRange | None:
    """'1822:2', '3.141..3.142' or '4' → the range of right numbers; None when it is none of them."""
    text = with_point(text)
    low_text, dots, high_text = text.partition("..")
    if dots:
        low, high = number_of(low_text), number_of(high_text)
        return NumberRange(low, high, share) if low is not None and high is not None else None
    value_text, colon, tolerance_text = text.partition(":")
    value, tolerance = number_of(value_text), number_of(tolerance_text) if colon else ZERO
    if value is None or tolerance is None:
        return None
    return NumberRange(value - abs(tolerance), value + abs(tolerance), share)


def choice_key(entries: Sequence[Entry], is_single: bool) -> QuestionKey:
    """Letters and weights. Of several full options of a single choice the first is the letter; all of them
    keep their weight. Weights are left out where they say no more than the letters do."""
    shares = dict(zip(LETTERS, (entry.share for entry in entries[:MAX_OPTIONS]), strict=False))
    weights = {letter: share for letter, share in shares.items() if share}
    if is_single:
        full = [letter for letter, share in shares.items() if share == ONE]
        return QuestionKey(
            letters="".join(full[:1]), weights={} if len(weights) == len(full) == 1 else weights
        )
    return QuestionKey(
        letters="".join(letter for letter, share in shares.items() if share > 0), weights=weights
    )


def blank_of(entries: Sequence[Entry], weight: Decimal = ONE) -> Blank:
    """Full answers are accepted, lower shares partial; a share of 0 or below is no key."""
    return Blank(
        tuple(dict.fromkeys(entry.text for entry in entries if entry.share == ONE and entry.text)),
        weight,
        partial=tuple((entry.text, entry.share) for entry in entries if ZERO < entry.share < ONE and entry.text),
        is_pattern=any(entry.is_pattern for entry in entries if entry.share > 0),
    )  # fmt: skip


def feedback_of(entries: Sequence[Entry], general: str = "", labels: Sequence[str] = ()) -> str:
    """The explanation: a line for each answer that has feedback, then the general feedback."""
    lines = []
    for index, entry in enumerate(entries):
        if entry.feedback:
            label = f"{labels[index]}. " if index < len(labels) else f"{entry.text}: " if entry.text else ""
            lines.append(f"{label}{entry.feedback}")
    return "\n".join([*lines, *([general] if general else [])])


def stem_with_blank(before: str, after: str | None) -> str:
    """A stem with exactly one blank. after: text behind the gap, None when the gap ended the question: then
    an only run of underscores is the blank, or one is put at the end."""
    if after is not None:
        return f"{short_runs(before)}{BLANK}{short_runs(after)}".strip()
    if len(_RUN.findall(before)) == 1:
        return _RUN.sub(BLANK, before)
    return f"{short_runs(before)} {BLANK}".strip()


def short_runs(text: str) -> str:
    """Underscores that are no blank, too few to be one."""
    return _LONG_RUN.sub("___", text)


def mixed(texts: Sequence[str]) -> list[int]:
    """Places of texts that stand in the right order, mixed the same way each time, so that the order in which
    they are kept gives nothing away."""
    right = list(range(len(texts)))
    found = sorted(right, key=lambda at: hashlib.sha256(texts[at].encode("utf-8", "replace")).digest())
    return found if found != right else found[1:] + found[:1]
