"""The kinds of responses of OLX, each as public part and key of a question of ours."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from lxml import etree

from webapp.banks.formats.entries import (
    ONE,
    ZERO,
    Entry,
    blank_of,
    choice_key,
    feedback_of,
    number_of,
    short_runs,
    stem_with_blank,
)
from webapp.banks.formats.moodle_text import Texts, children, open_end
from webapp.banks.formats.olx_text import GAP, shown_html
from webapp.banks.formats.xml import local, text_of
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    MAX_OPTIONS,
    Blank,
    FillRules,
    NumberRange,
    PublicQuestion,
    QuestionKey,
    QuestionType,
)
from webapp.core.words import N_, Message

Part = tuple[PublicQuestion, QuestionKey]
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_RANGE = re.compile(r"\s*([\[(])([^,]{1,40}),([^,]{1,40})([\])])\s*")
_PLAIN_PATTERN = re.compile(r"[\w\s|,;:'\"%-]+")
_TAGS = re.compile(r"<[^<>]*>")


class Unreadable(Exception):
    """The response cannot be read."""

    def __init__(self, code: str, reason: str, value: str = "") -> None:
        super().__init__(code)
        self.code, self.reason, self.value = code, Message(reason), value


class Changed(Protocol):
    def __call__(self, reason: str, value: str = "", **params: object) -> None: ...


@dataclass(frozen=True)
class Reading:
    """A response being read. changed: tell of something that is lost."""

    element: etree._Element
    texts: Texts
    changed: Changed

    def find(self, *names: str) -> list[etree._Element]:
        """Its descendants of these names, in order."""
        return [item for item in self.element.iter() if local(item) in names]

    def hint(self, element: etree._Element, *names: str) -> str:
        found = (self.texts.html(shown_html(item, keep_all=True)) for item in children(element, *names))
        return " ".join(text for text in found if text)

    def entry(self, choice: etree._Element) -> Entry:
        """A choice with its share; `correct` may stand in any case."""
        correct = str(choice.get("correct") or "").strip().lower()
        share = ONE if correct == "true" else ZERO
        if correct == "partial":
            points = number_of(str(choice.get("point_value") or "0.5"))
            share = points if points is not None and 0 <= points <= 1 else Decimal("0.5")
        text = self.texts.html(shown_html(choice))
        return Entry(text.replace(GAP, ""), share, self.hint(choice, "choicehint", "optionhint"))


def _choices(reading: Reading, stem: str, is_single: bool) -> Part:
    entries = [reading.entry(choice) for choice in reading.find("choice")]
    if len(entries) > MAX_OPTIONS:
        raise Unreadable("too-many-options", N_("A question can have at most 26 options."))
    key = choice_key(entries, is_single)
    if is_single and sum(entry.share == ONE for entry in entries) > 1:
        reading.changed(N_("Several options are fully right: the first is the answer, each one counts."))
    if not is_single:
        key = replace(key, weights={})
        if reading.element.get("partial_credit"):
            reading.changed(N_("How parts of an answer count is said by the exam here, not by the question."))
    kind = QuestionType.SINGLE if is_single else QuestionType.MULTIPLE
    public = PublicQuestion(kind, stem.replace(GAP, "").strip(), tuple(entry.text for entry in entries))
    notes = [feedback_of(entries, "", LETTERS), *_of_combinations(reading)]
    return public, replace(key, explanation="\n".join(note for note in notes if note))


def _of_combinations(reading: Reading) -> list[str]:
    """What is said of several options chosen together, each line with their letters before it."""
    told = [
        (" ".join(str(item.get("value") or "").split()), reading.texts.html(shown_html(item, keep_all=True)))
        for item in reading.find("compoundhint")
    ]
    return [f"{letters}: {text}" if letters else text for letters, text in told if text]


def _single(reading: Reading, stem: str) -> Part:
    return _choices(reading, stem, is_single=True)


def _multiple(reading: Reading, stem: str) -> Part:
    return _choices(reading, stem, is_single=False)


def _dropdown(reading: Reading, stem: str) -> Part:
    """One list is a single choice; several are a fill-in with lists."""
    lists = [list_options(reading, item) for item in reading.find("optioninput")]
    if not lists or any(not entries for entries in lists):
        raise Unreadable("too-few-options", N_("A choice question needs at least two options."))
    if len(lists) == 1:
        public = PublicQuestion(
            QuestionType.SINGLE, stem.replace(GAP, "").strip(), tuple(entry.text for entry in lists[0])
        )
        key = choice_key(lists[0][:MAX_OPTIONS], is_single=True)
        return public, replace(key, explanation=feedback_of(lists[0], "", LETTERS))
    pieces = [short_runs(piece) for piece in stem.split(GAP)]
    notes = [entry for entries in lists for entry in entries]
    public = PublicQuestion(
        QuestionType.FILL,
        BLANK.join(pieces),
        blanks=len(lists),
        choices=tuple(tuple(entry.text for entry in entries) for entries in lists),
    )
    key = QuestionKey(blanks=tuple(blank_of(entries) for entries in lists), explanation=feedback_of(notes))
    return public, key


def list_options(reading: Reading, element: etree._Element) -> list[Entry]:
    """The options of a list to pick from, written in the new way or the old."""
    listed = [reading.entry(option) for option in children(element, "option")]
    if listed:
        return listed
    # The old way: options="('a','b')" correct="b".
    right = str(element.get("correct") or "")
    texts = [
        single or double for single, double in _QUOTED.findall(str(element.get("options") or "")[:20_000])
    ]
    return [Entry(text, ONE if text == right else ZERO) for text in texts]


def text_entries(reading: Reading) -> tuple[tuple[str, ...], FillRules]:
    """The texts that are right. Raise Unreadable: none, or a pattern that is no list of texts."""
    element = reading.element
    kinds = str(element.get("type") or "").lower().split()
    answers = [str(element.get("answer") or "")]
    for other in children(element, "additional_answer"):
        answers.append(str(other.get("answer") or text_of(other)))
    accepted = [part.strip() for answer in answers for part in answer.split("_or_") if part.strip()]
    if "regexp" in kinds:
        accepted = _alternatives(reading, accepted)
    if not accepted:
        raise Unreadable("no-answer", N_("The question has no answer."))
    return tuple(dict.fromkeys(accepted)), FillRules(case_sensitive="ci" not in kinds)


def _text(reading: Reading, stem: str) -> Part:
    accepted, rules = text_entries(reading)
    notes = [
        Entry(str(hint.get("answer") or ""), ZERO, reading.texts.html(shown_html(hint, keep_all=True)))
        for hint in reading.find("correcthint", "stringequalhint")
    ]
    before, gap, after = stem.partition(GAP)
    has_more = gap and _TAGS.sub("", after).strip()
    rest = after.replace(GAP, "") if has_more else None
    made = stem_with_blank(open_end(before) if rest is None else before, rest)
    key = QuestionKey(
        blanks=(Blank(accepted),),
        fill=rules,
        explanation=feedback_of(notes),
    )
    return PublicQuestion(QuestionType.FILL, made, blanks=1), key


def _alternatives(reading: Reading, patterns: list[str]) -> list[str]:
    """A pattern that only lists texts (a|b) is such a list; any other cannot be held."""
    found = []
    for pattern in patterns:
        bare = pattern.removeprefix("^").removesuffix("$")
        bare = bare[1:-1] if bare.startswith("(") and bare.endswith(")") else bare
        if not _PLAIN_PATTERN.fullmatch(bare):
            raise Unreadable(
                "unsupported-type", N_("An answer that is a regular expression cannot be held."), pattern
            )
        found += [part.strip() for part in bare.split("|") if part.strip()]
    return found


def _number(reading: Reading, stem: str) -> Part:
    element = reading.element
    answers = [str(element.get("answer") or "")]
    answers += [
        str(other.get("answer") or text_of(other)) for other in children(element, "additional_answer")
    ]
    tolerance = next(
        (
            str(item.get("default") or "")
            for item in reading.find("responseparam")
            if str(item.get("type") or "").lower() == "tolerance"
        ),
        "",
    )
    numbers = tuple(_range(reading, answer, tolerance) for answer in answers if answer.strip())
    notes = [Entry("", ZERO, reading.hint(element, "correcthint"))]
    stem = " ".join(stem.replace(GAP, " ").split(" ")).strip()
    return PublicQuestion(QuestionType.NUMERIC, stem), QuestionKey(
        numbers=numbers, explanation=feedback_of(notes)
    )


def _range(reading: Reading, answer: str, tolerance: str) -> NumberRange:
    """'600' with '5' or '1%', or '[5,7)'. Raise Unreadable for a formula."""
    interval = _RANGE.fullmatch(answer)
    if interval:
        low, high = number_of(interval[2]), number_of(interval[3])
        if low is not None and high is not None:
            if "(" in interval[1] or ")" in interval[4]:
                reading.changed(N_("The ends of the range of right numbers are right here too."), answer)
            return NumberRange(low, high)
    value = number_of(answer)
    width = number_of(tolerance.strip().removesuffix("%")) if tolerance.strip() else ZERO
    if value is None or width is None:
        raise Unreadable(
            "not-a-number",
            N_("This is no number: formulas and variables cannot be held."),
            answer or tolerance,
        )
    if tolerance.strip().endswith("%"):
        width = abs(value) * width / 100
    return NumberRange(value - abs(width), value + abs(width))


READERS: Mapping[str, Callable[[Reading, str], Part]] = {
    "multiplechoiceresponse": _single,
    "choiceresponse": _multiple,
    "optionresponse": _dropdown,
    "stringresponse": _text,
    "numericalresponse": _number,
}
