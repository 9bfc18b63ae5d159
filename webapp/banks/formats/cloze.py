"""Cloze, a text with embedded answers: `{1:MULTICHOICE:=a~b}` (FORMATS section 8). A file is one question."""

import html
import re
from dataclasses import replace
from decimal import Decimal

from webapp.banks.formats.delimited import decode
from webapp.banks.formats.entries import (
    ONE,
    ZERO,
    Entry,
    blank_of,
    choice_key,
    number_of,
    percent_of,
    range_of,
    short_runs,
    with_point,
)
from webapp.banks.formats.media import with_tokens
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult
from webapp.banks.formats.sanitise import without_controls
from webapp.banks.rules.schema import (
    BLANK,
    Blank,
    Difficulty,
    FillRules,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

START = re.compile(
    r"\{(\d{0,4}(?:\.\d{1,4})?):(?:(?P<choice>MULTICHOICE|MC)(?:_?(?:V|H|S|VS|HS))?"
    r"|(?P<several>MULTIRESPONSE|MR)(?:_?(?:V|H|S|VS|HS))?"
    r"|(?P<short>SHORTANSWER|SA|MW)(?P<case>_?C)?|(?P<number>NUMERICAL|NM)):",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\([~#=}{\\\"])")
_HIDDEN = re.compile("[\udc00-\udc7f]")
_FEEDBACK = re.compile(r"(?<!&)#")
"""Entities such as &#937; may stand in answers."""
_WEIGHT = re.compile(r"\s*%(?!\w{0,20}[^\W\d]{2}\w{0,20}%|\s)([^%\n]{1,20})%")


class _BadPart(Exception):
    """A gap that cannot be read: code and reason."""

    def __init__(self, code: str, reason: Message) -> None:
        super().__init__(code)
        self.code, self.reason = code, reason


def read_cloze(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The one question of a Cloze file. Raise FileRefused when it is no text."""
    text = without_controls(decode(content, file))
    result = FormatResult(rows=1)
    row = text[: len(text) - len(text.lstrip())].count("\n") + 1
    question = parse_cloze(text, file, row, result)
    if question is not None:
        result.questions.append(question)
    return result


def parse_cloze(text: str, file: str, row: int, result: FormatResult) -> Question | None:
    """A text with embedded answers as a fill-in with a weight per gap; None after reporting its errors.

    text: as written. Problems and files go into result; the mark is the sum of the gaps' marks."""
    reader = _Reader(file, row, result)
    stem = reader.read(_ESCAPED.sub(lambda found: chr(0xDC00 + ord(found[1])), text))
    if reader.has_errors:
        return None
    blanks = tuple(reader.blanks)
    mark = sum((blank.weight for blank in blanks), ZERO)
    if reader.has_several:
        public, key = reader.passage(stem)
        return Question("", public, key, "", Difficulty.MEDIUM, sheet=file, row=row, mark=mark or None)
    public = PublicQuestion(
        QuestionType.FILL,
        stem,
        blanks=len(blanks),
        choices=tuple(reader.choices) if any(reader.choices) else (),
    )
    key = QuestionKey(
        blanks=blanks,
        fill=FillRules(case_sensitive=any(reader.cases)),
        explanation="\n".join(reader.notes),
    )
    return Question("", public, key, "", Difficulty.MEDIUM, sheet=file, row=row, mark=mark or None)


class _Reader:
    def __init__(self, file: str, row: int, result: FormatResult) -> None:
        self.file, self.row, self.result = file, row, result
        self.blanks: list[Blank] = []
        self.choices: list[tuple[str, ...]] = []
        self.cases: list[bool] = []
        self.notes: list[str] = []
        self.parts: list[tuple[PublicQuestion, QuestionKey]] = []
        self.rounded: list[int] = []
        self.has_several = False
        self.has_errors = False

    def report(self, code: str, reason: Message, severity: str = ERROR, value: str = "") -> None:
        self.has_errors = self.has_errors or severity == ERROR
        self.result.problems.append(
            Problem(code, reason, severity, self.file, self.file, self.row, value=shorten(_shown(value)))
        )

    def read(self, text: str) -> str:
        """Take the gaps out of a text (escapes hidden); the stem is returned."""
        outside, at = [""], 0
        while found := START.search(text, at):
            outside[-1] += text[at : found.start()]
            end = text.find("}", found.end())
            if end < 0:
                reason = Message(N_("The brace of this gap is never closed."))
                self.report("bad-braces", reason, value=text[found.start() :])
                return ""
            try:
                self._gap(found, text[found.end() : end])
            except _BadPart as bad:
                number = len(outside)
                reason = Message(N_("Gap %(number)s: %(reason)s"), {"number": number, "reason": bad.reason})
                self.report(bad.code, reason, value=text[found.start() : end + 1])
            outside.append("")
            at = end + 1
        if at == 0 and not self.has_errors:
            self.report("no-part", Message(N_("The text has no gap such as {1:SHORTANSWER:=answer}.")))
        outside[-1] += text[at:]
        if not self.has_several:
            self._losses()
        texts = (short_runs(_HIDDEN.sub(lambda sign: "\\" + _shown(sign[0]), part)) for part in outside)
        return with_tokens(BLANK.join(texts), self.result.files).strip()

    def _losses(self) -> None:
        """What one fill-in for all gaps cannot hold; sub-questions can."""
        for number in self.rounded:
            reason = Message(N_("Gap %(number)s: other tolerances than the smallest full one are not kept."),
                             {"number": number})  # fmt: skip
            self.report("tolerance", reason, WARNING)
        if len(set(self.cases)) > 1:
            reason = Message(N_("Capital and small letters now count in all gaps of this question."))
            self.report("case", reason, WARNING)

    def _gap(self, found: re.Match[str], inside: str) -> None:
        weight = Decimal(found[1] or 1) or ONE  # As in Moodle, 0 is no weight either.
        entries = [self._entry(text, found) for text in inside.split("~") if text.strip()]
        number = len(self.blanks) + 1
        self.notes += [
            f"{number}. {entry.text}: {entry.feedback}".replace(" : ", " ")
            for entry in entries
            if entry.feedback
        ]
        full = ZERO if found["several"] else ONE
        if not any(entry.share >= full and entry.share for entry in entries):
            raise _BadPart("no-answer", Message(N_("No answer of it brings the full mark.")))
        is_choice = not found["short"] and not found["number"]
        if is_choice and len(entries) < 2:
            raise _BadPart("too-few-options", Message(N_("A choice question needs at least two options.")))
        if found["several"]:
            self.has_several = True
        self.choices.append(tuple(entry.text for entry in entries) if is_choice else ())
        if found["short"]:
            self.cases.append(found["case"] is not None)
        self.blanks.append(self._number(entries, weight) if found["number"] else blank_of(entries, weight))
        self._part(found, entries)
        if any(entry.share < 0 for entry in entries) and not found["several"]:
            reason = Message(N_("Marks taken off for single texts are not kept."))
            self.report("negative-weight", reason, WARNING)

    def _part(self, found: re.Match[str], entries: list[Entry]) -> None:
        """The gap as a question by itself, for texts where one gap asks for several choices."""
        place = f"（{len(self.blanks)}）"
        if self.choices[-1]:
            kind = QuestionType.MULTIPLE if found["several"] else QuestionType.SINGLE
            key = choice_key(entries, kind == QuestionType.SINGLE)
            if found["several"] and all(entry.share in {ZERO, ONE} for entry in entries):
                key = replace(key, weights={})
            self.parts.append((PublicQuestion(kind, place, self.choices[-1]), key))
        elif found["number"]:
            texts = ((entry.text, entry.share) for entry in entries if entry.share > 0)
            numbers = tuple(number for text, share in texts if (number := range_of(text, share)) is not None)
            self.parts.append((PublicQuestion(QuestionType.NUMERIC, place), QuestionKey(numbers=numbers)))
        else:
            rules = FillRules(case_sensitive=found["case"] is not None)
            blank = replace(self.blanks[-1], weight=ONE)
            public = PublicQuestion(QuestionType.FILL, f"{place} {BLANK}", blanks=1)
            self.parts.append((public, QuestionKey(blanks=(blank,), fill=rules)))

    def passage(self, stem: str) -> tuple[PublicQuestion, QuestionKey]:
        """The text with a number in the place of each gap, and a sub-question for each."""
        pieces = stem.split(BLANK)
        text = "".join(
            f"{piece}（{number}）" if number < len(pieces) else piece
            for number, piece in enumerate(pieces, start=1)
        )
        reason = Message(N_("A gap asks for several choices: the gaps became sub-questions of a text."))
        self.report("changed", reason, WARNING)
        public = PublicQuestion(QuestionType.PASSAGE, text, parts=tuple(public for public, _ in self.parts))
        key = QuestionKey(
            parts=tuple(key for _, key in self.parts),
            part_weights=tuple(blank.weight for blank in self.blanks),
            explanation="\n".join(self.notes),
        )
        return public, key

    def _entry(self, text: str, found: re.Match[str]) -> Entry:
        share = ZERO
        if weight := _WEIGHT.match(text):
            percent = percent_of(weight[1])
            if percent is None:
                raise _BadPart("bad-weight", Message(N_("A weight must be a number from -100 to 100.")))
            share, text = percent, text[weight.end() :]
        elif text.lstrip().startswith("="):
            share, text = ONE, text.lstrip()[1:]
        text, feedback = (*_FEEDBACK.split(text, maxsplit=1), "")[:2]
        text, feedback = (with_tokens(_shown(" ".join(part.split())), {}) for part in (text, feedback))
        if found["short"]:
            text = html.unescape(text)  # People type the sign itself.
        return Entry(text, share, feedback, found["short"] is not None and "*" in text)

    def _number(self, entries: list[Entry], weight: Decimal) -> Blank:
        """A gap for a number: one tolerance holds for all right numbers of a gap, the smallest."""
        accepted, partial, tolerances = [], [], []
        for entry in entries:
            value, colon, tolerance_text = with_point(entry.text).partition(":")
            tolerance = number_of(tolerance_text) if colon else ZERO
            if entry.share <= 0:
                continue
            if number_of(value) is None or tolerance is None:
                raise _BadPart(
                    "not-a-number", Message(N_("This is no number, no number with a tolerance and no range."))
                )
            if entry.share == ONE:
                accepted.append(value.strip())
                tolerances.append(abs(tolerance))
            else:
                partial.append((value.strip(), entry.share))
        if partial or len(set(tolerances)) > 1:
            self.rounded.append(len(self.blanks) + 1)
        return Blank(tuple(accepted), weight, min(tolerances), tuple(partial))


def _shown(text: str) -> str:
    return _HIDDEN.sub(lambda found: chr(ord(found[0]) - 0xDC00), text)
