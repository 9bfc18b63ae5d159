"""A second grader, written apart from the first: whole fractions, its own reading of keys and rules.

It shares no code with banks/rules/marking or rules/scoring on purpose: what both get wrong in the same
way is less likely. Publication needs their agreement (RELIABILITY 16)."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import permutations

from webapp.banks.rules.schema import Blank, PublicQuestion, QuestionKey
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
    if section.question_type == "essay":
        return _by_people(sheet, slot, 0, full) if stored.strip() else Fraction(0)
    if section.question_type == "true_false":
        is_true = {"T": True, "F": False}[stored]
        return full if is_true is question.key.truth else Fraction(section.wrong_true_false_mark)
    if section.question_type == "passage":
        return _passage_mark(sheet, slot, section, question)
    if section.question_type in {"fill", "numeric"}:
        return full * _unshuffled_share(stored, question.public, question.key)
    n_options = len(question.public.options)
    order = option_order(sheet.option_seed, slot, n_options, shuffle=shuffles_options(section))
    if section.question_type in {"matching", "ordering"}:
        own = [ALPHABET[order[ALPHABET.index(letter)]] if letter != "-" else "" for letter in stored]
        return _arranged_mark(own, question.key.letters, section, section.question_type, full)
    chosen = {ALPHABET[order[ALPHABET.index(letter)]] for letter in stored}
    return _choice_mark(chosen, question.key, section, section.question_type, full)


def _unshuffled_share(stored: str, public: PublicQuestion, key: QuestionKey) -> Fraction:
    """The share (0 to 1) of what is answered in texts."""
    if public.type == "fill":
        return _filled_share(json.loads(stored), key)
    given = _fraction(_fold(stored, False).replace("\u2212", "-"))
    held = [n.share for n in key.numbers if given is not None and n.low <= given <= n.high]
    return Fraction(held[0]) if held else Fraction(0)


def _by_people(sheet: SheetInput, slot: int, part: int, full: Fraction) -> Fraction:
    """What people settled for a written answer; raise (KeyError) when they have not."""
    given = sheet.essay_marks[slot, part]
    return full * Fraction(given.mark) / Fraction(given.out_of)


def _passage_mark(sheet: SheetInput, slot: int, section: Section, question: MarkedQuestion) -> Fraction:
    """The parts of a passage, whose options keep their order; below 0 together they bring 0."""
    key = question.key
    total = sum((Fraction(weight) for weight in key.part_weights), Fraction(0))
    earned = Fraction(0)
    for at, answer in enumerate(json.loads(sheet.answers[slot])):
        part, full = (
            question.public.parts[at],
            Fraction(section.mark) * Fraction(key.part_weights[at]) / total,
        )
        if part.type == "essay":
            earned += _by_people(sheet, slot, at, full) if answer.strip() else 0
        elif answer:
            earned += _part_mark(answer, part, key.parts[at], section, full)
    return max(earned, Fraction(0))


def _part_mark(
    answer: str, part: PublicQuestion, key: QuestionKey, section: Section, full: Fraction
) -> Fraction:
    if part.type == "true_false":
        return full if (answer == "T") is key.truth else Fraction(section.wrong_true_false_mark)
    if part.type in {"fill", "numeric"}:
        return full * _unshuffled_share(answer, part, key)
    if part.type in {"matching", "ordering"}:
        own = ["" if letter == "-" else letter for letter in answer]
        return _arranged_mark(own, key.letters, section, str(part.type), full)
    return _choice_mark(set(answer), key, section, str(part.type), full)


def _arranged_mark(own: Sequence[str], key: str, section: Section, kind: str, full: Fraction) -> Fraction:
    """Things matched (own: a letter per item) or put in order (a letter per place); '' = nothing there."""
    right = [mine == wanted for mine, wanted in zip(own, key, strict=True)]
    if all(right):
        return full
    if section.marking_rule in {"proportional", "weights"}:
        return full * sum(right) / len(right)
    if kind == "ordering" or any(mine and not hit for mine, hit in zip(own, right, strict=True)):
        return Fraction(0)
    match section.marking_rule:
        case "half_for_subset":
            return full / 2 if any(right) else Fraction(0)
        case "per_pick":
            return min(full, Fraction(section.per_pick_mark or 0) * sum(right))
        case _:
            return Fraction(0)


def _choice_mark(
    chosen: set[str], secret: QuestionKey, section: Section, kind: str, full: Fraction
) -> Fraction:
    key, weights = set(secret.letters), secret.weights
    by_weights = section.marking_rule == "weights" and bool(weights)
    if chosen == key and (kind == "multiple" or not by_weights):
        return full
    if by_weights:
        share = sum((Fraction(weights.get(letter, Decimal(0))) for letter in chosen), Fraction(0))
        return full * min(max(share, Fraction(0)), Fraction(1))
    if kind == "single" or chosen - key:
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


def _filled_share(texts: list[str], key: QuestionKey) -> Fraction:
    """The share of the blanks that are met; in any order: the best assignment of distinct texts."""
    blanks, rules = key.blanks, key.fill
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
        shares = [
            _blank_share(text, blank, rules.case_sensitive, not rules.any_order)
            for text, blank in zip(order, blanks, strict=True)
        ]
        if all(share == 1 for share in shares):
            return Fraction(1)
        weighed = (share * Fraction(blank.weight) for share, blank in zip(shares, blanks, strict=True))
        best = max(best, sum(weighed, Fraction(0)))
    return Fraction(0) if rules.all_needed or not total else best / total


def _fold(text: str, case_sensitive: bool) -> str:
    narrow = "".join(unicodedata.normalize("NFKC", text).split())
    return narrow if case_sensitive else narrow.casefold()


def _blank_share(text: str, blank: Blank, case_sensitive: bool, in_order: bool) -> Fraction:
    """What a folded text brings of one blank: 1, or where the order is kept the share of a lesser text."""
    if text == "":
        return Fraction(0)
    stars = blank.is_pattern
    if any(_is(text, _fold(one, case_sensitive), stars) for one in blank.accepted):
        return Fraction(1)
    if blank.tolerance is not None and (given := _fraction(text)) is not None:
        wanted = [number for one in blank.accepted if (number := _fraction(_fold(one, False))) is not None]
        if any(abs(given - number) <= Fraction(blank.tolerance) for number in wanted):
            return Fraction(1)
    held = [Fraction(share) for one, share in blank.partial if _is(text, _fold(one, case_sensitive), stars)]
    return max(held) if held and in_order else Fraction(0)


def _is(text: str, wanted: str, stars: bool) -> bool:
    """Equal; or, where * stands for any text, reached by stepping through both sign by sign."""
    if not stars:
        return text == wanted
    at = _past_stars({0}, wanted)
    for sign in text:
        stay = {place for place in at if place < len(wanted) and wanted[place] == "*"}
        step = {place + 1 for place in at if place < len(wanted) and wanted[place] == sign != "*"}
        at = _past_stars(stay | step, wanted)
    return len(wanted) in at


def _past_stars(places: set[int], wanted: str) -> set[int]:
    reached = set(places)
    for start in places:
        at = start
        while at < len(wanted) and wanted[at] == "*":
            at += 1
            reached.add(at)
    return reached


def _fraction(text: str) -> Fraction | None:
    """The exact number, or None; like marking, nothing whose exponent nobody means (1e999999999)."""
    try:
        number = Decimal(text)
        return Fraction(number) if abs(number.adjusted()) <= MAX_EXPONENT else None
    except (ArithmeticError, ValueError):
        return None
