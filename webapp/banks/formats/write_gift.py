"""Questions as GIFT. What it cannot carry is told by `losses`; refused questions are left out."""

import re
from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from webapp.banks.formats.sanitise import to_html, to_plain
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    MEDIA,
    NumberRange,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    TopicTitle,
)

_SIGNS = re.compile(r"([~=#{}:\\])")
_LOOKS_LIKE_FORMAT = re.compile(r"\[(?:html|moodle|plain|markdown)\]", re.IGNORECASE)
_FIFTH = Decimal("0.00001")
TOP = "$course$/top"


def write_gift(questions: Sequence[Question], topics: Sequence[TopicTitle]) -> str:
    """The text of a GIFT file, in the order of the questions; topics give the names of its categories.

    Questions that `is_written` refuses are left out."""
    names = {topic.key: topic.zh or topic.key for topic in topics}
    parts: list[str] = []
    here: str | None = None
    for question in questions:
        if not is_written(question):
            continue
        topic = names.get(question.topic, question.topic)
        if topic != here and (topic or here):
            here = topic
            path = "/".join(part for part in (TOP, *topic.split("/")) if part)
            parts.append(f"$CATEGORY: {_escaped(path)}\n")
        parts.append(_Writer(question).text())
    return "\n".join(parts)


def is_written(question: Question) -> bool:
    """Whether GIFT has a form for the question at all."""
    public, secret = question.public, question.secret
    if public.type in {QuestionType.ORDERING, QuestionType.PASSAGE}:
        return False
    if public.type == QuestionType.FILL:
        one = len(secret.blanks) == 1 and not public.choices
        # An arrow in an answer would make a matching question of it.
        return one and not any("->" in text for text in _answer_texts(secret))
    return True


def _answer_texts(secret: QuestionKey) -> Iterator[str]:
    for blank in secret.blanks:
        yield from blank.accepted
        yield from (text for text, _ in blank.partial)


def option_shares(question: Question) -> list[Decimal]:
    """The share that each option is written with: the key's weights, or even shares of the right options."""
    public, secret = question.public, question.secret
    letters = LETTERS[: len(public.options)]
    if public.type == QuestionType.SINGLE:
        return [
            Decimal(1) if letter in secret.letters else bounded(secret.weights.get(letter, Decimal(0)))
            for letter in letters
        ]
    # Weights that name other options than the key would give another key.
    if {letter for letter, share in secret.weights.items() if bounded(share) > 0} == set(secret.letters):
        return [bounded(secret.weights.get(letter, Decimal(0))) for letter in letters]
    even = bounded(Decimal(1) / max(len(secret.letters), 1))
    return [even if letter in secret.letters else Decimal(-1) for letter in letters]


def bounded(share: Decimal) -> Decimal:
    """A share as its percentage is written: five places, from -100 to 100."""
    percent = min(max(share * 100, Decimal(-100)), Decimal(100))
    return percent.quantize(_FIFTH, ROUND_HALF_UP) / 100


def media_named(text: str) -> str:
    """A text with the bare names of its files: GIFT and Aiken carry none."""
    return MEDIA.sub(r"[\1]", text)


def is_html(question: Question) -> bool:
    """Whether a text of it has formatting: then all of them are written as HTML."""
    texts = (*question.public.texts(), question.secret.explanation)
    return any(to_plain(named) != named for named in map(media_named, texts))


class _Writer:
    def __init__(self, question: Question) -> None:
        self.question, self.public, self.secret = question, question.public, question.secret
        self.is_html = is_html(question)

    def text(self) -> str:
        """The question with its comment line, ended by one line end."""
        names = [f"[id:{_bracketed(self.question.key)}]"] if self.question.key else []
        names += [f"[tag:{_bracketed(tag)}]" for tag in self.question.tags]
        comment = f"// {' '.join(names)}\n" if names else ""
        form = "[html]" if self.is_html else "[plain]"
        before, after = self.public.stem, ""
        if self.public.type == QuestionType.FILL:
            before, _, after = self.public.stem.partition(BLANK)
            if not after.strip():
                # A gap at the very end: the blank stays in the stem, the answers follow it.
                before, after = self.public.stem, ""
        answers = [f"\t{line}\n" for line in self._answers()]
        if self.secret.explanation:
            answers.append(f"\t####{self.shown(self.secret.explanation)}\n")
        inside = "".join(answers)
        if self.public.type == QuestionType.TRUE_FALSE:
            inside = ("T" if self.secret.truth else "F") + inside.strip()
        elif inside:
            inside = f"\n{inside}"
        return f"{comment}{form}{self.shown(before)}{{{inside}}}{self.shown(after)}\n"

    def shown(self, text: str) -> str:
        """A text escaped; pictures are named, since GIFT carries none."""
        text = media_named(text)
        if self.is_html:
            text = to_html(text).replace("\n", "<br>")
        prefix = "[plain]" if _LOOKS_LIKE_FORMAT.match(text.lstrip()) else ""
        return prefix + _escaped(text)

    def _answers(self) -> Iterator[str]:
        match self.public.type:
            case QuestionType.SINGLE | QuestionType.MULTIPLE:
                for option, share in zip(self.public.options, option_shares(self.question), strict=False):
                    is_full = share == 1 and self.public.type == QuestionType.SINGLE
                    yield self._weighted("=" if is_full else "~", option, share, is_full or share == 0)
            case QuestionType.FILL:
                blank = self.secret.blanks[0]
                shares = [*((text, Decimal(1)) for text in blank.accepted), *blank.partial]
                for text, share in shares:
                    line = self._weighted("=", text, bounded(share), share == 1)
                    yield line if blank.is_pattern else line.replace("*", "\\*")
            case QuestionType.NUMERIC:
                yield f"#{_numbers(self.secret.numbers)}"
            case QuestionType.MATCHING:
                yield from self._pairs(self.public)

    def _weighted(self, sign: str, text: str, share: Decimal, is_plain: bool) -> str:
        # A text that begins with % would be read as a weight: then the weight is written too.
        weight = "" if is_plain and not text.startswith("%") else f"%{_plain(share * 100)}%"
        return f"{sign}{weight}{self.shown(text)}"

    def _pairs(self, public: PublicQuestion) -> Iterator[str]:
        used = set()
        for item, letter in zip(public.items, self.secret.letters, strict=False):
            used.add(letter)
            yield f"={self.shown(item.replace('->', '→'))} -> {self.shown(public.options[LETTERS.index(letter)])}"
        for letter, option in zip(LETTERS, public.options, strict=False):
            if letter not in used:
                yield f"= -> {self.shown(option)}"


def _numbers(numbers: Sequence[NumberRange]) -> str:
    texts = [
        _plain(one.low) if one.low == one.high else f"{_plain(one.low)}..{_plain(one.high)}"
        for one in numbers
    ]
    if len(numbers) == 1 and numbers[0].share == 1:
        return texts[0]
    return "".join(
        f"={'' if one.share == 1 else f'%{_plain(bounded(one.share) * 100)}%'}{text} "
        for one, text in zip(numbers, texts, strict=True)
    ).strip()


def _plain(number: Decimal) -> str:
    """A number without exponent and without zeros at its end."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _escaped(text: str) -> str:
    return _SIGNS.sub(r"\\\1", text).replace("\n", "\\n")


def _bracketed(text: str) -> str:
    return re.sub(r"([\]\\])", r"\\\1", " ".join(text.split()))
