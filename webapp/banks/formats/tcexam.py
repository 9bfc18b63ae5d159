"""TCExam TSV: rows M (module), S (subject), Q (question), A (answer) (FORMATS section 11)."""

import re
from dataclasses import dataclass, field, replace

from webapp.banks.formats.delimited import decode
from webapp.banks.formats.entries import ONE, ZERO, Entry, feedback_of, mixed, number_of, stem_with_blank
from webapp.banks.formats.media import safe_name
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult
from webapp.banks.formats.sanitise import to_plain, without_controls
from webapp.banks.rules.schema import (
    LETTERS,
    MAX_OPTIONS,
    Blank,
    Difficulty,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    TopicTitle,
    media_token,
)
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

_HEADER = re.compile(r"[MSQA]=[A-Z]+")
_SEQUENCE = re.compile(r"\\([tnr])")
_OBJECT = re.compile(
    r"\[object\]([^\[\]\n]{1,200})\[/object(?::\d{0,6}:\d{0,6}:?([^\[\]\n]{0,300})|[^\[\]\n]{0,100})\]",
    re.IGNORECASE,
)
_TEX = re.compile(r"\[tex\]([^\[\]\n]{0,2000})\[/tex\]", re.IGNORECASE)
_INLINE = re.compile(r"\[(/?(?:b|i|u|sub|sup|code))\]", re.IGNORECASE)
_OTHER = re.compile(
    r"\[/?(?:ul|ol|li|small|del|overline|color|size|align|dir)(?:=[^\[\]\n]{0,40})?\]", re.IGNORECASE
)
EASY_TO, MEDIUM_TO = 3, 6
"""Difficulties of TCExam go from 0 to 10."""


@dataclass
class _Row:
    """A line with its number and cells; after the first cell the letter tells what it is."""

    number: int
    cells: list[str]

    def cell(self, index: int) -> str:
        return _unescaped(self.cells[index]) if index < len(self.cells) else ""

    @property
    def is_enabled(self) -> bool:
        return self.cell(1).strip() != "0"


@dataclass
class _Item:
    row: _Row
    topic: str
    answers: list[_Row] = field(default_factory=list)


def read_tcexam(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The questions of a TCExam file. Raise FileRefused when it is no text."""
    result = FormatResult()
    module = subject = ""
    items: list[_Item] = []
    text = without_controls(decode(content, file))
    for number, line in enumerate(text.split("\n"), start=1):
        row = _Row(number, line.split("\t"))
        kind = row.cells[0].strip()
        if not line.strip() or _HEADER.fullmatch(kind):
            continue
        if kind == "M":
            module, subject = _level(row.cell(2)), ""
        elif kind == "S":
            subject = _level(row.cell(2))
        elif kind == "Q":
            items.append(_Item(row, "/".join(filter(None, (module, subject)))))
        elif kind == "A" and items:
            items[-1].answers.append(row)
        else:
            reason = Message(N_("This line is no module, subject, question or answer."))
            result.problems.append(
                Problem("unknown-line", reason, ERROR, file, file, number, "A", shorten(line))
            )
    levels = {item.row.cell(5).strip() for item in items}
    for item in items:
        result.rows += 1
        if item.topic and item.topic not in {topic.key for topic in result.topics}:
            result.topics.append(TopicTitle(item.topic, item.topic))
        _Reader(item, file, result, knows_difficulty=len(levels) > 1).read()
    return result


def _level(name: str) -> str:
    return " ".join(name.split()).replace("/", "／")


def _unescaped(text: str) -> str:
    return _SEQUENCE.sub(lambda found: {"t": "\t", "n": "\n", "r": ""}[found[1]], text).strip()


def _token(name: str, words: str) -> str:
    return media_token(name, words) if name else ""


def shown(text: str) -> str:
    """TCExam's marks in brackets as tags and tokens of ours."""
    text = _OBJECT.sub(lambda found: _token(safe_name(found[1]), found[2] or ""), text)
    text = _TEX.sub(lambda found: f"\\({found[1]}\\)", text)
    return _OTHER.sub("", _INLINE.sub(r"<\1>", text))


class _Reader:
    def __init__(self, item: _Item, file: str, result: FormatResult, knows_difficulty: bool) -> None:
        self.item, self.file, self.result = item, file, result
        self.knows_difficulty = knows_difficulty

    def report(
        self, code: str, reason: str, severity: str = ERROR, value: str = "", **params: object
    ) -> None:
        self.result.problems.append(
            Problem(
                code,
                Message(reason, params),
                severity,
                self.file,
                self.file,
                self.item.row.number,
                value=shorten(value),
            )
        )

    def read(self) -> None:
        """Add the question or its problems to the result."""
        row = self.item.row
        if not row.is_enabled:
            self.report("changed", N_("The question is hidden there; here it is like any other."), WARNING)
        disabled = sum(not answer.is_enabled for answer in self.item.answers)
        if disabled:
            self.report(
                "changed",
                N_("%(count)s answers that are switched off are left out."),
                WARNING,
                count=disabled,
            )
        self.answers = [answer for answer in self.item.answers if answer.is_enabled]
        if len(self.answers) > MAX_OPTIONS:
            self.report("too-many-options", N_("A question can have at most 26 options."))
            return
        found = self._question(row.cell(4).strip().upper(), shown(row.cell(2)))
        if found is None:
            return
        public, secret = found
        lines = [text for text in (secret.explanation, shown(row.cell(3))) if text]
        self.result.questions.append(
            Question(
                key="",
                public=public,
                secret=replace(secret, explanation="\n".join(lines)),
                topic=self.item.topic,
                difficulty=self._difficulty(),
                sheet=self.file,
                row=row.number,
            )
        )

    def _difficulty(self) -> Difficulty:
        """A file in which all questions have the same difficulty says nothing by it."""
        level = number_of(self.item.row.cell(5))
        if level is None or not self.knows_difficulty:
            return Difficulty.MEDIUM
        return (
            Difficulty.EASY
            if level <= EASY_TO
            else Difficulty.MEDIUM
            if level <= MEDIUM_TO
            else Difficulty.HARD
        )

    def _question(self, kind: str, stem: str) -> tuple[PublicQuestion, QuestionKey] | None:
        entries = [
            Entry(
                shown(answer.cell(2)), ONE if answer.cell(4).strip() == "1" else ZERO, shown(answer.cell(3))
            )
            for answer in self.answers
        ]
        match kind:
            case "S" | "M":
                type_ = QuestionType.SINGLE if kind == "S" else QuestionType.MULTIPLE
                right = "".join(
                    letter for letter, entry in zip(LETTERS, entries, strict=False) if entry.share
                )
                key = QuestionKey(letters=right, explanation=feedback_of(entries, "", LETTERS))
                return PublicQuestion(type_, stem, tuple(entry.text for entry in entries)), key
            case "T":
                return self._text(stem, entries)
            case "O":
                return self._ordering(stem, entries)
        self.report("unknown-type", N_("The type “%(type)s” is not known."), value=kind, type=kind[:40])
        return None

    def _text(self, stem: str, entries: list[Entry]) -> tuple[PublicQuestion, QuestionKey]:
        """With right answers a fill-in; without any a person marks it."""
        accepted = tuple(
            dict.fromkeys(to_plain(entry.text) for entry in entries if entry.share and entry.text)
        )
        if not accepted:
            return PublicQuestion(QuestionType.ESSAY, stem), QuestionKey(explanation=feedback_of(entries))
        key = QuestionKey(blanks=(Blank(accepted),), explanation=feedback_of(entries))
        return PublicQuestion(QuestionType.FILL, stem_with_blank(stem, None), blanks=1), key

    def _ordering(self, stem: str, entries: list[Entry]) -> tuple[PublicQuestion, QuestionKey]:
        """The positions tell the order; without them the order of the lines."""
        places = [number_of(answer.cell(5)) for answer in self.answers]
        order = list(range(len(entries)))
        if None not in places and len(set(places)) == len(places):
            order.sort(key=lambda at: places[at] or ZERO)
        right = [entries[at].text for at in order]
        kept = mixed(right)
        letters = "".join(LETTERS[kept.index(at)] for at in range(len(right)))
        public = PublicQuestion(QuestionType.ORDERING, stem, tuple(right[at] for at in kept))
        return public, QuestionKey(letters=letters, explanation=feedback_of(entries))
