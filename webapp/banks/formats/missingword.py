"""Missing word: paragraphs with the answers in braces where the word is missing (FORMATS section 8)."""

import re
from dataclasses import replace

from webapp.banks.formats.delimited import decode
from webapp.banks.formats.entries import (
    ONE,
    ZERO,
    Entry,
    blank_of,
    choice_key,
    feedback_of,
    percent_of,
    stem_with_blank,
)
from webapp.banks.formats.gift_text import formatted, hide, shown
from webapp.banks.formats.media import with_tokens
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult
from webapp.banks.formats.sanitise import without_controls
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    Difficulty,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

_WEIGHT = re.compile(r"%?(-?\d{1,3}(?:\.\d{1,9})?)%")


def read_missing_word(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The questions of a Missing word file. Raise FileRefused when it is no text."""
    result = FormatResult()
    for row, paragraph in _paragraphs(without_controls(decode(content, file))):
        result.rows += 1
        _read(hide(paragraph), row, file, result)
    return result


def _paragraphs(text: str) -> list[tuple[int, str]]:
    found: list[tuple[int, list[str]]] = []
    is_open = False
    for row, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            is_open = False
        elif is_open:
            found[-1][1].append(line)
        else:
            found.append((row, [line]))
            is_open = True
    return [(row, "\n".join(lines)) for row, lines in found]


def _read(paragraph: str, row: int, file: str, result: FormatResult) -> None:
    def report(code: str, reason: Message, severity: str = ERROR) -> None:
        value = shorten(shown(paragraph))
        result.problems.append(Problem(code, reason, severity, file, file, row, value=value))

    start = paragraph.find("{")
    end = paragraph.find("}", start + 1)
    if start < 0 or end < 0:
        report("bad-braces", Message(N_("The answers in braces { } are missing.")))
        return
    found = [_entry(text, result) for text in paragraph[start + 1 : end].split("~") if text.strip()]
    entries = [entry for entry in found if entry is not None]
    if len(entries) < len(found):
        report("bad-weight", Message(N_("A weight must be a number from -100 to 100.")))
        return
    gap = "\udcff"
    text = formatted(f"{paragraph[:start]}{gap}{paragraph[end + 1 :]}", "moodle")[0]
    before, _, after = with_tokens(text, result.files).partition(gap)
    if len(entries) == 1:
        # One option only: the word itself is asked for, whatever its sign.
        only = [replace(entries[0], share=ONE)]
        public = PublicQuestion(QuestionType.FILL, stem_with_blank(before, after), blanks=1)
        key = QuestionKey(blanks=(blank_of(only),), explanation=feedback_of(only))
    else:
        public = PublicQuestion(
            QuestionType.SINGLE, f"{before}{BLANK}{after}".strip(), tuple(entry.text for entry in entries)
        )
        key = replace(choice_key(entries, is_single=True), explanation=feedback_of(entries, "", LETTERS))
        if sum(entry.share == ONE for entry in entries) > 1:
            reason = Message(N_("Several options are fully right: the first is the answer, each one counts."))
            report("several-right", reason, WARNING)
    result.questions.append(Question("", public, key, "", Difficulty.MEDIUM, sheet=file, row=row))


def _entry(text: str, result: FormatResult) -> Entry | None:
    """'=right', 'wrong', '75%half right#comment'; None when the weight is none. A digit that begins an
    option is protected by an underscore."""
    text = text.strip()
    share = ZERO
    if text.startswith("="):
        share, text = ONE, text[1:].lstrip()
    elif weight := _WEIGHT.match(text):
        percent = percent_of(weight[1])
        if percent is None:
            return None
        share, text = percent, text[weight.end() :]
    text, _, feedback = text.partition("#")
    if re.match(r"\s*_\d", text):
        text = text.replace("_", "", 1)
    texts = [with_tokens(formatted(part, "moodle")[0], result.files) for part in (text, feedback)]
    return Entry(texts[0], share, texts[1])
