"""Aiken: a stem on one line, options, `ANSWER: X` (FORMATS section 8)."""

import re
from dataclasses import dataclass, field, replace

from webapp.banks.formats.delimited import decode
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult
from webapp.banks.formats.sanitise import without_controls
from webapp.banks.rules.schema import (
    LETTERS,
    Difficulty,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

_OPTION = re.compile(r"([A-Z])[.)]\s*(.*)")
_SMALL_OPTION = re.compile(r"([a-z])[.)]\s+(.*)")
_ANSWER = re.compile(r"ANSWER\s*[:：]\s*(.*)", re.IGNORECASE)
_REMARK = re.compile(r"(?:FEEDBACK|EXPLANATION|RATIONALE|解析)\s*[:：]\s*(.*)", re.IGNORECASE)
"""Not in the format of Moodle; programs write such a line behind the answer."""
_SEVERAL = re.compile(r"[A-Z](?:\s*(?:[,;&/+、]|AND)?\s*[A-Z]\b)+|(?!.\b)A?B?C?D?E?F?")
"""Letters of several answers: 'A, C', 'B and D', 'ACD'."""


@dataclass
class _Open:
    """A question whose answer has not come yet. is_broken: a problem was told, the rest is passed over."""

    row: int
    stem: str = ""
    labels: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    is_broken: bool = False


def read_aiken(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The questions of an Aiken file; its texts are plain: HTML in them is shown as it stands.

    Raise FileRefused when it is no text."""
    reader = _Reader(file)
    for row, line in enumerate(without_controls(decode(content, file)).split("\n"), start=1):
        reader.take(row, line.strip())
    reader.end()
    reader.result.literal = set(range(len(reader.result.questions)))
    return reader.result


class _Reader:
    def __init__(self, file: str) -> None:
        self.file, self.result = file, FormatResult()
        self.open: _Open | None = None
        self.is_after_gap = True
        self.remarks: dict[int, list[str]] = {}
        self.closed: int | None = None
        """Place of the question that the last answer closed, None when it is damaged."""

    def report(
        self, row: int, code: str, reason: Message, value: str = "", hint: str = "", severity: str = ERROR
    ) -> None:
        self.result.problems.append(
            Problem(
                code, reason, severity, sheet=self.file, file=self.file, row=row, value=shorten(value),
                hint=Message(hint) if hint else None,
            )
        )  # fmt: skip

    def take(self, row: int, line: str) -> None:
        """One line of the file."""
        if not line:
            self.is_after_gap = True
            return
        if found := _ANSWER.match(line):
            count = len(self.result.questions)
            self._answer(row, line, found[1])
            self.closed = count if len(self.result.questions) > count else None
        elif self.open is None and self.result.rows and (found := _REMARK.match(line)):
            if self.closed is not None:
                self.remarks.setdefault(self.closed, []).append(found[1].strip())
        elif (found := _OPTION.match(line)) or (found := self._small_option(line)):
            self._option(row, line, found[1].upper(), found[2])
        else:
            self._stem(row, line)
        self.is_after_gap = False

    def _small_option(self, line: str) -> re.Match[str] | None:
        """An option with a small letter, where it is the next one: 'e.g. …' may begin a stem."""
        found = _SMALL_OPTION.match(line)
        if found is None or self.open is None:
            return None
        return found if found[1].upper() == LETTERS[len(self.open.labels) :][:1] else None

    def _orphan(self, row: int, line: str) -> _Open:
        """An option or answer without a stem: told once, what follows it belongs to the same."""
        self.result.rows += 1
        self.report(row, "no-stem", Message(N_("An option or answer stands here without a question.")), line)
        self.open = _Open(row, is_broken=True)
        return self.open

    def _option(self, row: int, line: str, label: str, text: str) -> None:
        question = self.open or self._orphan(row, line)
        question.labels.append(label)
        question.options.append(text.strip())

    def _stem(self, row: int, line: str) -> None:
        if self.open is not None:
            is_same = not self.is_after_gap and not self.open.options
            if not self.open.is_broken:
                self._unanswered(row, line, is_same)
            if is_same:
                self.open.is_broken = True
                return
        self.result.rows += 1
        self.open = _Open(row, line)

    def _unanswered(self, row: int, line: str, is_same: bool) -> None:
        """The open question has no answer. is_same: the line stands right below its stem. Else what is told
        stands at the question that is left out, not at the next one, which may be good."""
        hint = N_("Write each stem on one line and close each question with ANSWER: and a letter.")
        if is_same or self.open is None:
            reason = Message(N_("A new question begins here before the answer of the one above."))
            self.report(row, "no-answer", reason, line, hint)
            return
        reason = Message(
            N_("Another question begins in row %(row)s before the answer of this one."), {"row": row}
        )
        self.report(self.open.row, "no-answer", reason, self.open.stem, hint)

    def _answer(self, row: int, line: str, answer: str) -> None:
        question = self.open or self._orphan(row, line)
        self.open = None
        if question.is_broken:
            return
        answer = answer.strip().lstrip("([（").upper()
        letter = answer[:1]
        if len(question.options) < 2:
            reason = Message(N_("A choice question needs at least two options."))
            self.report(row, "too-few-options", reason, question.stem)
        elif question.labels != list(LETTERS[: len(question.labels)]):
            reason = Message(N_("The letters of the options are not A, B, C and so on."))
            self.report(row, "labels", reason, "".join(question.labels))
        elif not letter:
            self.report(row, "no-answer", Message(N_("The question has no answer.")), question.stem)
        elif letter not in question.labels:
            reason = Message(
                N_("The answer names %(letters)s, but the options end at %(last)s."),
                {"letters": letter, "last": question.labels[-1]},
            )
            self.report(row, "answer-beyond-options", reason, answer)
        else:
            if _SEVERAL.fullmatch(answer):
                reason = Message(
                    N_("Several letters stand here: this format has one right answer, the first.")
                )
                self.report(question.row, "several-letters", reason, answer, severity=WARNING)
            public = PublicQuestion(QuestionType.SINGLE, question.stem, tuple(question.options))
            key = QuestionKey(letters=letter)
            self.result.questions.append(
                Question("", public, key, "", Difficulty.MEDIUM, sheet=self.file, row=question.row)
            )

    def end(self) -> None:
        """The end of the file: a question may still wait for its answer."""
        if self.open is not None and not self.open.is_broken:
            reason = Message(N_("The file ends before the answer of this question."))
            self.report(self.open.row, "no-answer", reason, self.open.stem)
        for place, lines in self.remarks.items():
            question = self.result.questions[place]
            secret = replace(question.secret, explanation="\n".join(lines))
            self.result.questions[place] = replace(question, secret=secret)
