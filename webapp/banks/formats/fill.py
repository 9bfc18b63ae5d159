"""Fill-in questions of a table: blanks of the stem and accepted answers, in the notations people use."""

import re
from collections.abc import Sequence
from decimal import Decimal

from webapp.banks.formats import notation, own_cells
from webapp.banks.formats.row import Row
from webapp.banks.formats.signs import weigh_blanks
from webapp.banks.rules.schema import BLANK, Blank, FillRules, PublicQuestion, QuestionKey, QuestionType
from webapp.core.problems import WARNING
from webapp.core.words import N_, Message

PLACEHOLDER = re.compile(r"\(x%x\)|（x%x）", re.IGNORECASE)
"""Stands in an answer column where all accepted answers lie in a second workbook."""


def fill_question(row: Row, cells: Sequence[str] = ()) -> tuple[PublicQuestion, QuestionKey]:
    """The fill-in of a row; what cannot be read is reported on the row. cells: those of the option columns."""
    if row.columns.is_own_template:
        return _own(row, cells)
    answer = row.text("answer")
    stem = notation.with_loose_blanks(row.stem) if answer else notation.with_blanks(row.stem)
    accepted: list[list[str]] | None
    if row.columns.shares:
        return _by_shares(row, stem, cells)
    if not answer and not row.columns.blanks and (held := notation.answers_in_stem(row.stem)) is not None:
        reason = Message(N_("Words in brackets were taken for the answers of a fill-in."))
        row.report("type-guessed", "stem", reason, WARNING)
        text, words = held
        public = PublicQuestion(QuestionType.FILL, text, blanks=len(words))
        return public, QuestionKey(blanks=tuple(Blank((word,)) for word in words))
    if not answer and any(cells) and not row.columns.blanks and not row.columns.is_own_template:
        accepted = (
            [[text for text in cells if text]] if stem.blanks == 1 else [[text] for text in cells if text]
        )
    elif row.columns.blanks:
        accepted = _columns(row)
    elif answer in notation.NO_ANSWER:
        accepted = []
    else:
        accepted = notation.split_blanks(
            answer, stem.blanks or 1, row.options.between_blanks, row.options.alternatives
        )
        weigh_blanks(row, answer, stem.blanks, accepted)
    if accepted is None:
        if answer:
            row.report(
                "blanks-differ",
                "answer",
                Message(N_("The answer cannot be divided into %(blanks)s blanks."), {"blanks": stem.blanks}),
                hint=Message(N_("Separate the blanks with | and alternatives with ;")),
            )
        accepted = []
    public = PublicQuestion(QuestionType.FILL, stem.text, blanks=stem.blanks)
    rules = FillRules(any_order=_is_one_set(row, accepted))
    return public, QuestionKey(blanks=tuple(Blank(tuple(item)) for item in accepted), fill=rules)


def _by_shares(row: Row, stem: notation.Stem, cells: Sequence[str]) -> tuple[PublicQuestion, QuestionKey]:
    """One blank whose accepted answers stand in columns, each with the share of the mark beside it."""
    shares = list(zip(cells, row.shares, strict=False))
    most = max((share for _, share in shares), default=Decimal(0))
    blank = Blank(
        tuple(text for text, share in shares if text and share == most > 0),
        partial=tuple((text, share / most) for text, share in shares if text and 0 < share < most),
    )
    text, count = (stem.text, stem.blanks) if stem.blanks else (f"{stem.text} {BLANK}", 1)
    return PublicQuestion(QuestionType.FILL, text, blanks=count), QuestionKey(blanks=(blank,))


def _columns(row: Row) -> list[list[str]]:
    """One column a blank. A gap between filled columns is reported; a second workbook may add more."""
    texts = [row.cell(index).text for index in row.columns.blanks]
    while texts and not texts[-1]:
        texts.pop()
    if not all(texts):
        row.report_at(
            row.columns.blanks[texts.index("")],
            "empty-answer-column",
            Message(N_("This column is empty, though later ones are filled: it was passed over.")),
            WARNING,
        )
    alternatives = re.compile(f"[{re.escape(row.options.alternatives)}；]")
    filled = [(column, text) for column, text in zip(row.columns.blanks, texts, strict=False) if text]
    found = []
    for number, (column, text) in enumerate(filled, start=1):
        more = row.further.get((row.text("number"), number), ())
        if not PLACEHOLDER.fullmatch(text):
            first = [part.strip() for part in alternatives.split(text) if part.strip()]
            found.append(list(dict.fromkeys([*first, *more])))
            continue
        if not more:
            row.report_at(
                column,
                "answers-elsewhere",
                Message(N_("The answers of this blank stand in a second workbook, which is missing.")),
                hint=Message(N_("Put both workbooks into one zip file.")),
            )
        found.append(list(more) or [text])
    return found


def _is_one_set(row: Row, accepted: Sequence[Sequence[str]]) -> bool:
    """Whether all blanks share the same further answers: then they may stand in any order."""
    sets = {frozenset(texts) for texts in accepted}
    has_more = all((row.text("number"), number + 1) in row.further for number in range(len(accepted)))
    return has_more and len(accepted) > 1 and len(sets) == 1 and len(accepted[0]) >= len(accepted)


def _own(row: Row, cells: Sequence[str]) -> tuple[PublicQuestion, QuestionKey]:
    stem = row.text("stem")
    rules, blanks = own_cells.fill_rules(row, own_cells.blanks_of(row.text("answer")))
    count = stem.count(BLANK)
    if len(cells) > max(count, len(blanks)):
        row.report(
            "too-many-lists",
            "options",
            Message(N_("There are more lists to pick from than blanks.")),
            hint=Message(N_("The first option column is the list of the first blank, and so on.")),
        )
        cells = ()
    public = PublicQuestion(
        QuestionType.FILL, stem, blanks=count, choices=own_cells.choices_of(cells, len(blanks))
    )
    return public, QuestionKey(blanks=blanks, fill=rules)
