"""One row of a question table → question: type, options, answer, and what stands beside them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from webapp.banks.formats import notation, own_cells
from webapp.banks.formats.fill import fill_question
from webapp.banks.formats.json_values import literal_of, options_of
from webapp.banks.formats.option_labels import is_label, options_in, split_options, split_weakly, strip_labels
from webapp.banks.formats.ranges import ranges_of
from webapp.banks.formats.row import Row
from webapp.banks.formats.shape import Unsure
from webapp.banks.formats.signs import weigh_options
from webapp.banks.rules.schema import (
    CHOICES,
    LETTERS,
    Difficulty,
    NumberRange,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    tidy_words,
)
from webapp.core.problems import WARNING, shorten
from webapp.core.words import N_, Message

TYPES_HINT = Message(
    N_(
        "Use 单选题, 多选题, 判断题, 填空题, 匹配题, 排序题, 数值题, 材料题 or 简答题, or say what the name means."
    )
)

WITHOUT_OPTIONS = frozenset(
    {QuestionType.FILL, QuestionType.NUMERIC, QuestionType.ESSAY, QuestionType.PASSAGE}
)
Both = tuple[PublicQuestion, QuestionKey]


def read_row(row: Row, sheet_type: str = "", is_passage: bool = False) -> Question | None:
    """The question of a row; None when not even its type can be told (a problem says why). sheet_type: the
    type that the sheet's title names, '' for none. is_passage: the row is known to hold a passage's text."""
    options = list(_options(row))
    if "type" not in row.columns.at and not row.columns.is_own_template:
        sheet_type = _tag_of(row) or sheet_type
    if not row.columns.is_own_template and not is_passage:
        options = _taken_from_stem(row, sheet_type, options)
    if row.columns.shares:
        shares = zip(LETTERS, row.shares, strict=False)
        row.given_letters = "".join(letter for letter, share in shares if share > 0)
    elif "right" in row.columns.at and not row.columns.options:
        lines = zip(LETTERS, (row, *row.below), strict=False)
        row.given_letters = "".join(
            letter for letter, line in lines if notation.truth_of(line.text("right").rstrip("。"))
        )
    kind = QuestionType.PASSAGE if is_passage else _type(row, sheet_type, options)
    if kind is None:
        return None
    public, key = by_type(row, kind, options)
    explanation = row.text("explanation")
    if not row.columns.is_own_template and explanation in notation.NO_EXPLANATION:
        explanation = ""
    return Question(
        key="",
        public=replace(public, picture=_picture(row), picture_alt=tidy_words(row.text("picture_alt"))),
        secret=replace(key, explanation=explanation),
        topic=row.text("topic") or _category(row) or row.section_topic,
        difficulty=_difficulty(row),
        source=row.text("source"),
        tags=tuple(notation.tags_of(row.text("tags"))),
        external_id=row.text("external_id"),
        sheet=row.sheet.name,
        row=row.number,
        mark=_mark(row),
    )


def _tag_of(row: Row) -> str:
    """The type that the stem itself names, '[单选题]……'; the tag leaves the stem."""
    found = re.match(r"[\[【(（]\s{0,3}([^\[\]【】()（）\s]{2,8})\s{0,3}[\]】)）]\s*", row.stem)
    if found is None or notation.type_of(found[1]) is None:
        return ""
    row.taken_stem = row.stem[found.end() :]
    return found[1]


def _category(row: Row) -> str:
    """The levels of a category that stand in columns of their own."""
    levels = [row.text(meaning) for meaning in ("category", "category2", "category3")]
    return "/".join(level for level in levels if level)


def _taken_from_stem(row: Row, sheet_type: str, options: list[str]) -> list[str]:
    """Options that stand in the stem itself, and an answer in its bracket, leave it. What the options are."""
    kind = row.options.type_of(row.text("type")) or notation.type_of(row.text("type") or sheet_type)
    answer = row.text("answer")
    is_choice = kind in CHOICES or (kind is None and bool(notation.letters_of(answer, ())))
    if not any(options) and is_choice:
        stem, found = options_in(row.stem)
        if found:
            row.taken_stem, options = stem, found
    if (
        any(options)
        and kind in {*CHOICES, None}
        and row.given_letters is None
        and "right" not in row.columns.at
    ):
        known = notation.letters_of(answer, options, row.index_base) if answer else ""
        stem, letters = (
            notation.letters_in_stem(row.stem, options, known or "") if known is not None else ("", "")
        )
        if letters and len(options) > 1:
            row.taken_stem = stem
            row.given_letters = letters
            if answer:
                reason = Message(N_("The stem held its answer in brackets: it was taken out."))
                row.report("answer-in-stem", "stem", reason, WARNING)
    return options


def _picture(row: Row) -> str:
    named = [
        text
        for index in row.columns.pictures
        if (text := row.cell(index).text) and notation.fold(text) not in notation.FLAGS
    ]
    if len(named) > 1:
        row.report_at(
            row.columns.pictures[1],
            "several-pictures",
            Message(N_("A question has one picture; only %(name)s is used."), {"name": named[0]}),
            WARNING,
            Message(N_("Put the pictures together into one file.")),
        )
    return named[0] if named else ""


def _options(row: Row) -> Iterator[str]:
    """Options of their own columns, else of the rows below, else of one cell; trailing empty ones dropped."""
    if row.columns.options:
        texts = [row.cell(index).text for index in row.columns.options]
        while texts and (not texts[-1] or (not row.columns.is_own_template and is_label(texts))):
            texts.pop()
        yield from texts if row.columns.is_own_template else strip_labels(texts)
    elif row.columns.wrongs:
        yield from _beside_wrong_ones(row)
    elif row.below:
        yield from strip_labels([line.text("options") for line in (row, *row.below)])
    elif (held := literal_of(row.text("options"))) is not None:
        given = options_of(held, row.text("answer"))
        if given.right is not None and not row.text("answer"):
            row.given_letters = "".join(LETTERS[index] for index in given.right if index < len(LETTERS))
        yield from given.texts
    elif row.text("options"):
        answer = row.text("answer").strip("。.;； ")
        letters = "" if answer.isdigit() and len(answer) > 1 else notation.letters_of(answer, ()) or ""
        needed = max((ord(letter) - 64 for letter in letters), default=2)
        sign = row.options.between_options
        texts = split_options(row.text("options"), needed, sign)
        if not sign and len(texts) < 2 and (parts := split_weakly(row.text("options"), needed)):
            texts = parts
            reason = Message(N_("The options have no labels: they were divided at the signs between them."))
            row.report("options-divided", "options", reason, WARNING)
        if not sign and row.options.shape.looks_at(Unsure.OPTIONS):
            weigh_options(row, needed, texts)
        yield from texts


def _beside_wrong_ones(row: Row) -> list[str]:
    """The right answer among the wrong ones of their own columns, in the order of the signs: no place tells it."""
    right = row.text("answer")
    wrong = [text for index in row.columns.wrongs if (text := row.cell(index).text)]
    if not right or not wrong or notation.truth_of(right) is not None:
        return []
    texts = sorted({right, *wrong})
    row.given_letters = LETTERS[texts.index(right) % len(LETTERS)]
    return texts


def _type(row: Row, sheet_type: str, options: list[str]) -> QuestionType | None:
    named = row.text("type")
    answer = row.text("answer")
    if named:
        kind = row.options.type_of(named) or row.columns.type_of(named) or notation.type_of(named, answer)
        if notation.is_any_choice(named) and not row.options.type_of(named):
            kind = _inferred(row, options) if options else QuestionType.SINGLE
        kind = kind or notation.CODES.get(notation.fold(named))
        known = kind
        if row.options.type_of(named):
            known = row.columns.type_of(named) or notation.type_of(named, answer)
        row.options.shape.name_type(named, known.value if known else "")
        if kind is not None:
            return _contradicted(row, kind, options)
        if named.isascii() and named.isdigit():
            reason = Message(N_("The type is only a number: it was told from the answer."))
            row.report("type-assumed", "type", reason, WARNING, TYPES_HINT)
            return _inferred(row, options)
        reason = Message(N_("The type “%(type)s” is not known."), {"type": shorten(named)})
        row.report("unknown-type", "type", reason, hint=TYPES_HINT)
        return None
    if sheet_type:
        return notation.type_of(sheet_type, answer)
    if "type" in row.columns.at and row.columns.must_type:
        row.report("no-type", "type", Message(N_("The row has no type.")), hint=TYPES_HINT)
        return None
    return _inferred(row, options)


def _inferred(row: Row, options: list[str]) -> QuestionType:
    answer = row.text("answer")
    blanks = notation.with_blanks(row.stem).blanks
    if not options and re.fullmatch(r"[A-Ea-eＡ-Ｅ]{1,5}", answer) and not blanks:
        return QuestionType.SINGLE  # Letters of options that are not there: never a verdict.
    if not options and notation.truth_of(answer) is not None and not blanks:
        return QuestionType.TRUE_FALSE
    if not options:
        is_filled = blanks or row.columns.blanks or row.columns.shares or not answer
        return QuestionType.FILL if is_filled else QuestionType.ESSAY
    if len(options) == 2 and all(notation.truth_of(option) is not None for option in options):
        return QuestionType.TRUE_FALSE
    letters = row.given_letters or notation.letters_of(answer, options)
    return QuestionType.MULTIPLE if letters and len(letters) > 1 else QuestionType.SINGLE


def _contradicted(row: Row, kind: QuestionType, options: list[str]) -> QuestionType:
    """A 'choice' type without any option is a house name for a fill-in or true/false question."""
    if (
        kind == QuestionType.SINGLE
        and not options
        and not row.columns.options
        and "options" not in row.columns.at
    ):
        answer = row.text("answer")
        truth = None if re.fullmatch(r"\s*[A-Za-z]\s*", answer) else notation.truth_of(answer)
        other = QuestionType.TRUE_FALSE if truth is not None else QuestionType.FILL
        reason = Message(N_("The type says choice, but the table has no options: read as another type."))
        row.report("type-contradicts", "type", reason, WARNING)
        return other
    return kind


def by_type(row: Row, kind: QuestionType, options: Sequence[str]) -> Both:
    """The public part and the key of a row whose type is known."""
    is_listed = row.columns.is_own_template or row.columns.shares or not row.text("answer")
    if kind in WITHOUT_OPTIONS and any(options) and not (kind == QuestionType.FILL and is_listed):
        reason = Message(N_("A question of this type has no options: those of this row were not read."))
        row.report("options-unused", "options", reason, WARNING)
    match kind:
        case QuestionType.FILL:
            return fill_question(row, options)
        case QuestionType.TRUE_FALSE:
            return _true_false(row, options)
        case QuestionType.MATCHING:
            return _matching(row, options)
        case QuestionType.ORDERING:
            return _ordering(row, options)
        case QuestionType.NUMERIC:
            return _numeric(row)
        case QuestionType.ESSAY:
            return _essay(row)
        case QuestionType.PASSAGE:
            return PublicQuestion(kind, row.stem), QuestionKey()
    return _choice(row, kind, options)


def _choice(row: Row, kind: QuestionType, options: Sequence[str]) -> Both:
    answer = row.text("answer")
    if row.options.between_answers:
        answer = "、".join(part.strip() for part in answer.split(row.options.between_answers))
    letters: str | None
    if row.given_letters is not None:
        letters = row.given_letters
    else:
        letters = (
            ""
            if answer in notation.NO_ANSWER or not answer
            else (row.columns.is_own_template and notation.letters_of(answer, ()))
            or notation.letters_of(answer, options, row.index_base)
        )
    if letters is None:
        row.options.shape.doubt(Unsure.ANSWERS, answer)
        _unreadable(row, Message(N_("Write the letters, for example ACD.")))
        letters = ""
    weights = own_cells.option_weights(row) if row.columns.is_own_template else _share_weights(row)
    if not weights and not all(options):
        options, letters = _without_gaps(row, options, letters)
    return PublicQuestion(kind, row.stem, tuple(options)), QuestionKey(letters=letters, weights=weights)


def _without_gaps(row: Row, options: Sequence[str], letters: str) -> tuple[Sequence[str], str]:
    """Options without empty ones between filled ones, and the letters they have then. An answer that names an
    empty option is left for the check to refuse."""
    kept = [letter for letter, text in zip(LETTERS, options, strict=False) if text]
    if not set(letters) <= set(kept) or len(options) > len(LETTERS):
        return options, letters
    reason = Message(N_("There is an empty option between filled ones: it was left out."))
    row.report("option-gap", "options", reason, WARNING)
    return [text for text in options if text], "".join(LETTERS[kept.index(letter)] for letter in letters)


def _share_weights(row: Row) -> dict[str, Decimal]:
    """Shares of a hundred beside the options, when they are not the same for all right ones."""
    given = {share for share in row.shares if share}
    if len(given) < 2 or max(given) > 100:
        return {}
    return {letter: share / 100 for letter, share in zip(LETTERS, row.shares, strict=False) if share}


def _unreadable(row: Row, hint: Message) -> None:
    reason = Message(N_("This answer cannot be read as letters of the options."))
    row.report("answer-unreadable", "answer", reason, hint=hint)


def _true_false(row: Row, options: Sequence[str]) -> Both:
    stem, answer = row.stem, row.given_letters or row.text("answer")
    if not row.columns.is_own_template:
        bare, verdict = notation.answer_in_stem(stem)
        if verdict and (not answer or notation.truth_of(answer, options) == notation.truth_of(verdict)):
            if answer:
                reason = Message(N_("The stem held its answer in brackets: it was taken out."))
                row.report("answer-in-stem", "stem", reason, WARNING)
            stem, answer = bare, answer or verdict
        stem = notation.without_empty_bracket(stem)
    truth = notation.truth_of(answer, options)
    place = int(answer) - row.index_base if answer.isdigit() and len(answer) == 1 else -1
    if 0 <= place < len(options) and not row.columns.is_own_template:
        counted = notation.truth_of(options[place])
        # A 1 is 'true', or the first option: where these differ, only a sheet full of numbers tells.
        truth = counted if row.is_counted or truth in {None, counted} else None
    if truth is None and answer:
        row.report(
            "answer-unreadable",
            "answer",
            Message(N_("This answer to a true/false question cannot be read.")),
            hint=Message(N_("Write 正确 or 错误, 对 or 错, √ or ×.")),
        )
    return PublicQuestion(QuestionType.TRUE_FALSE, stem), QuestionKey(truth=truth)


def _matching(row: Row, options: Sequence[str]) -> Both:
    """Each option cell holds a pair; what stands alone on the left has no partner and is an error."""
    answer = row.text("answer")
    if row.columns.is_own_template:
        letters = notation.ordered_letters(answer, ()) if answer else ""
        lefts, rights, key = own_cells.pairs_of(options, letters or "")
        if answer and not letters:
            _unreadable(row, Message(N_("Leave the answer empty, or write one letter for each left side.")))
    else:
        lefts, rights, key = notation.foreign_pairs(options)
        if answer and answer not in notation.NO_ANSWER and not rights:
            _unreadable(row, Message(N_("Write each pair into an option cell: 左 => 右.")))
    public = PublicQuestion(QuestionType.MATCHING, row.stem, tuple(rights), items=tuple(lefts))
    return public, QuestionKey(letters=key)


def _ordering(row: Row, options: Sequence[str]) -> Both:
    answer = row.text("answer")
    letters = "" if answer in notation.NO_ANSWER else notation.ordered_letters(answer, options)
    if letters is None:
        _unreadable(row, Message(N_("Write all letters in the right order, for example CADB.")))
    return PublicQuestion(QuestionType.ORDERING, row.stem, tuple(options)), QuestionKey(letters=letters or "")


def _numeric(row: Row) -> Both:
    answer = row.text("answer")
    numbers = ranges_of(answer)
    if answer and not numbers and answer not in notation.NO_ANSWER:
        row.report(
            "answer-unreadable",
            "answer",
            Message(N_("This answer cannot be read as a number.")),
            hint=Message(N_("Write 3.5, 3.5±0.1 or 3~6.")),
        )
    reach = ranges_of(row.text("tolerance"))
    if len(reach) == 1 and not row.columns.is_own_template:
        numbers = tuple(
            NumberRange(number.low - abs(reach[0].high), number.high + abs(reach[0].high), number.share)
            for number in numbers
        )
    stem = row.stem if row.columns.is_own_template else notation.without_empty_bracket(row.stem)
    return PublicQuestion(QuestionType.NUMERIC, stem), QuestionKey(numbers=numbers)


def _essay(row: Row) -> Both:
    reference = row.text("answer")
    keywords = own_cells.keywords_of(row.text("keywords"))
    if not row.columns.is_own_template and reference in notation.NO_ANSWER:
        reference = ""
    if not reference and not keywords and not row.columns.is_own_template:
        reason = Message(N_("There is no reference answer: the markers will have nothing to compare with."))
        row.report("no-reference", "answer", reason, WARNING)
    return PublicQuestion(QuestionType.ESSAY, row.stem), QuestionKey(reference=reference, keywords=keywords)


def _difficulty(row: Row) -> Difficulty:
    text = row.text("difficulty")
    known = notation.difficulty_of(text) if text else Difficulty.MEDIUM
    if text:
        row.options.shape.name_difficulty(text, known.value if known else "")
    found = row.options.difficulty_of(text) or known
    if found is None:
        reason = Message(N_("This difficulty is not known: medium is assumed."))
        row.report("difficulty", "difficulty", reason, WARNING)
    return found or Difficulty.MEDIUM


def _mark(row: Row) -> Decimal | None:
    text = row.text("mark").removesuffix("分").strip() or row.section_mark
    if not text:
        return None
    try:
        mark = Decimal(text)
    except InvalidOperation:
        mark = Decimal(0)
    if not mark.is_finite() or mark < 0 or (mark == 0 and not row.is_part):
        row.report("mark", "mark", Message(N_("The mark must be a number above 0.")))
        return None
    return mark
