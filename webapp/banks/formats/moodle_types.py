"""The types of questions of Moodle XML, each as a question of ours."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache, partial
from typing import Protocol

from lxml import etree

from webapp.banks.formats.cloze import parse_cloze
from webapp.banks.formats.entries import (
    ONE,
    ZERO,
    Entry,
    blank_of,
    choice_key,
    feedback_of,
    mixed,
    number_of,
    short_runs,
    stem_with_blank,
    with_point,
)
from webapp.banks.formats.moodle_text import Texts, bare, child, children, open_end
from webapp.banks.formats.result import FormatResult
from webapp.banks.formats.xml import text_of
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

Read = tuple[PublicQuestion, QuestionKey, Decimal | None]
"""Public part, key, and the mark where the type itself says it."""

GRADES = tuple(
    Decimal(text)
    for text in [
        "100",
        "90",
        "83.33333",
        "80",
        "75",
        "70",
        "66.66667",
        "60",
        "50",
        "40",
        "33.33333",
        "30",
        "25",
        "20",
        "16.66667",
        "14.28571",
        "12.5",
        "11.11111",
        "10",
        "5",
        "0",
    ]
)
_GAP = re.compile(r"\[\[(\d{1,3})\]\]")
_TRUE = frozenset(
    [
        "true",
        "t",
        "1",
        "wahr",
        "richtig",
        "vrai",
        "verdadero",
        "vero",
        "verdadeiro",
        "верно",
        "правда",
        "истина",
        "正确",
        "对",
        "是",
    ]
)
_FALSE = frozenset(["false", "f", "0", "falsch", "faux", "falso", "неверно", "ложь", "错误", "错", "否"])
"""Old versions wrote the words of their own language."""
_ESCAPED_STAR = "\udc2a"


class Wrong(Exception):
    """The question cannot be read. code: '' when everything is reported already."""

    def __init__(
        self, code: str, reason: str = "", value: str = "", hint: str = "", **params: object
    ) -> None:
        super().__init__(code)
        self.code, self.reason, self.value = code, Message(reason, params), value
        self.hint = Message(hint, params) if hint else None


class Changed(Protocol):
    def __call__(self, reason: str, value: object = "", **params: object) -> None: ...


@dataclass(frozen=True)
class Reading:
    """A question being read. changed: tell of something that is lost."""

    element: etree._Element
    file: str
    row: int
    texts: Texts
    result: FormatResult
    changed: Changed

    @property
    def stem(self) -> str:
        return self.texts.of(child(self.element, "questiontext"))

    def entries(self, is_html: bool, may_be_any: bool = False) -> list[Entry]:
        """The answers with their share. is_html: else texts that people type. may_be_any: * is any text."""
        return [self._entry(answer, is_html, may_be_any) for answer in children(self.element, "answer")]

    def _entry(self, answer: etree._Element, is_html: bool, may_be_any: bool) -> Entry:
        text = self.texts.of(answer) if is_html else _typed(answer)
        share = share_of(str(answer.get("fraction") or bare(answer, "fraction") or "0"))
        feedback = self.texts.of(child(answer, "feedback"))
        if not may_be_any:
            return Entry(text, share, feedback)
        hidden = text.replace("\\*", _ESCAPED_STAR)
        return Entry(hidden.replace(_ESCAPED_STAR, "*"), share, feedback, "*" in hidden)

    def is_set(self, name: str) -> bool:
        return bare(self.element, name).lower() in {"1", "true"}


def _typed(answer: etree._Element) -> str:
    inner = child(answer, "text")
    # Old files write the text of the answer beside its children.
    return (text_of(inner) if inner is not None else answer.text or "").strip()


@lru_cache(maxsize=256)
def share_of(text: str) -> Decimal:
    """'33.33333' → 0.3333333. Raise Wrong for a value that Moodle does not know."""
    number = number_of(text)
    if number is None or not any(abs(abs(number) - grade) < Decimal("0.001") for grade in GRADES):
        near = min(GRADES, key=lambda grade: abs(grade - abs(number or ZERO)))
        raise Wrong(
            "bad-fraction",
            N_("The grade “%(grade)s” of an answer is none that Moodle knows."),
            text,
            N_("Grades are 100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50 … The nearest is %(near)s."),
            grade=text[:40],
            near=f"{near:f}",
        )
    return number / 100


def _choice(place: Reading) -> Read:
    single = bare(place.element, "single").lower()
    entries = place.entries(is_html=True)
    full = sum(entry.share == ONE for entry in entries)
    is_single = single in {"1", "true"} if single else full > 0
    if is_single and not full:
        raise Wrong("no-full-answer", N_("No option of this single choice question brings 100 %."))
    if len(entries) > MAX_OPTIONS:
        raise Wrong("too-many-options", N_("A question can have at most 26 options."))
    if is_single and full > 1:
        place.changed(N_("Several options are fully right: the first is the answer, each one counts."))
    total = sum((entry.share for entry in entries if entry.share > 0), ZERO)
    if not is_single and total and abs(total - 1) > Decimal("0.01"):
        place.changed(
            N_("The weights of the right options do not add up to the whole mark."), f"{total * 100:.2f}"
        )
    if bare(place.element, "shuffleanswers").lower() in {"0", "false"}:
        place.changed(
            N_("The order of the options is fixed there; here the exam decides whether they are shuffled.")
        )
    return _chosen(place, entries, is_single, choice_key(entries, is_single))


def _choice_set(place: Reading) -> Read:
    """A multiple choice that counts only as a whole."""
    entries = place.entries(is_html=True)
    key = choice_key(entries, is_single=False)
    return _chosen(place, entries, False, replace(key, weights={}))


def _chosen(place: Reading, entries: Sequence[Entry], is_single: bool, key: QuestionKey) -> Read:
    kind = QuestionType.SINGLE if is_single else QuestionType.MULTIPLE
    public = PublicQuestion(kind, place.stem, tuple(entry.text for entry in entries))
    return public, replace(key, explanation=feedback_of(entries, "", LETTERS)), None


def _true_false(place: Reading) -> Read:
    truth: bool | None = None
    lines = []
    for index, entry in enumerate(place.entries(is_html=False)):
        word = place.texts.plain(entry.text).strip().lower()
        is_true = word in _TRUE or (word not in _FALSE and index == 0)
        if word not in _TRUE and word not in _FALSE:
            if not word or index > 1:
                raise Wrong(
                    "bad-truth",
                    N_("The answers of a true/false question are “true” and “false”."),
                    entry.text,
                )
            place.changed(N_("The first answer was taken for “true”, the second for “false”."), entry.text)
        if entry.share == ONE:
            truth = is_true
        if entry.feedback:
            lines.append(f"{'√' if is_true else '×'} {entry.feedback}")
    return (
        PublicQuestion(QuestionType.TRUE_FALSE, place.stem),
        QuestionKey(truth=truth, explanation="\n".join(lines)),
        None,
    )


def _short(place: Reading) -> Read:
    entries = place.entries(is_html=False, may_be_any=True)
    if any(entry.share < 0 for entry in entries):
        place.changed(N_("Marks taken off for single texts are not kept."))
    if not any(entry.share == ONE for entry in entries):
        raise Wrong("no-answer", N_("No answer of it brings the full mark."))
    public = PublicQuestion(QuestionType.FILL, stem_with_blank(open_end(place.stem), None), blanks=1)
    key = QuestionKey(
        blanks=(blank_of(entries),),
        fill=FillRules(case_sensitive=place.is_set("usecase")),
        explanation=feedback_of(entries),
    )
    return public, key, None


def _numeric(place: Reading) -> Read:
    numbers: list[NumberRange] = []
    notes = []
    for answer, entry in zip(children(place.element, "answer"), place.entries(is_html=False), strict=True):
        notes.append(entry if entry.text != "*" else replace(entry, text=""))
        if entry.text == "*" or entry.share <= 0:
            continue
        value = number_of(with_point(entry.text))
        tolerance = number_of(with_point(bare(answer, "tolerance")) or "0")
        if value is None or tolerance is None:
            raise Wrong(
                "not-a-number", N_("This is no number, no number with a tolerance and no range."), entry.text
            )
        numbers.append(NumberRange(value - abs(tolerance), value + abs(tolerance), entry.share))
    units = [
        bare(unit, "unit_name")
        for group in children(place.element, "units")
        for unit in children(group, "unit")
    ]
    if any(units):
        place.changed(N_("Units are not marked: the answer is a number without a unit."), ", ".join(units))
    key = QuestionKey(numbers=tuple(numbers), explanation=feedback_of(notes))
    return PublicQuestion(QuestionType.NUMERIC, place.stem), key, None


def _essay(place: Reading) -> Read:
    if bare(place.element, "responsetemplate"):
        place.changed(N_("The text that an answer starts from is not kept."))
    if bare(place.element, "attachments") not in {"", "0"}:
        place.changed(N_("Files cannot be handed in with an answer."))
    if bare(place.element, "minwordlimit") or bare(place.element, "maxwordlimit"):
        place.changed(N_("The limits of words are not kept."))
    reference = place.texts.of(child(place.element, "graderinfo"))
    return PublicQuestion(QuestionType.ESSAY, place.stem), QuestionKey(reference=reference), None


def _matching(place: Reading) -> Read:
    items: list[str] = []
    rights: list[str] = []
    options: dict[str, None] = {}
    for pair in children(place.element, "subquestion"):
        answer = child(pair, "answer")
        is_rich = answer is not None and answer.get("format") is not None
        option = place.texts.of(answer) if is_rich else place.texts.html(bare(pair, "answer"))
        item = place.texts.of(pair)
        if not option:
            continue
        options[option] = None
        if item:
            items.append(item)
            rights.append(option)
    places = {option: index for index, option in enumerate(options)}
    if len(places) > MAX_OPTIONS:
        raise Wrong("too-many-options", N_("A question can have at most 26 options."))
    letters = "".join(LETTERS[places[right]] for right in rights)
    public = PublicQuestion(QuestionType.MATCHING, place.stem, tuple(options), items=tuple(items))
    return public, QuestionKey(letters=letters), None


def _cloze(place: Reading) -> Read:
    question = parse_cloze(place.stem, place.file, place.row, place.result)
    if question is None:
        raise Wrong("")
    public, secret = question.public, question.secret
    secret = replace(secret, explanation=_shown(place, secret.explanation))
    if public.parts:
        pairs = [_typed_gaps(place, *pair) for pair in zip(public.parts, secret.parts, strict=True)]
        public = replace(public, parts=tuple(part for part, _ in pairs))
        return public, replace(secret, parts=tuple(key for _, key in pairs)), question.mark
    return *_typed_gaps(place, public, secret), question.mark


def _shown(place: Reading, text: str) -> str:
    """A piece of a text with embedded answers, with its entities as signs."""
    return place.texts.html(text, "moodle_auto_format")


def _typed_gaps(
    place: Reading, public: PublicQuestion, secret: QuestionKey
) -> tuple[PublicQuestion, QuestionKey]:
    """Texts to pick from as they are shown, accepted answers of free gaps as people would type them."""
    lists = [tuple(_shown(place, text) for text in texts) for texts in public.choices]
    blanks = []
    for index, blank in enumerate(secret.blanks):
        is_list = index < len(lists) and bool(lists[index])
        texts = partial(_shown, place) if is_list else place.texts.plain
        accepted = tuple(dict.fromkeys(map(texts, blank.accepted)))
        blanks.append(
            replace(
                blank, accepted=accepted, partial=tuple((texts(text), share) for text, share in blank.partial)
            )
        )
    options = tuple(_shown(place, option) for option in public.options)
    return replace(public, choices=tuple(lists), options=options), replace(secret, blanks=tuple(blanks))


def _gaps(place: Reading) -> Read:
    """Words picked for gaps: [[n]] is the place of the n-th word, its group is what one may pick from."""
    boxes = [
        (place.texts.html(bare(box, "text")), bare(box, "group") or "1")
        for box in children(place.element, "selectoption", "dragbox")
    ]
    stem = short_runs(place.stem)
    numbers = [int(number) for number in _GAP.findall(stem)]
    if not numbers:
        raise Wrong("no-blank", N_("The stem has no blank."))
    beyond = [number for number in numbers if not 1 <= number <= len(boxes)]
    if beyond:
        raise Wrong(
            "gap-unknown",
            N_("The gap [[%(number)s]] names a word that is not there: there are %(count)s."),
            f"[[{beyond[0]}]]",
            number=beyond[0],
            count=len(boxes),
        )
    blanks, choices = [], []
    for number in numbers:
        text, group = boxes[number - 1]
        blanks.append(Blank((text,)))
        choices.append(tuple(dict.fromkeys(other for other, its in boxes if its == group)))
    public = PublicQuestion(
        QuestionType.FILL, _GAP.sub(BLANK, stem), blanks=len(blanks), choices=tuple(choices)
    )
    return public, QuestionKey(blanks=tuple(blanks)), None


def _ordering(place: Reading) -> Read:
    """The file has the right order; it is kept mixed, the same way each time, so that it gives nothing away."""
    answers = list(children(place.element, "answer"))
    ranks = [number_of(str(answer.get("fraction") or "")) for answer in answers]
    right = [place.texts.of(answer) for answer in answers]
    if len(set(ranks)) == len(ranks) and None not in ranks:
        right = [text for _, text in sorted(zip(ranks, right, strict=True), key=lambda pair: pair[0] or ZERO)]
    if len(right) > MAX_OPTIONS:
        raise Wrong("too-many-options", N_("A question can have at most 26 options."))
    count = number_of(bare(place.element, "selectcount"))
    is_part = count is None or 0 < count < len(right)
    if is_part and bare(place.element, "selecttype").upper() not in {"", "0", "ALL"}:
        place.changed(N_("All things are put in order here, not a selection of them."))
    notes = [
        Entry(text, ONE, place.texts.of(child(answer, "feedback")))
        for text, answer in zip(right, answers, strict=True)
    ]
    order = mixed(right)
    letters = "".join(LETTERS[order.index(at)] for at in range(len(right)))
    public = PublicQuestion(QuestionType.ORDERING, place.stem, tuple(right[at] for at in order))
    return public, QuestionKey(letters=letters, explanation=feedback_of(notes)), None


READERS: Mapping[str, Callable[[Reading], Read]] = {
    "multichoice": _choice,
    "multichoiceset": _choice_set,
    "truefalse": _true_false,
    "shortanswer": _short,
    "numerical": _numeric,
    "essay": _essay,
    "matching": _matching,
    "match": _matching,
    "cloze": _cloze,
    "multianswer": _cloze,
    "gapselect": _gaps,
    "ddwtos": _gaps,
    "ordering": _ordering,
}
