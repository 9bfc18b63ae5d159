"""The types of H5P questions, each as questions of ours."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from webapp.banks.formats.entries import ONE, ZERO, Entry, choice_key, feedback_of, short_runs
from webapp.banks.formats.moodle_text import Texts
from webapp.banks.formats.sanitise import clean_text, to_plain
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    MAX_OPTIONS,
    Blank,
    FillRules,
    PublicQuestion,
    QuestionKey,
    QuestionType,
)
from webapp.core.words import N_, Message

Part = tuple[PublicQuestion, QuestionKey]
_GAP = re.compile(r"\*([^*\n]{1,400})\*")


_NOTES = re.compile(r"\\\\?[+-]")
"""DragText: what is said of a right (\\+) and of a wrong (\\-) word."""


class Unreadable(Exception):
    """The question cannot be read."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code, self.reason = code, Message(reason)


class Changed(Protocol):
    def __call__(self, reason: str, value: str = "", **params: object) -> None: ...


def of(data: object, name: str) -> dict[str, Any]:
    """An object inside an object, empty when there is none."""
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


def text_in(data: object, name: str) -> str:
    """A text inside an object, '' when there is none."""
    found = data.get(name) if isinstance(data, dict) else None
    return found.strip() if isinstance(found, str) else ""


def listed(data: object, name: str) -> list[Any]:
    """A list inside an object, empty when there is none."""
    found = data.get(name) if isinstance(data, dict) else None
    return found if isinstance(found, list) else []


def is_true(value: object) -> bool:
    """true, "true" or 1."""
    return value is True or str(value).strip().lower() in {"true", "1"}


@dataclass(frozen=True)
class Reading:
    """The parameters of a question. changed: tell of something that is lost."""

    params: dict[str, Any]
    texts: Texts
    changed: Changed

    def text(self, data: object, name: str) -> str:
        return self.texts.html(text_in(data, name))

    @property
    def behaviour(self) -> dict[str, Any]:
        return of(self.params, "behaviour")


def _choice(reading: Reading) -> Iterator[Part]:
    entries = []
    for answer in listed(reading.params, "answers"):
        # Early versions keep them in the answer itself.
        notes = of(answer, "tipsAndFeedback") or answer
        feedback = [reading.text(notes, name) for name in ("tip", "chosenFeedback", "notChosenFeedback")]
        right = isinstance(answer, dict) and is_true(answer.get("correct"))
        entries.append(
            Entry(reading.text(answer, "text"), ONE if right else ZERO, " ".join(filter(None, feedback)))
        )
    if len(entries) > MAX_OPTIONS:
        raise Unreadable("too-many-options", N_("A question can have at most 26 options."))
    rights = sum(entry.share == ONE for entry in entries)
    kind = text_in(reading.behaviour, "type")
    is_single = (
        kind == "single"
        or (kind != "multi" and rights == 1)
        or is_true(reading.behaviour.get("singleAnswer"))
    )
    if is_single and rights > 1:
        reading.changed(N_("Several options are fully right: the first is the answer, each one counts."))
    key = choice_key(entries, is_single)
    type_ = QuestionType.SINGLE if is_single else QuestionType.MULTIPLE
    yield (
        PublicQuestion(
            type_, reading.text(reading.params, "question"), tuple(entry.text for entry in entries)
        ),
        QuestionKey(
            letters=key.letters,
            weights=key.weights if is_single else {},
            explanation=feedback_of(entries, "", LETTERS),
        ),
    )


def _true_false(reading: Reading) -> Iterator[Part]:
    correct = reading.params.get("correct")
    told = str(correct).strip().lower()
    if told not in {"true", "false"}:
        raise Unreadable("no-answer", N_("The question has no answer."))
    notes = [
        f"{sign} {reading.text(reading.behaviour, name)}"
        for sign, name in (("√", "feedbackOnCorrect"), ("×", "feedbackOnWrong"))
        if text_in(reading.behaviour, name)
    ]
    public = PublicQuestion(QuestionType.TRUE_FALSE, reading.text(reading.params, "question"))
    yield public, QuestionKey(truth=told == "true", explanation="\n".join(notes))


def _blanks(reading: Reading) -> Iterator[Part]:
    """*answer/alternative:hint* in each of the texts; all texts together are one question."""
    lines = [text for text in listed(reading.params, "questions") if isinstance(text, str)]
    yield _gaps(reading, "\n".join([text_in(reading.params, "text"), *lines]), has_choices=False)


def _drag_text(reading: Reading) -> Iterator[Part]:
    """The words of the gaps and the distractors are what one picks from."""
    stem = "\n".join([text_in(reading.params, "taskDescription"), text_in(reading.params, "textField")])
    yield _gaps(reading, stem, has_choices=True)


def _gaps(reading: Reading, text: str, has_choices: bool) -> Part:
    blanks: list[Blank] = []
    hints: list[str] = []

    def gap(found: re.Match[str]) -> str:
        # A colon ends the answers: what follows is a hint.
        answers, colon, hint = found[1].partition(":")
        if has_choices:
            (answers, *_), (hint, *notes) = _NOTES.split(answers), _NOTES.split(hint)
            hint = " ".join([hint.strip(), *(note.strip() for note in (*_, *notes))]).strip()
            colon = colon or hint
        parts = [answers] if has_choices else re.split(r"(?<!\\)/", answers)
        plain = [_typed(part.replace("\\/", "/")) for part in parts]
        accepted = tuple(dict.fromkeys(part for part in plain if part))
        if colon and hint.strip():
            hints.append(f"{len(blanks) + 1}. {hint.strip()}")
        blanks.append(Blank(accepted))
        return BLANK

    pieces = [reading.texts.html(short_runs(line)) for line in text.split("\n") if line.strip()]
    stem = _GAP.sub(gap, "\n".join(pieces))
    if not blanks:
        raise Unreadable("no-blank", N_("The stem has no blank."))
    choices: tuple[tuple[str, ...], ...] = ()
    if has_choices:
        others = [
            _typed(found[1].partition(":")[0])
            for found in _GAP.finditer(text_in(reading.params, "distractors"))
        ]
        words = tuple(
            sorted({text for blank in blanks for text in blank.accepted} | set(filter(None, others)))
        )
        choices = (words,) * len(blanks)
    if is_true(reading.behaviour.get("acceptSpellingErrors")):
        reading.changed(N_("Spelling mistakes are not forgiven here."))
    key = QuestionKey(
        blanks=tuple(blanks),
        fill=FillRules(case_sensitive=not has_choices and is_true(reading.behaviour.get("caseSensitive"))),
        explanation="\n".join(hints),
    )
    return PublicQuestion(QuestionType.FILL, stem, blanks=len(blanks), choices=choices), key


def _typed(text: str) -> str:
    """What a person types for a text that may be HTML."""
    return (
        to_plain(clean_text(f"<span>{text}</span>")[0]).strip()
        if "<" in text or "&" in text
        else text.strip()
    )


def _choice_set(reading: Reading) -> Iterator[Part]:
    """Single choices one after the other; the first answer of each is right, and is kept among the others."""
    for choice in listed(reading.params, "choices"):
        texts = [reading.texts.html(text) for text in listed(choice, "answers") if isinstance(text, str)]
        order = sorted(range(len(texts)), key=lambda at: texts[at])
        letter = LETTERS[order.index(0)] if 0 < len(texts) <= MAX_OPTIONS else ""
        options = tuple(texts[at] for at in order)
        yield (
            PublicQuestion(QuestionType.SINGLE, reading.text(choice, "question"), options),
            QuestionKey(letters=letter),
        )


def _summary(reading: Reading) -> Iterator[Part]:
    """Statements of which the first of each group is right, under one introduction."""
    for group in listed(reading.params, "summaries"):
        texts = [reading.texts.html(text) for text in listed(group, "summary") if isinstance(text, str)]
        order = sorted(range(len(texts)), key=lambda at: texts[at])
        letter = LETTERS[order.index(0)] if 0 < len(texts) <= MAX_OPTIONS else ""
        stem = reading.text(reading.params, "intro")
        yield (
            PublicQuestion(QuestionType.SINGLE, stem, tuple(texts[at] for at in order)),
            QuestionKey(letters=letter, explanation=reading.text(group, "tip")),
        )


def media_of(params: dict[str, Any]) -> dict[str, Any]:
    """The picture, sound or video above a question; early versions name it without a layer between."""
    media = of(params, "media")
    return of(media, "type") or (media if "library" in media else {})


def kind_of(params: dict[str, Any]) -> str:
    """The type of a content.json that came without its h5p.json."""
    by_name = (
        ("answers", "H5P.MultiChoice"), ("choices", "H5P.SingleChoiceSet"), ("summaries", "H5P.Summary"),
        ("correct", "H5P.TrueFalse"), ("keywords", "H5P.Essay"), ("distractors", "H5P.DragText"),
        ("dropZoneIndex", "H5P.DragText"), ("textField", "H5P.MarkTheWords"),
    )  # fmt: skip
    questions = listed(params, "questions")
    if questions and all(isinstance(one, str) for one in questions):
        return "H5P.Blanks"
    return next((library for name, library in by_name if name in params), "H5P.QuestionSet")


def _essay(reading: Reading) -> Iterator[Part]:
    keywords = [text_in(item, "keyword").replace("*", "") for item in listed(reading.params, "keywords")]
    solution = reading.text(of(reading.params, "solution"), "sample")
    public = PublicQuestion(QuestionType.ESSAY, reading.text(reading.params, "taskDescription"))
    yield public, QuestionKey(reference=solution, keywords=tuple(filter(None, keywords)))


READERS: Mapping[str, Callable[[Reading], Iterator[Part]]] = {
    "H5P.MultiChoice": _choice,
    "H5P.TrueFalse": _true_false,
    "H5P.Blanks": _blanks,
    "H5P.DragText": _drag_text,
    "H5P.SingleChoiceSet": _choice_set,
    "H5P.Summary": _summary,
    "H5P.Essay": _essay,
}
