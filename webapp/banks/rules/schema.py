"""What a question is: a public part that people see and a key part that only marking sees.

Nine types (DECISIONS 20). What each of them uses of the public and of the key part stands in decision 0048."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum


class QuestionType(StrEnum):
    """The types a bank holds; any other is reported, never half imported."""

    SINGLE = "single"
    MULTIPLE = "multiple"
    TRUE_FALSE = "true_false"
    FILL = "fill"
    MATCHING = "matching"
    ORDERING = "ordering"
    NUMERIC = "numeric"
    PASSAGE = "passage"
    ESSAY = "essay"


CHOICES = frozenset({QuestionType.SINGLE, QuestionType.MULTIPLE})


class Difficulty(StrEnum):
    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


MAX_OPTIONS = 26
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BLANK = "____"
"""How a blank stands in a stored stem, whatever the file wrote."""

MAX_WORDS = 300
MEDIA = re.compile(r"\[\[media:([^\[\]|\n]{1,200})(?:\|[^\[\]\n]{0,300})?\]\]")
"""A picture or sound inside a text stands as [[media:NAME]] or [[media:NAME|WORDS]]. NAME is a file that came with
the question and holds no |; WORDS say what is seen or heard, for people who cannot, as `tidy_words` leaves them."""
_UNTIDY = re.compile(r"\[\[media:([^\[\]|\n]{1,200})\|((?:(?!\[\[|\]\]).|\](?=\]\])){0,900})\]\]", re.DOTALL)
_WIDE = str.maketrans("[]<>", "［］＜＞")


def tidy_words(words: str) -> str:
    """Words for a picture or sound, on one line and without what would end a token or read as code: square and
    pointed brackets become wide ones, so does the & of an entity; runs of _ (a blank) become one; 300 signs at
    most. What is tidy stays as it is."""
    line = " ".join("".join(sign if sign >= " " else " " for sign in words).split()).translate(_WIDE)
    line = re.sub(r"&(?=#?\w{1,30};)", "＆", line)
    return re.sub(r"_{2,}", "_", line)[:MAX_WORDS].strip()


def media_token(name: str, words: str = "") -> str:
    """How a picture or sound stands in a text."""
    told = tidy_words(words)
    return f"[[media:{name}|{told}]]" if told else f"[[media:{name}]]"


def words_of(token: str) -> str:
    """The words of a token that MEDIA found, '' when it has none."""
    return token.removesuffix("]]").partition("|")[2]


def with_tidy_tokens(text: str) -> str:
    """The text with tidy words in its tokens, however they were typed."""
    return _UNTIDY.sub(lambda found: media_token(found[1], found[2]), text) if "[[media:" in text else text


@dataclass(frozen=True)
class Blank:
    """One blank of a fill-in: accepted answers, and what share of the mark it carries.

    tolerance: when not None, a number within it of an accepted number is right. partial: texts that bring
    a share (above 0, below 1) of the blank. is_pattern: a * in an accepted text stands for any text."""

    accepted: tuple[str, ...]
    weight: Decimal = Decimal(1)
    tolerance: Decimal | None = None
    partial: tuple[tuple[str, Decimal], ...] = ()
    is_pattern: bool = False


@dataclass(frozen=True)
class FillRules:
    """any_order: answers may stand in any blank, each accepted answer used once. all_needed: all blanks
    right or no mark. case_sensitive: 'pH' is not 'PH'. Width and spaces never count."""

    any_order: bool = False
    all_needed: bool = False
    case_sensitive: bool = False


@dataclass(frozen=True)
class NumberRange:
    """Numbers from low to high, both included, bring a share (0 to 1) of the mark."""

    low: Decimal
    high: Decimal
    share: Decimal = Decimal(1)


@dataclass(frozen=True)
class PublicQuestion:
    """What a contestant may see.

    options: in original order; for matching what the items are matched with, for ordering what is put in
    order. blanks: how many a fill-in has; choices: for a fill-in with lists, the texts to pick from per blank
    (an empty tuple: a free text). items: the left side of a matching question. parts: the sub-questions of a
    passage. picture: name of the picture above the question; picture_alt: words for people who do not see it."""

    type: QuestionType
    stem: str
    options: tuple[str, ...] = ()
    blanks: int = 0
    picture: str = ""
    choices: tuple[tuple[str, ...], ...] = ()
    items: tuple[str, ...] = ()
    parts: tuple["PublicQuestion", ...] = ()
    picture_alt: str = ""

    def texts(self) -> Iterator[str]:
        """Every text of it, parts included."""
        yield self.stem
        yield from self.options
        yield from self.items
        for part in self.parts:
            yield from part.texts()


@dataclass(frozen=True)
class QuestionKey:
    """What only marking sees.

    letters: right options in original order for single and multiple; for matching the letter of the right
    option per item; for ordering all letters in the right order. truth: for true/false. blanks: for fill-ins.
    weights: share of the mark per letter (imports). numbers: for numeric, the first range that holds the
    answer counts. reference, keywords: for essays, what markers compare with. parts, part_weights: for
    passages, a key and a weight per sub-question."""

    letters: str = ""
    truth: bool | None = None
    blanks: tuple[Blank, ...] = ()
    fill: FillRules = field(default_factory=FillRules)
    weights: Mapping[str, Decimal] = field(default_factory=dict)
    explanation: str = ""
    numbers: tuple[NumberRange, ...] = ()
    reference: str = ""
    keywords: tuple[str, ...] = ()
    parts: tuple["QuestionKey", ...] = ()
    part_weights: tuple[Decimal, ...] = ()


@dataclass(frozen=True)
class Question:
    """One question as a file brings it. place: (sheet, row) or the like, for problems."""

    key: str
    public: PublicQuestion
    secret: QuestionKey
    topic: str
    difficulty: Difficulty
    source: str = ""
    tags: tuple[str, ...] = ()
    external_id: str = ""
    sheet: str = ""
    row: int | None = None
    mark: Decimal | None = None


@dataclass(frozen=True)
class TopicTitle:
    key: str
    zh: str
    en: str = ""


@dataclass(frozen=True)
class BankFile:
    """Everything a file brings. pictures: name in the questions -> content."""

    code: str
    title_zh: str
    title_en: str
    language: str
    licence: str
    description_zh: str
    description_en: str
    topics: tuple[TopicTitle, ...]
    questions: tuple[Question, ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def media_names(question: Question) -> tuple[str, ...]:
    """The files that the texts of a question name, each once, in order of appearance."""
    return names_in((*question.public.texts(), *key_texts(question.secret)))


def names_in(texts: Iterable[str]) -> tuple[str, ...]:
    """The files that texts name, each once, in order of appearance."""
    return tuple(dict.fromkeys(name for text in texts for name in MEDIA.findall(text)))


SOUNDS = (".mp3", ".wav", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".flac")


def unspoken(public: PublicQuestion) -> tuple[str, ...]:
    """The pictures that contestants see without words for people who do not, each once."""
    above = (public.picture,) if public.picture and not public.picture_alt else ()
    named = (found for text in public.texts() for found in MEDIA.finditer(text))
    names = (*above, *(found[1] for found in named if not words_of(found[0])))
    return tuple(name for name in dict.fromkeys(names) if not name.lower().endswith(SOUNDS))


def key_texts(key: QuestionKey) -> Iterator[str]:
    """The explaining texts of a key, parts included."""
    yield key.explanation
    yield key.reference
    for part in key.parts:
        yield from key_texts(part)


def map_public(public: PublicQuestion, change: Callable[[str], str]) -> PublicQuestion:
    """The public part with every text changed."""
    return replace(
        public,
        stem=change(public.stem),
        options=tuple(map(change, public.options)),
        choices=tuple(tuple(map(change, texts)) for texts in public.choices),
        items=tuple(map(change, public.items)),
        parts=tuple(map_public(part, change) for part in public.parts),
    )


def map_key(key: QuestionKey, public: PublicQuestion, change: Callable[[str], str]) -> QuestionKey:
    """The key with its explaining texts changed, and what is picked from the lists of `public`; accepted answers
    that people type stay as they are."""
    blanks = tuple(
        replace(blank, accepted=tuple(map(change, blank.accepted)))
        if index < len(public.choices) and public.choices[index]
        else blank
        for index, blank in enumerate(key.blanks)
    )
    parts = key.parts
    if len(parts) == len(public.parts):
        parts = tuple(map_key(part, whole, change) for part, whole in zip(parts, public.parts, strict=True))
    return replace(
        key, explanation=change(key.explanation), reference=change(key.reference), blanks=blanks, parts=parts
    )


def part_of(public: PublicQuestion) -> PublicQuestion:
    """A question as a sub-question: a picture above it stands in its text, since only the passage has one."""
    token = media_token(public.picture, public.picture_alt)
    if not MEDIA.fullmatch(token):
        return replace(public, picture="", picture_alt="")
    return replace(public, picture="", picture_alt="", stem=f"{token}\n{public.stem}".strip())


def derived_key(question: Question) -> str:
    """A key for a question that came without one: the same type, stem and options give the same key."""
    public = question.public
    facts: list[object] = [public.type, public.stem, list(public.options)]
    if public.items or public.parts:
        facts += [list(public.items), [[part.type, *part.texts()] for part in public.parts]]
    text = json.dumps(facts, ensure_ascii=False)
    return f"q-{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:12]}"
