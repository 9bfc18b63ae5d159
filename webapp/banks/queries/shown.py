"""What a question says and what its key says, for the people who set and review it."""

from dataclasses import dataclass
from decimal import Decimal

from webapp.banks.rules.schema import LETTERS, Blank, NumberRange, PublicQuestion, QuestionKey, QuestionType

NO_SHARE = Decimal(1)


@dataclass(frozen=True)
class BodyView:
    """A question or a part of a passage with its key.

    options: (letter, text, is right); matching and ordering: the lettered things, none marked. blanks:
    accepted texts per blank; lists: what each blank's list offers. pairs: (item or rank, right text).
    numbers: right numbers in words. share: the part's share of the passage's mark, '' where all are equal."""

    type: str
    stem: str
    options: tuple[tuple[str, str, bool], ...] = ()
    truth: bool | None = None
    blanks: tuple[tuple[str, ...], ...] = ()
    lists: tuple[tuple[str, ...], ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    numbers: tuple[str, ...] = ()
    reference: str = ""
    keywords: tuple[str, ...] = ()
    parts: "tuple[BodyView, ...]" = ()
    share: str = ""


def body_of(public: PublicQuestion, secret: QuestionKey, share: str = "") -> BodyView:
    """The view of one question. A key that names no option is shown without it: drafts may be unfinished."""
    is_choice = public.type in {QuestionType.SINGLE, QuestionType.MULTIPLE}
    return BodyView(
        type=public.type.value,
        stem=public.stem,
        options=tuple(
            (letter, text, is_choice and letter in secret.letters)
            for letter, text in zip(LETTERS, public.options, strict=False)
        ),
        truth=secret.truth,
        blanks=tuple(map(blank_words, secret.blanks)),
        lists=public.choices,
        pairs=_pairs(public, secret),
        numbers=tuple(map(number_words, secret.numbers)),
        reference=secret.reference,
        keywords=secret.keywords,
        parts=_parts(public, secret),
        share=share,
    )


def blank_words(blank: Blank) -> tuple[str, ...]:
    """What is accepted in a blank; last, what brings a share of it."""
    return (*blank.accepted, *map(_partial, blank.partial))


def _partial(accepted: tuple[str, Decimal]) -> str:
    text, share = accepted
    return f"{text} ({_percent(share)})"


def _percent(share: Decimal) -> str:
    return f"{format((share * 100).normalize(), 'f')} %"


def number_words(found: NumberRange) -> str:
    """A range of right numbers, with its share of the mark where that is not all of it."""
    words = str(found.low) if found.low == found.high else f"{found.low} – {found.high}"
    return words if found.share == NO_SHARE else f"{words} ({_percent(found.share)})"


def _pairs(public: PublicQuestion, secret: QuestionKey) -> tuple[tuple[str, str], ...]:
    if public.type not in {QuestionType.MATCHING, QuestionType.ORDERING}:
        return ()
    places = public.items or tuple(str(rank) for rank in range(1, len(public.options) + 1))
    texts = dict(zip(LETTERS, public.options, strict=False))
    return tuple(
        (place, texts.get(letter, "")) for place, letter in zip(places, secret.letters, strict=False)
    )


def _parts(public: PublicQuestion, secret: QuestionKey) -> tuple[BodyView, ...]:
    weights = secret.part_weights
    total = sum(weights, Decimal(0))
    equal = len(set(weights)) <= 1 or not total
    shares = ["" if equal else _percent((weight / total).quantize(Decimal("0.001"))) for weight in weights]
    return tuple(
        body_of(part, key, share)
        for part, key, share in zip(public.parts, secret.parts, shares, strict=False)
    )
