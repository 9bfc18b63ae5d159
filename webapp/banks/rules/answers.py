"""What a browser may send as an answer, and its canonical form.

An answer is a string. `single`: one letter; `multiple`: letters in alphabetical order; `true_false`:
T or F; `fill`: a JSON array of strings, one per blank; `matching`: a letter per item; `ordering`: a letter per
place, none twice ("-" where none stands yet); `numeric`, `essay`: a text; `passage`: a JSON array with the
answer of each part; "" = not answered. Letters are those that the contestant sees: they are stored as given
(evidence) and turned into the question's own when marked. The options within a passage are never shuffled."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from webapp.banks.errors import AnswerRefused, AnswerTooLong
from webapp.banks.rules.schema import LETTERS, PublicQuestion

NOTHING = "-"
ARRANGED = frozenset({"matching", "ordering"})
MAX_ANSWER_BYTES = 4_000
MAX_BLANK_CHARS = 200
MAX_ESSAY_CHARS = 6_000
MAX_LONG_BYTES = 40_000
"""Of an essay, and of a passage, whose parts may be essays."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class SlotForm:
    """What one slot of a paper can take: letters for its options, texts for its blanks, a letter for each
    item of a matching question, an answer for each part of a passage."""

    question_type: str
    n_options: int = 0
    blanks: int = 0
    n_items: int = 0
    parts: tuple["SlotForm", ...] = ()

    @property
    def places(self) -> int:
        """How many letters an arranged answer has."""
        return self.n_items if self.question_type == "matching" else self.n_options

    @property
    def most_bytes(self) -> int:
        return MAX_LONG_BYTES if self.question_type in {"essay", "passage"} else MAX_ANSWER_BYTES


def form_of(question: PublicQuestion) -> SlotForm:
    """What answers a question can take."""
    return SlotForm(
        str(question.type),
        len(question.options),
        question.blanks,
        len(question.items),
        tuple(map(form_of, question.parts)),
    )


def to_original(letters: str, order: Sequence[int]) -> str:
    """Displayed letters to the question's own, in alphabetical order.

    raise (ValueError): a letter that stands for no option."""
    if len(letters) == 1:
        return LETTERS[order[_index(letters, len(order))]]
    return "".join(sorted(LETTERS[order[_index(letter, len(order))]] for letter in letters))


def to_displayed(letters: str, order: Sequence[int]) -> str:
    """The question's own letters to the displayed ones: the inverse of `to_original`."""
    place = {original: displayed for displayed, original in enumerate(order)}
    return "".join(sorted(LETTERS[place[_index(letter, len(order))]] for letter in letters))


def arranged(letters: str, order: Sequence[int]) -> str:
    """The displayed letters of a matching or ordering answer as the question's own, place by place."""
    return "".join(
        letter if letter == NOTHING else LETTERS[order[_index(letter, len(order))]] for letter in letters
    )


def _index(letter: str, n_options: int) -> int:
    at = LETTERS.find(letter) if len(letter) == 1 else -1
    if not 0 <= at < n_options:
        raise ValueError(f"no option {letter!r}")
    return at


def from_fields(posted: Mapping[str, Sequence[str]], name: str, form: SlotForm) -> str:
    """The answer that the fields of one name make. In an order the first place that names a thing keeps it."""
    if form.question_type == "passage":
        parts = [from_fields(posted, f"{name}.{at}", part) for at, part in enumerate(form.parts)]
        return json.dumps(parts, ensure_ascii=False) if any(parts) else ""
    values = list(posted.get(name, ()))
    match form.question_type:
        case "fill":
            return json.dumps(values, ensure_ascii=False) if any(values) else ""
        case "ordering":
            values = [value if value not in values[:at] else NOTHING for at, value in enumerate(values)]
    return "".join(values)


def canonical(raw: object, form: SlotForm, slot: int) -> str:
    """The answer to store for what a browser sent for `slot` (numbered from 0; said from 1).

    raise (AnswerTooLong): more bytes than the form allows, a blank above MAX_BLANK_CHARS, an essay above
    MAX_ESSAY_CHARS.
    raise (AnswerRefused): anything that is no possible answer: wrong kind, a letter without an option,
    a letter twice, two letters for one choice, more texts than blanks, control characters."""
    if not isinstance(raw, str):
        raise AnswerRefused(slot=slot + 1)
    if len(raw) > form.most_bytes or len(raw.encode("utf-8", "surrogatepass")) > form.most_bytes:
        raise AnswerTooLong(slot=slot + 1)
    if raw == "":
        return ""
    match form.question_type:
        case "fill":
            return _canonical_fill(raw, form.blanks, slot)
        case "matching" | "ordering":
            return _canonical_arranged(raw, form, slot)
        case "numeric":
            return _canonical_text(raw, MAX_BLANK_CHARS, slot)
        case "essay":
            return _canonical_text(raw.replace("\r\n", "\n").replace("\r", "\n"), MAX_ESSAY_CHARS, slot)
        case "passage":
            return _canonical_passage(raw, form, slot)
    allowed = "TF" if form.question_type == "true_false" else LETTERS[: form.n_options]
    several = form.question_type == "multiple"
    if any(letter not in allowed for letter in raw) or len(set(raw)) != len(raw):
        raise AnswerRefused(slot=slot + 1)
    if len(raw) > 1 and not several:
        raise AnswerRefused(slot=slot + 1)
    return "".join(sorted(raw))


def _canonical_fill(raw: str, blanks: int, slot: int) -> str:
    try:
        texts = json.loads(raw)
    except (ValueError, RecursionError):
        raise AnswerRefused(slot=slot + 1) from None
    if not isinstance(texts, list) or len(texts) > blanks or not all(isinstance(t, str) for t in texts):
        raise AnswerRefused(slot=slot + 1)
    clean = [unicodedata.normalize("NFC", text).strip() for text in texts]
    if any(_CONTROL.search(text) for text in clean):
        raise AnswerRefused(slot=slot + 1)
    if any(len(text) > MAX_BLANK_CHARS for text in clean):
        raise AnswerTooLong(slot=slot + 1)
    if not any(clean):
        return ""
    clean += [""] * (blanks - len(clean))
    return json.dumps(clean, ensure_ascii=False, separators=(",", ":"))


def _canonical_arranged(raw: str, form: SlotForm, slot: int) -> str:
    """One letter per place; in an order no letter stands twice."""
    allowed = LETTERS[: form.n_options] + NOTHING
    letters = raw.replace(NOTHING, "")
    if len(raw) != form.places or any(letter not in allowed for letter in raw):
        raise AnswerRefused(slot=slot + 1)
    if form.question_type == "ordering" and len(set(letters)) != len(letters):
        raise AnswerRefused(slot=slot + 1)
    return raw if letters else ""


def _canonical_text(raw: str, most_chars: int, slot: int) -> str:
    clean = unicodedata.normalize("NFC", raw).strip()
    if _CONTROL.search(clean):
        raise AnswerRefused(slot=slot + 1)
    if len(clean) > most_chars:
        raise AnswerTooLong(slot=slot + 1)
    return clean


def _canonical_passage(raw: str, form: SlotForm, slot: int) -> str:
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        raise AnswerRefused(slot=slot + 1) from None
    if not isinstance(given, list) or len(given) > len(form.parts):
        raise AnswerRefused(slot=slot + 1)
    clean = [canonical(answer, part, slot) for answer, part in zip(given, form.parts, strict=False)]
    if not any(clean):
        return ""
    clean += [""] * (len(form.parts) - len(clean))
    return json.dumps(clean, ensure_ascii=False, separators=(",", ":"))


def for_marking(stored: str, question_type: str, order: Sequence[int]) -> str:
    """A stored answer in the question's own letters: only what is shuffled depends on the shown order."""
    if question_type in {"single", "multiple"}:
        return to_original(stored, order)
    return arranged(stored, order) if question_type in ARRANGED else stored


def spoken(stored: str, question_type: str) -> str:
    """A stored answer on one line, as people say it: texts with semicolons, the rest as it is."""
    if not stored:
        return ""
    if question_type == "fill":
        return "; ".join(blank_texts(stored))
    if question_type == "passage":
        parts = (_part_spoken(part) for part in json.loads(stored))
        return "  ".join(f"({number}) {part}" for number, part in enumerate(parts, start=1))
    return stored


def _part_spoken(stored: str) -> str:
    """A part of a passage, whose type its form tells: only fill-ins are lists of texts."""
    return "; ".join(blank_texts(stored)) if stored.startswith("[") else stored or "–"


def blank_texts(stored: str) -> tuple[str, ...]:
    """The texts of a stored `fill` answer; () = not answered."""
    return tuple(json.loads(stored)) if stored else ()
