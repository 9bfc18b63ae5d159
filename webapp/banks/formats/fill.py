"""Fill-in questions of a table: blanks of the stem, accepted answers, the column 填空规则 of our template."""

import re
from decimal import Decimal, InvalidOperation

from webapp.banks.formats import notation
from webapp.banks.formats.row import Row
from webapp.banks.rules.schema import BLANK, Blank, FillRules, PublicQuestion, QuestionKey, QuestionType
from webapp.core.problems import WARNING
from webapp.core.words import N_, Message

FLAGS = {"any_order": "顺序不限", "all_needed": "全对得分", "case_sensitive": "区分大小写"}
WEIGHTS, TOLERANCE = "权重", "误差"


def fill_question(row: Row) -> tuple[PublicQuestion, QuestionKey]:
    """The fill-in of a row; what cannot be read is reported on the row."""
    if row.columns.is_own_template:
        return _own(row)
    stem = notation.with_blanks(row.stem)
    answer = row.text("answer")
    accepted: list[list[str]] | None
    if row.columns.blanks:
        accepted = _columns(row)
    elif answer in notation.NO_ANSWER:
        accepted = []
    else:
        accepted = notation.split_blanks(
            answer, stem.blanks or 1, row.options.between_blanks, row.options.alternatives
        )
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
    return public, QuestionKey(blanks=tuple(Blank(tuple(item)) for item in accepted))


def _columns(row: Row) -> list[list[str]]:
    """One column a blank. A gap between filled columns is reported."""
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
    alternatives = f"[{re.escape(row.options.alternatives)}；]"
    return [[part.strip() for part in re.split(alternatives, text) if part.strip()] for text in texts if text]


def _own(row: Row) -> tuple[PublicQuestion, QuestionKey]:
    stem = row.text("stem")
    answer = row.text("answer")
    accepted = [
        tuple(
            text for part in notation.split_escaped(blank, ";") if (text := notation.unescape(part).strip())
        )
        for blank in (notation.split_escaped(answer, "|") if answer else [])
    ]
    rules, weights, tolerances = _rules(row, len(accepted))
    blanks = tuple(
        Blank(texts, weight, tolerance)
        for texts, weight, tolerance in zip(accepted, weights, tolerances, strict=True)
    )
    return PublicQuestion(QuestionType.FILL, stem, blanks=stem.count(BLANK)), QuestionKey(
        blanks=blanks, fill=rules
    )


def _rules(row: Row, count: int) -> tuple[FillRules, list[Decimal], list[Decimal | None]]:
    """'顺序不限; 全对得分; 权重=2,1; 误差=0.1,-' as rules; what is not known is reported."""
    flags: dict[str, bool] = {}
    weights: list[Decimal] = [Decimal(1)] * count
    tolerances: list[Decimal | None] = [None] * count
    known = {words: name for name, words in FLAGS.items()}
    for part in re.split(r"[;；、\n]", row.text("fill_rules")):
        name, _, value = (piece.strip() for piece in notation.fold_width(part).partition("="))
        if not name:
            continue
        numbers = _numbers(value, count)
        if name in known and not value:
            flags[known[name]] = True
        elif name == WEIGHTS and numbers and all(number is not None and number > 0 for number in numbers):
            weights = [number for number in numbers if number is not None]
        elif name == TOLERANCE and numbers:
            tolerances = numbers
        else:
            row.report(
                "fill-rules",
                "fill_rules",
                Message(N_("These rules of a fill-in cannot be read.")),
                hint=Message(
                    N_("Known here: %(keys)s."),
                    {"keys": "; ".join([*FLAGS.values(), "权重=2,1", "误差=0.1"])},
                ),
            )
    return FillRules(**flags), weights, tolerances


def _numbers(text: str, count: int) -> list[Decimal | None]:
    """One number for all blanks, or one a blank ('-' for none); [] when that is not what stands there."""
    found: list[Decimal | None] = []
    for part in text.split(","):
        try:
            found.append(None if part.strip() == "-" else abs(Decimal(part.strip())))
        except InvalidOperation:
            return []
    if len(found) == 1:
        found *= count
    return found if len(found) == count else []


def rules_text(key: QuestionKey) -> str:
    """The cell of 填空规则 that `_rules` reads back; '' for the usual rules."""
    parts = [words for name, words in FLAGS.items() if getattr(key.fill, name)]
    if any(blank.weight != 1 for blank in key.blanks):
        parts.append(f"{WEIGHTS}={','.join(format(blank.weight, 'f') for blank in key.blanks)}")
    if any(blank.tolerance is not None for blank in key.blanks):
        shown = ("-" if blank.tolerance is None else format(blank.tolerance, "f") for blank in key.blanks)
        parts.append(f"{TOLERANCE}={','.join(shown)}")
    return "; ".join(parts)
