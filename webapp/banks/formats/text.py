"""Numbered Chinese question texts, as people paste them (FORMATS section 6)."""

from collections.abc import Sequence
from decimal import Decimal

from webapp.banks.errors import refused
from webapp.banks.formats import notation
from webapp.banks.formats.delimited import decode
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.progress import Step
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.formats.sanitise import without_controls
from webapp.banks.formats.text_build import built, mark_of, told_by
from webapp.banks.formats.text_items import item_of, key_parts
from webapp.banks.formats.text_lines import prepared
from webapp.banks.formats.text_marks import Line
from webapp.banks.formats.text_split import Block, Section, split
from webapp.banks.rules.schema import Difficulty, Question, QuestionType
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

SPACES = " \t\u3000\u00a0\u200b\ufeff"
MAX_LOOSE = 20
MAX_LINES = 1000


def read_text(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The questions of a text. Raise FileRefused when it is no text or nothing in it is a question."""
    lines = [
        Line(row, line.strip(SPACES))
        for row, line in enumerate(without_controls(decode(content, file)).split("\n"), start=1)
    ]
    result = read_lines(lines, file, options)
    if not result.rows:
        raise refused(
            "no-questions",
            file,
            N_("No numbered question was found in this text."),
            N_("Number the questions 1. 2. 3., write options as A. B. C. and the answer as 答案：A."),
        )
    return result


def read_lines(lines: Sequence[Line], file: str, options: ReadOptions) -> FormatResult:
    """The questions of the lines of a text or of the paragraphs of a document; their texts are plain."""
    result = FormatResult()
    parts = split(prepared(lines))
    options.progress.begin(Step.CHECKING, sum(len(section.blocks) for section in parts.sections))
    for section in parts.sections:
        for block in section.blocks:
            options.progress.add()
            if options.skips(section.heading.title):
                continue  # Said once, below.
            result.rows += 1
            _Reader(block, section, file, options, result).read()
    result.literal = set(range(len(result.questions)))
    for section in parts.sections:
        if section.blocks and options.skips(section.heading.title):
            why = Message(
                N_("%(count)s rows of the type “%(type)s” were left out, as you said."),
                {"count": len(section.blocks), "type": shorten(section.heading.title)},
            )
            result.skipped.append(Skipped(file, why))
    for line in parts.loose[:MAX_LOOSE]:
        why = Message(N_("This line stands before the first question and belongs to none."))
        result.skipped.append(Skipped(shorten(line.text), why))
    for line in parts.lost:
        reason = Message(
            N_("These answers belong to no question, or their count differs from the questions.")
        )
        result.problems.append(
            Problem("lost-answers", reason, WARNING, file, file, line.row, value=shorten(line.text))
        )
    return result


class _Reader:
    """One block → a question, or what is wrong with it."""

    def __init__(
        self, block: Block, section: Section, file: str, options: ReadOptions, result: FormatResult
    ) -> None:
        self.block, self.section, self.file = block, section, file
        self.options, self.result = options, result

    def report(self, code: str, reason: Message, severity: str = ERROR, value: str = "") -> None:
        self.result.problems.append(
            Problem(code, reason, severity, self.file, self.file, self.block.row, value=shorten(value))
        )

    def read(self) -> None:
        block, section = self.block, self.section
        if len(block.lines) > MAX_LINES:
            reason = Message(
                N_("A question of more than %(limit)s lines cannot be read."), {"limit": MAX_LINES}
            )
            self.report("too-long", reason, ERROR, block.lines[0].text)
            return
        item = item_of(block.lines, section.is_passages, block.is_case)
        item.row = block.row
        if block.key:
            key, explanation = key_parts(block.key)
            if explanation and not item.explanation:
                item.explanation = explanation
            if not item.answer:
                item.answer = key
            elif item.answer.strip() != key.strip():
                reason = Message(N_("The key at the end says %(key)s: the answer beside the question was kept."),
                                 {"key": shorten(key)})  # fmt: skip
                self.report("key-differs", reason, WARNING, item.answer)
        pair = built(item, told_by(section.heading, self.options), self.options, self.report)
        try:
            mark = mark_of(item)
        except ValueError:
            self.report("mark", Message(N_("The mark must be a number above 0.")), ERROR, item.mark_text)
            return
        if pair is None:
            return
        public, secret = pair
        if public.type == QuestionType.PASSAGE and mark is None and any(part.mark for part in item.parts):
            mark = sum(secret.part_weights, Decimal(0))
        each = section.each
        if each is not None and "每空" in section.heading.title:
            each *= max(public.blanks, 1)
        self.result.questions.append(
            Question(
                "", public, secret, item.topic or section.topic, self._difficulty(item.difficulty),
                source=item.source, tags=tuple(notation.tags_of(item.tags)), sheet=self.file, row=block.row, mark=mark or each,
            )
        )  # fmt: skip

    def _difficulty(self, text: str) -> Difficulty:
        if not text:
            return Difficulty.MEDIUM
        known = notation.difficulty_of(text)
        self.options.shape.name_difficulty(text, known.value if known else "")
        difficulty = self.options.difficulty_of(text) or known
        if difficulty is None:
            reason = Message(N_("This difficulty is not known: medium is assumed."))
            self.report("difficulty", reason, WARNING, text)
        return difficulty or Difficulty.MEDIUM
