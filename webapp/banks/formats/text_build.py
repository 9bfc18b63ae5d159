"""A numbered question as a question of ours: its type told or inferred, its answer read (FORMATS 4 to 6)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from webapp.banks.formats import notation
from webapp.banks.formats.notation import fold_width
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.text_items import Item
from webapp.banks.formats.text_marks import Heading, kind_named
from webapp.banks.rules.schema import BLANK, CHOICES, Blank, PublicQuestion, QuestionKey, QuestionType
from webapp.core.problems import ERROR, WARNING
from webapp.core.words import N_, Message

Report = Callable[[str, Message, str, str], None]
"""(code, reason, severity, value)"""
Pair = tuple[PublicQuestion, QuestionKey]

_TRUE_FALSE = re.compile(r"[√×✓✗✔✘对错TF]|正确|错误|不正确|不对|True|False|TRUE|FALSE")
_IN_STEM = re.compile(r"[(\[【]\s*([A-Z](?:[\s,、]*[A-Z]){0,25}|[√×✓✗✔✘对错]|正确|错误|[TF])\s*[)\]】]")
_BRACKET = re.compile(r"[(【\[]\s*+(?!media:)([^\s()【】\[\]][^()【】\[\]\n]{0,39}?)\s*+[)】\]]")
_UNDERLINED = re.compile(r"(?<!_)_{2,}\s*+([^_\s][^_\n]{0,40}?)\s*+_{2,}")
_AT_END = re.compile(r"(?<=[。.？?！!;；\s])\s*([对错√×✓✗✔✘]|正确|错误)\s*[。.]?$")
UNREADABLE = (QuestionType.MATCHING, QuestionType.ORDERING)


@dataclass(frozen=True)
class Told:
    """What the section says of its questions' type."""

    kind: QuestionType | None
    is_choice: bool = False


def told_by(heading: Heading, options: ReadOptions) -> Told:
    """The type of a heading; the person's own names first."""
    named = options.type_of(heading.title) if heading.title else None
    return Told(named or heading.kind, heading.is_choice and named is None)


def built(item: Item, told: Told, options: ReadOptions, report: Report) -> Pair | None:
    """Public part and key of a question; None after reporting why there is none."""
    if item.parts:
        return _passage(item, options, report)
    _answer_from_stem(item, told)
    if item.answer in notation.NO_ANSWER:
        item.answer = ""
    kind = _kind(item, told, report)
    if kind is None:
        return None
    explanation = "" if item.explanation.strip() in notation.NO_EXPLANATION else item.explanation.strip()
    if kind in CHOICES:
        return _choice(item, kind, explanation, report)
    if kind == QuestionType.TRUE_FALSE:
        return _true_false(item, explanation, report)
    if kind == QuestionType.FILL:
        return _fill(item, explanation, options, report)
    stem = item.stem
    if item.options:
        labelled = (
            f"{letter}. {text}"
            for letter, text in zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", item.options, strict=False)
        )
        stem = "\n".join([stem, *labelled])
    return PublicQuestion(QuestionType.ESSAY, stem), QuestionKey(
        reference=item.answer,
        keywords=tuple(notation.tags_of(item.keywords)),
        explanation=explanation,
    )


def _kind(item: Item, told: Told, report: Report) -> QuestionType | None:
    """The question's own word wins over the heading, the heading over what the answer looks like."""
    kind, is_choice = item.kind, item.is_choice
    if kind is None and not is_choice and item.type_word:
        kind, is_choice = kind_named(item.type_word)
        if kind is None and not is_choice:
            report("unknown-type", Message(N_("The type “%(type)s” is not known."), {"type": item.type_word}),
                   ERROR, item.type_word)  # fmt: skip
            return None
    if kind is None and not is_choice:
        kind, is_choice = told.kind, told.is_choice
    if kind in UNREADABLE:
        reason = Message(
            N_("Questions of the type “%(type)s” cannot be read from a text."), {"type": str(kind)}
        )
        report("unsupported-type", reason, ERROR, item.stem)
        return None
    inferred = _inferred(item)
    if kind is None and is_choice:
        return inferred if inferred in CHOICES else QuestionType.SINGLE
    if kind == QuestionType.PASSAGE:
        # A case without sub-questions: it is asked as a whole.
        kind = inferred if item.options else QuestionType.ESSAY
    if kind in {QuestionType.FILL, QuestionType.ESSAY} and inferred in CHOICES and item.answer:
        reason = Message(N_("The heading names another type than options and answer: these were followed."))
        report("type-contradicts", reason, WARNING, item.answer)
        return inferred
    if kind is None and inferred == QuestionType.FILL and not item.answer:
        reason = Message(N_("Words in brackets were taken for the answers of a fill-in."))
        report("type-guessed", reason, WARNING, item.stem)
    return kind or inferred


def _inferred(item: Item) -> QuestionType:
    answer = item.answer.strip("。. ;；")
    if len(item.options) >= 2:
        if len(item.options) == 2 and all(notation.truth_of(text) is not None for text in item.options):
            return QuestionType.TRUE_FALSE
        letters = notation.letters_of(answer, item.options) or ""
        return QuestionType.MULTIPLE if len(letters) > 1 else QuestionType.SINGLE
    if _TRUE_FALSE.fullmatch(answer):
        return QuestionType.TRUE_FALSE
    if not answer:
        return QuestionType.FILL if _words_in(item.stem) else QuestionType.ESSAY
    if re.fullmatch(r"[A-Z]{1,8}", fold_width(answer)):
        return QuestionType.SINGLE if len(answer) == 1 else QuestionType.MULTIPLE
    return QuestionType.FILL if notation.with_blanks(item.stem).blanks else QuestionType.ESSAY


def _answer_from_stem(item: Item, told: Told) -> None:
    """An answer in the stem's bracket, '（ B ）' or '(√)', moves out of it; an own answer line wins."""
    kind = item.kind or told.kind
    if kind in {QuestionType.FILL, QuestionType.ESSAY}:
        return
    if item.answer:
        _hide_answer(item)
        return
    if kind == QuestionType.TRUE_FALSE and not item.options and (last := _AT_END.search(item.stem[-20:])):
        end = max(len(item.stem) - 20, 0) + last.start()
        item.stem, item.answer = item.stem[:end].strip(), last[1]
        return
    found = list(_IN_STEM.finditer(fold_width(item.stem)))
    found = [one for one in found if bool(item.options) == one[1][0].isascii() or one[1] in "TF"]
    if not found:
        return
    last = found[-1]
    item.answer = last[1]
    item.stem = f"{item.stem[: last.start()]}（ ）{item.stem[last.end() :]}".strip()


def _hide_answer(item: Item) -> None:
    """The same answer once more in the stem's bracket is taken out: contestants read the stem."""
    letters = notation.letters_of(item.answer, item.options) if item.options else None
    if letters:
        item.stem = notation.letters_in_stem(item.stem, item.options, letters)[0]
    elif not item.options:
        bare, verdict = notation.answer_in_stem(item.stem)
        if verdict and notation.truth_of(verdict) == notation.truth_of(item.answer):
            item.stem = bare


def _choice(item: Item, kind: QuestionType, explanation: str, report: Report) -> Pair | None:
    answer = item.answer.strip().strip("。;；")
    if with_text := re.fullmatch(r"([A-Z]{1,10})\s*[:：]\s*(.+)", answer, re.DOTALL):
        named = notation.letters_of(with_text[1], ()) or ""
        told = [item.options[ord(letter) - 65] for letter in named if ord(letter) - 65 < len(item.options)]
        if told and all(notation.fold(text) in notation.fold(with_text[2]) for text in told):
            answer = named  # 'AB:干粉;泡沫;': the letters, and once more what they say.
    lines = answer.split("\n")
    letters = notation.letters_of(answer, item.options) if answer else ""
    if letters is None and len(lines) > 1 and (letters := notation.letters_of(lines[0], item.options)):
        explanation = "\n".join([*lines[1:], *([explanation] if explanation else [])])
    if letters is None:
        report(
            "bad-answer", Message(N_("This answer cannot be read as letters of the options.")), ERROR, answer
        )
        return None
    return (
        PublicQuestion(kind, item.stem, tuple(item.options)),
        QuestionKey(letters=letters, explanation=explanation),
    )


def _true_false(item: Item, explanation: str, report: Report) -> Pair | None:
    answer, *more = item.answer.strip().split("\n")
    answer = answer.strip("。;； ")
    truth = notation.truth_of(answer, item.options) if answer else None
    if answer and truth is None:
        report(
            "bad-answer", Message(N_("This answer to a true/false question cannot be read.")), ERROR, answer
        )
        return None
    explanation = "\n".join([*more, *([explanation] if explanation else [])])
    stem = notation.without_empty_bracket(item.stem)
    return PublicQuestion(QuestionType.TRUE_FALSE, stem), QuestionKey(truth=truth, explanation=explanation)


def _words_in(stem: str) -> list[re.Match[str]]:
    """Words in brackets or between underscores that may be answers in place."""
    folded = fold_width(stem)
    return list(_UNDERLINED.finditer(folded)) or list(_BRACKET.finditer(folded))


def _fill(item: Item, explanation: str, options: ReadOptions, report: Report) -> Pair | None:
    stem = notation.with_blanks(item.stem)
    if not item.answer and (words := _words_in(item.stem)):
        text, at, answers = "", 0, []
        for word in words:
            text += item.stem[at : word.start()] + BLANK
            answers.append(Blank((item.stem[word.start(1) : word.end(1)].strip(),)))
            at = word.end()
        text += item.stem[at:]
        if text.count(BLANK) == len(answers):
            return (
                PublicQuestion(QuestionType.FILL, text, blanks=len(answers)),
                QuestionKey(blanks=tuple(answers), explanation=explanation),
            )
    accepted = _accepted(item.answer, stem.blanks, options) if item.answer else []
    if accepted is None:
        reason = Message(N_("The answer cannot be divided into %(blanks)s blanks."), {"blanks": stem.blanks})
        report("blanks-differ", reason, ERROR, item.answer)
        return None
    return (
        PublicQuestion(QuestionType.FILL, stem.text, blanks=stem.blanks),
        QuestionKey(blanks=tuple(Blank(tuple(texts)) for texts in accepted), explanation=explanation),
    )


def _accepted(answer: str, blanks: int, options: ReadOptions) -> list[list[str]] | None:
    """Accepted texts per blank: numbered answers and lines first, then the usual signs."""
    for pieces in notation.numbered_pieces(answer):
        if len(pieces) == blanks and all(pieces):
            inner = rf"[{re.escape(options.alternatives)}；/]"
            return [[part.strip() for part in re.split(inner, piece) if part.strip()] for piece in pieces]
    return notation.split_blanks(
        answer.strip("。"), blanks or 1, options.between_blanks, options.alternatives
    )


def _passage(item: Item, options: ReadOptions, report: Report) -> Pair | None:
    """A case: every part must be readable, else nothing of it is imported."""
    pairs: list[Pair] = []
    weights: list[Decimal] = []
    is_whole = True
    for number, part in enumerate(item.parts, start=1):

        def told_of_part(code: str, reason: Message, severity: str, value: str, number: int = number) -> None:
            named = Message(N_("Sub-question %(number)s: %(reason)s"), {"number": number, "reason": reason})
            report(code, named, severity, value)

        pair = built(part, Told(None), options, told_of_part)
        is_whole = is_whole and pair is not None
        if pair is not None:
            pairs.append(pair)
            weights.append(part.mark or Decimal(1))
    if not is_whole:
        return None
    public = PublicQuestion(QuestionType.PASSAGE, item.stem, parts=tuple(pair[0] for pair in pairs))
    key = QuestionKey(
        parts=tuple(pair[1] for pair in pairs), part_weights=tuple(weights), explanation=item.explanation
    )
    return public, key


def mark_of(item: Item) -> Decimal | None:
    """The mark that the question itself names. Raise ValueError for one that is no number above 0."""
    if not item.mark_text:
        return item.mark
    try:
        mark = Decimal(fold_width(item.mark_text).strip().removesuffix("分").strip())
    except InvalidOperation as error:
        raise ValueError(item.mark_text) from error
    if not (mark.is_finite() and 0 < mark <= 1000):
        raise ValueError(item.mark_text)
    return mark
