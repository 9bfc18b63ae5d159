"""What a browser may send as an answer, and its canonical form.

An answer is a string. `single`: one letter; `multiple`: letters in alphabetical order; `true_false`:
T or F; `fill`: a JSON array of strings, one per blank; "" = not answered. Letters are those that the
contestant sees: they are stored as given (evidence) and turned into the question's own when marked."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.exam.errors import AnswerRefused, AnswerTooLong

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
MAX_ANSWER_BYTES = 4_000
MAX_BLANK_CHARS = 200

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class SlotForm:
    """What one slot of a paper can take: letters for its options, texts for its blanks."""

    question_type: str
    n_options: int = 0
    blanks: int = 0


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


def _index(letter: str, n_options: int) -> int:
    at = LETTERS.find(letter) if len(letter) == 1 else -1
    if not 0 <= at < n_options:
        raise ValueError(f"no option {letter!r}")
    return at


def canonical(raw: object, form: SlotForm, slot: int) -> str:
    """The answer to store for what a browser sent for `slot` (numbered from 0; said from 1).

    raise (AnswerTooLong): more than MAX_ANSWER_BYTES in UTF-8, or a blank above MAX_BLANK_CHARS.
    raise (AnswerRefused): anything that is no possible answer: wrong kind, a letter without an option,
    a letter twice, two letters for one choice, more texts than blanks, control characters."""
    if not isinstance(raw, str):
        raise AnswerRefused(slot=slot + 1)
    if len(raw) > MAX_ANSWER_BYTES or len(raw.encode("utf-8", "surrogatepass")) > MAX_ANSWER_BYTES:
        raise AnswerTooLong(slot=slot + 1)
    if raw == "":
        return ""
    if form.question_type == "fill":
        return _canonical_fill(raw, form.blanks, slot)
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


def for_marking(stored: str, question_type: str, order: Sequence[int]) -> str:
    """A stored answer in the question's own letters: only choices depend on the shown order."""
    return to_original(stored, order) if question_type in {"single", "multiple"} else stored


def blank_texts(stored: str) -> tuple[str, ...]:
    """The texts of a stored `fill` answer; () = not answered."""
    return tuple(json.loads(stored)) if stored else ()


def unanswered(answers: Sequence[str]) -> list[int]:
    """The numbers (from 1) of slots without an answer."""
    return [slot + 1 for slot, answer in enumerate(answers) if not answer]
