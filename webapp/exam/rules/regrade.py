"""A second grader, written apart from the first: whole fractions, its own reading of keys and rules.

It shares no code with banks/rules/marking or rules/scoring on purpose: what both get wrong in the same
way is less likely. Publication needs their agreement (RELIABILITY 16)."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

from webapp.contests.rules.blueprint import Section
from webapp.exam.rules.draw import option_order, shuffles_options
from webapp.exam.rules.grading import MarkedQuestion, SheetInput

MAX_EXPONENT = 1000
"""The rule of marking, said again: numbers beyond it are not read as numbers."""

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def second_score(
    sheet: SheetInput, sections: Sequence[Section], questions: Mapping[int, MarkedQuestion]
) -> tuple[Fraction, Decimal]:
    """(paper mark, component score on 0-100 with four places, half up), computed anew."""
    earned = [Fraction(0)] * len(sections)
    possible = Fraction(0)
    for slot, version_id in enumerate(sheet.paper):
        at = sheet.sections[slot]
        ruling = str(questions[version_id].ruling)
        if ruling == "drop":
            continue
        possible += Fraction(sections[at].mark)
        if ruling == "everybody" or (ruling == "answered" and sheet.answers[slot]):
            earned[at] += Fraction(sections[at].mark)
        else:
            earned[at] += _slot_mark(sheet, slot, sections[at], questions[version_id])
    total = sum((max(part, Fraction(0)) for part in earned), Fraction(0))
    scaled = total / possible * 1_000_000
    units = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return total, Decimal(units).scaleb(-4)


def _slot_mark(sheet: SheetInput, slot: int, section: Section, question: MarkedQuestion) -> Fraction:
    stored = sheet.answers[slot]
    if stored == "":
        return Fraction(0)
    full = Fraction(section.mark)
    if section.question_type == "true_false":
        is_true = {"T": True, "F": False}[stored]
        return full if is_true is question.key.truth else Fraction(section.wrong_true_false_mark)
    if section.question_type == "fill":
        return full * _filled_share(json.loads(stored), question)
    n_options = len(question.public.options)
    order = option_order(sheet.option_seed, slot, n_options, shuffle=shuffles_options(section))
    chosen = {ALPHABET[order[ALPHABET.index(letter)]] for letter in stored}
    return _choice_mark(chosen, set(question.key.letters), section, question)


def _choice_mark(chosen: set[str], key: set[str], section: Section, question: MarkedQuestion) -> Fraction:
    full = Fraction(section.mark)
    weights = question.key.weights
    if chosen == key and (section.question_type == "multiple" or not _by_weights(section, question)):
        return full
    if _by_weights(section, question):
        share = sum((Fraction(weights.get(letter, Decimal(0))) for letter in chosen), Fraction(0))
        return full * min(max(share, Fraction(0)), Fraction(1))
    if section.question_type == "single" or chosen - key:
        return Fraction(0)
    match section.marking_rule:
        case "half_for_subset":
            return full / 2
        case "per_pick":
            return min(full, Fraction(section.per_pick_mark or 0) * len(chosen))
        case "proportional":
            return full * len(chosen) / len(key)
        case _:
            return Fraction(0)


def _by_weights(section: Section, question: MarkedQuestion) -> bool:
    return section.marking_rule == "weights" and bool(question.key.weights)


def _filled_share(texts: list[str], question: MarkedQuestion) -> Fraction:
    """The share of the blanks that are met; in any order: the best assignment of distinct texts."""
    blanks, rules = question.key.blanks, question.key.fill
    folded = [_fold(text, rules.case_sensitive) for text in texts][: len(blanks)]
    folded += [""] * (len(blanks) - len(folded))
    if rules.any_order:
        once = [text if text not in folded[:at] else "" for at, text in enumerate(folded)]
        orders: Sequence[tuple[str, ...]] = list(permutations(once))
    else:
        orders = [tuple(folded)]
    total = sum((Fraction(blank.weight) for blank in blanks), Fraction(0))
    best = Fraction(0)
    for order in orders:
        met = [
            _meets(text, blank.accepted, blank.tolerance, rules.case_sensitive)
            for text, blank in zip(order, blanks, strict=True)
        ]
        if all(met):
            return Fraction(1)
        weight = sum(
            (Fraction(blank.weight) for blank, is_met in zip(blanks, met, strict=True) if is_met), Fraction(0)
        )
        best = max(best, weight)
    return Fraction(0) if rules.all_needed or not total else best / total


def _fold(text: str, case_sensitive: bool) -> str:
    narrow = "".join(unicodedata.normalize("NFKC", text).split())
    return narrow if case_sensitive else narrow.casefold()


def _meets(text: str, accepted: Sequence[str], tolerance: Decimal | None, case_sensitive: bool) -> bool:
    if text == "":
        return False
    if text in {_fold(one, case_sensitive) for one in accepted}:
        return True
    if tolerance is None:
        return False
    given = _fraction(text)
    wanted = [number for one in accepted if (number := _fraction(_fold(one, False))) is not None]
    return given is not None and any(abs(given - number) <= Fraction(tolerance) for number in wanted)


def _fraction(text: str) -> Fraction | None:
    """The exact number, or None; like marking, nothing whose exponent nobody means (1e999999999)."""
    try:
        number = Decimal(text)
        return Fraction(number) if abs(number.adjusted()) <= MAX_EXPONENT else None
    except (ArithmeticError, ValueError):
        return None
