"""Options and answers as other programs write them in JSON, as texts and letters."""

import ast
import json
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from webapp.banks.formats import notation
from webapp.banks.formats.grid import clean
from webapp.banks.formats.option_labels import split_options, split_weakly, strip_labels
from webapp.banks.rules.schema import LETTERS

MAX_LITERAL, MAX_NESTED = 20_000, 20
"""Longest text, and deepest brackets in it, that are read as a Python value."""
TEXTS = ("text", "content", "value", "option", "title", "name", "label", "answer", "内容", "选项内容", "选项")
NAMES = ("key", "letter", "label", "id", "prefix", "no", "index", "name", "标号", "选项")
_OF_ANSWERS = (
    "key",
    "letter",
    "label",
    "option",
    "value",
    "answer",
    "correct",
    "text",
    "content",
    "id",
    "index",
)
RIGHTS = ("correct", "iscorrect", "right", "isright", "isanswer", "istrue", "是否正确", "正确")


@dataclass(frozen=True)
class Options:
    """The options of an item. names: what the file calls each (letters, numbers), () when it does not name them.
    right: positions that the options themselves say are right, None when they say nothing."""

    texts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    right: tuple[int, ...] | None = None


def text_of(value: Any) -> str:
    """A plain value as the text of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < 40 else str(value)
    if isinstance(value, list):
        return "、".join(text_of(item) for item in value)
    if isinstance(value, dict):
        return clean(json.dumps(value, ensure_ascii=False, default=str))
    return clean(value)


def literal_of(text: str) -> Any:
    """The object or list that a text holds, as JSON or as Python writes it; None for any other text. Nothing
    is ever run."""
    bare = text.strip()
    if len(bare) > MAX_LITERAL or not (bare.startswith(("{", "[")) and bare.endswith(("}", "]"))):
        return None
    if max(bare.count(sign) for sign in "[{(") > 4 * MAX_NESTED and _deep(bare):
        return None
    for read in (json.loads, _python):
        try:
            value = read(bare)
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
        if isinstance(value, dict | list):
            return value
    return None


def _python(text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # An unknown escape such as \\d is kept as it stands.
        return ast.literal_eval(text)


def _deep(text: str) -> bool:
    depth = most = 0
    for sign in text:
        depth += (sign in "[{(") - (sign in "]})")
        most = max(most, depth)
    return most > MAX_NESTED


def options_of(value: Any, answer: Any, sign: str = "") -> Options:
    """The options in any of the usual shapes. sign: what divides those of one text, '' by what it looks like."""
    if isinstance(value, str):
        held = literal_of(value)
        if held is None:
            letters = notation.letters_of(text_of(answer), ()) or ""
            needed = max((ord(letter) - 64 for letter in letters), default=2)
            texts = split_options(clean(value), needed, sign)
            if len(texts) < 2 and not sign:
                texts = split_weakly(clean(value), needed) or texts
            return Options(tuple(texts))
        value = held
    if isinstance(value, dict) and value and all(isinstance(texts, list) for texts in value.values()):
        return _of_lists(value)
    if isinstance(value, dict) and value and all(isinstance(text, dict) for text in value.values()):
        return _of_objects([{"key": name, **text} for name, text in value.items()])
    if isinstance(value, dict):
        names = tuple(clean(name) for name in value)
        return Options(tuple(text_of(text) for text in value.values()), names)
    if not isinstance(value, list):
        return Options()
    if value and all(isinstance(item, dict) for item in value):
        return _of_objects(value)
    return Options(tuple(strip_labels([text_of(item) for item in value])))


def _of_lists(value: dict[str, Any]) -> Options:
    """{"text": […], "label": […]}: what each option says, and what it is called."""
    folded = {str(key).strip().casefold(): texts for key, texts in value.items()}
    texts: list[Any] = next((folded[key] for key in TEXTS if key in folded), [])
    names: list[Any] = next((folded[key] for key in NAMES if key in folded and folded[key] is not texts), [])
    return Options(
        tuple(text_of(text) for text in texts),
        tuple(text_of(name) for name in names) if len(names) == len(texts) else (),
    )


def _of_objects(items: Sequence[dict[str, Any]]) -> Options:
    folded = [{str(key).strip().replace("_", "").casefold(): item[key] for key in item} for item in items]
    if all(len(item) == 1 for item in folded) and not any(key in TEXTS for item in folded for key in item):
        pairs = [next(iter(item.items())) for item in items]  # [{"A": "…"}, {"B": "…"}]
        return Options(tuple(text_of(text) for _, text in pairs), tuple(clean(name) for name, _ in pairs))
    text_key = next((key for key in TEXTS if all(key in item for item in folded)), "")
    if not text_key:
        return Options(tuple(text_of(item) for item in items))
    name_key = next((key for key in NAMES if key != text_key and all(key in item for item in folded)), "")
    right_key = next((key for key in RIGHTS if any(key in item for item in folded)), "")
    right = [
        index for index, item in enumerate(folded) if notation.truth_of(text_of(item.get(right_key))) is True
    ]
    return Options(
        tuple(text_of(item[text_key]) for item in folded),
        tuple(text_of(item[name_key]) for item in folded) if name_key else (),
        tuple(right) if right_key else None,
    )


def is_index(answer: Any, options: Options) -> bool:
    """Whether an answer is a number (or a list of numbers) that counts options."""
    if isinstance(answer, list):
        return bool(answer) and all(is_index(item, options) for item in answer)
    if isinstance(answer, str):
        bare = answer.strip()
        if len(parts := [part for part in re.split(r"[\s,，、;；|]+", bare) if part]) > 1:
            return all(is_index(part, options) for part in parts)
        return bare.isascii() and bare.isdigit() and bare not in options.texts and bare not in options.names
    is_number = isinstance(answer, int) and not isinstance(answer, bool)
    return bool(options.texts) and is_number and str(answer) not in options.names


def indexes(answer: Any) -> list[int]:
    """The numbers of an answer that `is_index`."""
    if isinstance(answer, list):
        return [number for item in answer for number in indexes(item)]
    return [int(part[:6]) for part in re.split(r"[\s,，、;；|]+", text_of(answer)) if part] or [0]


def answer_text(answer: Any, options: Options, base: int, between: str, alternatives: str) -> str:
    """The answer as a cell says it: letters where the options allow it, else the text."""
    if isinstance(answer, str) and (held := literal_of(answer)) is not None:
        answer = held
    if isinstance(answer, dict):
        folded = {str(key).strip().casefold(): value for key, value in answer.items()}
        answer = next((folded[key] for key in _OF_ANSWERS if folded.get(key) not in (None, "")), answer)
    if answer in (None, "", []) and options.right is not None:
        return "".join(LETTERS[index] for index in options.right if index < len(LETTERS))
    if options.texts and is_index(answer, options):
        numbers = [number - base for number in indexes(answer)]
        return "".join(LETTERS[n] if 0 <= n < len(LETTERS) else "?" for n in numbers)
    if isinstance(answer, list):
        return _listed(answer, options, base, between, alternatives)
    text = text_of(answer)
    return _named(text, options) or text if options.texts and not isinstance(answer, bool) else text


def _listed(answer: list[Any], options: Options, base: int, between: str, alternatives: str) -> str:
    if any(isinstance(item, list) for item in answer):
        groups = [item if isinstance(item, list) else [item] for item in answer]
        return between.join(alternatives.join(text_of(text) for text in group) for group in groups)
    texts = [answer_text(item, options, base, between, alternatives) for item in answer]
    is_letters = options.texts and all(text and set(text) <= set(LETTERS) for text in texts)
    return "".join(texts) if is_letters else between.join(texts)


def _named(text: str, options: Options) -> str:
    """The letters an answer means by the file's own names of its options, or by the text of one; else ''."""
    names = [notation.fold(name) for name in options.names]
    wanted = notation.fold(text)
    if wanted in names:
        return LETTERS[names.index(wanted) % len(LETTERS)]
    texts = [notation.fold(option) for option in options.texts]
    if wanted in texts and len(wanted) > 2:
        return LETTERS[texts.index(wanted) % len(LETTERS)]
    if bare := re.fullmatch(r"(?:option|choice|opt|选项)[\s_-]*([a-z]|\d{1,2})", wanted):
        return _named(bare[1].upper(), options) or (bare[1].upper() if not bare[1].isdigit() else "")
    letters = notation.letters_of(text, ()) or ""
    if letters and names and all(letter.casefold() in names for letter in letters):
        ordered = notation.ordered_letters(text, ()) or letters
        return "".join(LETTERS[names.index(letter.casefold()) % len(LETTERS)] for letter in ordered)
    if wanted in texts:
        return LETTERS[texts.index(wanted) % len(LETTERS)]
    return ""
