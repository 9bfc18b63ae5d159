"""A bank as people read it on paper: numbered questions, the key after each one or left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from webapp.banks.formats.ranges import shown
from webapp.banks.formats.sanitise import to_plain
from webapp.banks.formats.template import TYPE_WORDS
from webapp.banks.rules.schema import (
    LETTERS,
    MEDIA,
    NumberRange,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    words_of,
)

ARRANGED = frozenset({QuestionType.MATCHING, QuestionType.ORDERING})


@dataclass(frozen=True)
class SheetItem:
    """One question, or a part of a passage. head: its type in words; things: the lettered texts; places: what
    they are matched with, or ranks; answer, explanation: '' without the key; pictures: (name of the
    file, words for people who do not see it)."""

    number: str
    head: str
    stem: str
    things: tuple[str, ...]
    places: tuple[str, ...]
    answer: str
    explanation: str
    source: str
    pictures: tuple[tuple[str, str], ...]
    parts: "tuple[SheetItem, ...]" = ()

    def lines(self) -> Iterator[str]:
        """What stands below the stem, a line each."""
        yield from self.things
        yield from (f"{place}（    ）" for place in self.places)


def sheet_items(questions: Sequence[Question], with_key: bool) -> list[SheetItem]:
    """The items of a sheet in the order of the bank, numbered from 1."""
    return [
        _item(
            f"{at}.",
            question.public,
            question.secret,
            with_key,
            ((question.public.picture, question.public.picture_alt),),
            question.source if with_key else "",
        )
        for at, question in enumerate(questions, start=1)
    ]


def _item(
    number: str,
    public: PublicQuestion,
    secret: QuestionKey,
    with_key: bool,
    pictures: Sequence[tuple[str, str]] = (),
    source: str = "",
) -> SheetItem:
    is_arranged = public.type in ARRANGED
    ranks = tuple(f"第 {rank} 位" for rank in range(1, len(public.options) + 1))
    named = [
        (found[1], words_of(found[0]))
        for text in (public.stem, *public.options, *public.items)
        for found in MEDIA.finditer(text)
    ]
    return SheetItem(
        number=number,
        head=TYPE_WORDS[public.type],
        stem=to_plain(public.stem),
        things=tuple(_lettered(public)),
        places=tuple(map(to_plain, public.items)) or (ranks if is_arranged else ()),
        answer=_answer(public, secret) if with_key else "",
        explanation=to_plain(secret.explanation) if with_key else "",
        source=source,
        pictures=tuple((name, words) for name, words in (*pictures, *named) if name),
        parts=tuple(
            _item(f"({at})", part, key, with_key)
            for at, (part, key) in enumerate(zip(public.parts, secret.parts, strict=False), start=1)
        ),
    )


def _lettered(public: PublicQuestion) -> Iterator[str]:
    for letter, text in zip(LETTERS, public.options, strict=False):
        yield f"{letter}. {to_plain(text)}"
    for at, texts in enumerate(public.choices, start=1):
        if texts:
            yield f"第 {at} 空可选：" + " · ".join(map(to_plain, texts))


def _answer(public: PublicQuestion, secret: QuestionKey) -> str:
    match public.type:
        case QuestionType.TRUE_FALSE:
            return "正确" if secret.truth else "错误"
        case QuestionType.FILL:
            return "；".join(" / ".join(blank.accepted) for blank in secret.blanks)
        case QuestionType.MATCHING:
            pairs = zip(public.items, secret.letters, strict=False)
            return "；".join(f"{to_plain(item)} - {letter}" for item, letter in pairs)
        case QuestionType.NUMERIC:
            return "；".join(map(_number, secret.numbers))
        case QuestionType.ESSAY:
            keywords = f"（关键词：{'、'.join(secret.keywords)}）" if secret.keywords else ""
            return to_plain(secret.reference) + keywords
        case QuestionType.PASSAGE:
            return ""
        case _:
            return secret.letters


def _number(found: NumberRange) -> str:
    return shown(found.low) if found.low == found.high else f"{shown(found.low)} 至 {shown(found.high)}"
