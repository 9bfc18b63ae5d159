"""GIFT, the text format of Moodle (FORMATS section 7)."""

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
    feedback_of,
    percent_of,
    range_of,
    stem_with_blank,
)
from webapp.banks.formats.gift_text import (
    CATEGORY,
    BadBraces,
    Block,
    Parts,
    SeveralParts,
    blocks,
    category_of,
    formatted,
    hide,
    is_category,
    parts_of,
    unfenced,
)
from webapp.banks.formats.media import with_tokens
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.formats.sanitise import without_controls
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    MAX_OPTIONS,
    MEDIA,
    Difficulty,
    NumberRange,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
    TopicTitle,
)
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

_WEIGHT = re.compile(r"\s*%(?!\w{0,20}[^\W\d]{2}\w{0,20}%|\s)([^%\n]{1,20})%")
"""'%PATH%' is a text."""
_MARKDOWN = re.compile(r"\*\*|(?<!\w)_[^_\n]+_(?!\w)|^\s*[-*#]\s|`|\]\(", re.MULTILINE)
_LINE_COMMENT = re.compile(r"(?<=\s)//[^\n]*")
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,6}|#[xX][0-9A-Fa-f]{1,5});")
_BARE_ANSWER = re.compile(r"^[ \t]*[~=][^~=\n]", re.MULTILINE)
_TRUTHS = {"T": True, "TRUE": True, "F": False, "FALSE": False}
_STAR = "\udc2a"
"""An escaped asterisk, hidden like the other escaped signs."""


def read_gift(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The questions of a GIFT file. Raise FileRefused when it is no text."""
    result, topic = FormatResult(), ""
    seen: set[str] = set()
    for block in blocks(unfenced(without_controls(decode(content, file)))):
        if is_category(block.body):
            topic = category_of(block.body[len(CATEGORY) :])
            if topic and topic not in seen:
                seen.add(topic)
                result.topics.append(TopicTitle(topic, topic))
            continue
        _Reader(block, file, topic, result).read()
    return result


class _Wrong(Exception):
    """The question cannot be read; the problem is reported already."""


class _Reader:
    """One block → a question, or what is wrong with it."""

    def __init__(self, block: Block, file: str, topic: str, result: FormatResult) -> None:
        self.block, self.file, self.topic, self.result = block, file, topic, result
        self.form, self.general, self.is_markdown = "moodle", "", False

    def report(
        self, code: str, reason: Message, severity: str = ERROR, value: str = "", hint: Message | None = None
    ) -> None:
        self.result.problems.append(
            Problem(code, reason, severity, self.file, self.file, self.block.row, "", shorten(value), hint)
        )

    def wrong(self, code: str, reason: str, value: str = "", hint: str = "") -> _Wrong:
        shown = self.text(value) if value else ""
        self.report(code, Message(reason), value=shown, hint=Message(hint) if hint else None)
        return _Wrong()

    def read(self) -> None:
        """Add the question, a problem, or a text without a question to the result."""
        parts = self._parts()
        if parts is None:
            return
        self.form = parts.form
        if parts.answers is None and len(_BARE_ANSWER.findall(parts.stem)) > 1:
            self.result.rows += 1
            self.wrong(
                "bad-braces",
                N_("Answers stand here without braces { } around them."),
                self.block.body,
                N_("Put { before the first answer and } behind the last one."),
            )
            return
        if parts.answers is None:
            name = parts.title or shorten(self.text(parts.stem))
            self.result.skipped.append(Skipped(name, Message(N_("This is a text without a question."))))
            return
        self.result.rows += 1
        try:
            public, secret = self._question(parts)
        except _Wrong:
            return
        if parts.has_braces:
            reason = Message(N_("A brace that is not escaped stands in a text of this question: check it."))
            self.report("unescaped-brace", reason, WARNING)
        if self.is_markdown:
            reason = Message(N_("Markdown is not shown: its signs stand as they were written."))
            self.report("markdown", reason, WARNING)
        explanation = "\n".join(text for text in (secret.explanation, self.general) if text)
        secret = replace(secret, explanation=self._without_media(explanation))
        if parts.form == "plain":
            self.result.literal.add(len(self.result.questions))
        self.result.questions.append(
            Question(
                key="",
                public=public,
                secret=secret,
                topic=self.topic,
                difficulty=Difficulty.MEDIUM,
                tags=tuple(dict.fromkeys(self.block.tags)),
                external_id=self.block.identity,
                sheet=self.file,
                row=self.block.row,
            )
        )

    def _parts(self) -> Parts | None:
        """What stands before, in and behind the braces; None when that was reported as a problem."""
        try:
            return parts_of(self.block)
        except BadBraces:
            code, reason = "bad-braces", N_("Only one of the two braces { } stands here.")
            hint = N_("Put a backslash before a brace that is text, and no empty line inside a question.")
        except SeveralParts:
            code, reason = (
                "several-parts",
                N_("More than one answer part in braces { } stands in this question."),
            )
            hint = N_("Put an empty line between questions; a text with several gaps is written as Cloze.")
        self.result.rows += 1
        self.wrong(code, reason, self.block.body, hint)
        return None

    def text(self, hidden: str) -> str:
        """A text of the question as it is shown, with tokens for its pictures."""
        text, form = formatted(hidden, self.form)
        if form == "plain":
            return text
        if form in {"html", "moodle"} and _ENTITY.search(text) and "<" not in text:
            text = f"<p>{text}</p>"
        self.is_markdown = self.is_markdown or (form == "markdown" and _MARKDOWN.search(text) is not None)
        return with_tokens(text, self.result.files)

    def _without_media(self, explanation: str) -> str:
        """GIFT brings no files: a picture of an explanation is named, one of a stem is missed later."""
        lost = [name for name in MEDIA.findall(explanation) if name not in self.result.files]
        if lost:
            reason = Message(
                N_("The file does not bring the picture %(name)s of the explanation: only its name is kept."),
                {"name": lost[0]},
            )
            self.report("picture-lost", reason, WARNING, lost[0])
        return MEDIA.sub(lambda found: f"[{found[1]}]" if found[1] in lost else found[0], explanation)

    def _question(self, parts: Parts) -> tuple[PublicQuestion, QuestionKey]:
        assert parts.answers is not None
        answers, ends, general = parts.answers.partition("####")
        self.general = self.text(general) if ends else ""
        answers = answers.strip()
        if parts.after is None:
            stem = self.text(parts.stem)
        else:
            before, after = parts.stem.rstrip("\n"), parts.after.lstrip("\n")
            stem = self.text(f"{before}{BLANK}{after}")
        if not answers:
            return PublicQuestion(QuestionType.ESSAY, stem), QuestionKey()
        if answers.startswith("#"):
            return self._numeric(stem, answers[1:])
        if "~" in answers:
            return self._choice(stem, answers)
        if "=" in answers and "->" in answers:
            return self._matching(stem, answers)
        head, *feedback = answers.split("#")
        head = _LINE_COMMENT.sub("", head)
        if head.strip() in _TRUTHS:
            lines = [text for text in map(self.text, feedback[:2]) if text]
            key = QuestionKey(truth=_TRUTHS[head.strip()], explanation="\n".join(dict.fromkeys(lines)))
            return PublicQuestion(QuestionType.TRUE_FALSE, stem), key
        return self._short(parts, answers)

    def entry(self, text: str, share: Decimal, is_answer: bool = False) -> Entry:
        """'%50%text#feedback' as an entry; the weight wins over the share. is_answer: * is any text."""
        found = _WEIGHT.match(text)
        if found:
            percent = percent_of(found[1])
            if percent is None:
                raise self.wrong("bad-weight", N_("A weight must be a number from -100 to 100."), found[1])
            share, text = percent, text[found.end() :]
        text, _, feedback = text.partition("#")
        text = text.replace("\\*", _STAR) if is_answer else text
        return Entry(self.text(text), share, self.text(feedback), is_answer and "*" in text)

    def _choice(self, stem: str, answers: str) -> tuple[PublicQuestion, QuestionKey]:
        signs = re.split(r"(~=|[~=])", answers)
        entries = [self.entry(signs[0], ZERO)] if signs[0].strip() else []
        for sign, text in zip(signs[1::2], signs[2::2], strict=True):
            entries.append(self.entry(text, ZERO if sign == "~" else ONE))
        is_single = any("=" in sign for sign in signs[1::2])
        if is_single and not any(entry.share == ONE for entry in entries):
            is_single = False  # Moodle knows no weights behind =, people write them all the same.
        kind = QuestionType.SINGLE if is_single else QuestionType.MULTIPLE
        key = choice_key(entries, is_single)
        if is_single and sum(entry.share == ONE for entry in entries[:MAX_OPTIONS]) > 1:
            reason = Message(N_("Several options are fully right: the first is the answer, each one counts."))
            self.report("several-right", reason, WARNING)
        total = sum((entry.share for entry in entries if entry.share > 0), ZERO)
        if not is_single and total and abs(total - 1) > Decimal("0.01"):
            reason = Message(N_("The weights of the right options do not add up to the whole mark."))
            self.report("weights-sum", reason, WARNING, f"{total * 100:.2f}")
        explanation = feedback_of(entries, "", LETTERS)
        return (
            PublicQuestion(kind, stem, tuple(entry.text for entry in entries)),
            replace(key, explanation=explanation),
        )

    def _short(self, parts: Parts, answers: str) -> tuple[PublicQuestion, QuestionKey]:
        entries = [self.entry(text, ONE, is_answer=True) for text in answers.split("=") if text.strip()]
        before, after = self.text(parts.stem), None
        if not before and parts.after is None:
            raise self.wrong("no-stem", N_("The question has no stem."), answers)
        if parts.after is not None:
            before, after = self._around(parts.stem, parts.after)
        self._warn_of_negative(entries)
        stem = stem_with_blank(before, after)
        key = QuestionKey(blanks=(blank_of(entries),), explanation=feedback_of(entries))
        return PublicQuestion(QuestionType.FILL, stem, blanks=1), key

    def _around(self, before: str, after: str) -> tuple[str, str]:
        """Both sides of a gap as they are shown, with the spaces beside the gap."""
        gap = "\udcff"
        left, _, right = self.text(f"{before.rstrip(chr(10))}{gap}{after.lstrip(chr(10))}").partition(gap)
        return left, right

    def _warn_of_negative(self, entries: list[Entry]) -> None:
        if any(entry.share < 0 for entry in entries):
            reason = Message(N_("Marks taken off for single texts are not kept."))
            self.report("negative-weight", reason, WARNING)

    def _numeric(self, stem: str, answers: str) -> tuple[PublicQuestion, QuestionKey]:
        answers, others, feedback = answers.partition("~")
        texts = [text for text in answers.split("=") if text.strip()]
        entries = [self.entry(text, ONE) for text in texts]
        numbers: list[NumberRange] = []
        for entry in entries:
            number = range_of(entry.text, entry.share)
            if number is None:
                raise self.wrong(
                    "not-a-number",
                    N_("This is no number, no number with a tolerance and no range."),
                    hide(entry.text),
                    N_("Write 3.14, 3.14:0.01 or 3.1..3.2."),
                )
            if entry.share > 0:
                numbers.append(number)
        self._warn_of_negative(entries)
        if others:
            entries.append(replace(self.entry(feedback, ZERO), text=""))
        key = QuestionKey(numbers=tuple(numbers), explanation=feedback_of(entries))
        return PublicQuestion(QuestionType.NUMERIC, stem), key

    def _matching(self, stem: str, answers: str) -> tuple[PublicQuestion, QuestionKey]:
        items: list[str] = []
        rights: list[str] = []
        options: dict[str, None] = {}
        notes: list[Entry] = []
        for pair in answers.split("="):
            if not pair.strip():
                continue
            left, arrow, right = pair.partition("->")
            if not arrow:
                raise self.wrong(
                    "no-arrow", N_("A pair of a matching question is written: =left -> right"), pair
                )
            right, _, feedback = right.partition("#")
            item, option = self.text(left), self.text(right)
            options[option] = None
            notes.append(Entry(item, ONE, self.text(feedback)))
            if item:
                items.append(item)
                rights.append(option)
        places = {option: index for index, option in enumerate(options)}
        if len(places) > MAX_OPTIONS:
            raise self.wrong("too-many-options", N_("A question can have at most 26 options."))
        key = QuestionKey(
            letters="".join(LETTERS[places[right]] for right in rights), explanation=feedback_of(notes)
        )
        return PublicQuestion(QuestionType.MATCHING, stem, tuple(options), items=tuple(items)), key
