"""OLX, the problems of Open edX (FORMATS section 11). Their scripts are never run."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from lxml import etree

from webapp.banks.formats.entries import number_of
from webapp.banks.formats.moodle_text import Texts
from webapp.banks.formats.olx_parts import are_gaps, asked_by, divided, gaps_of, is_bare, label_of
from webapp.banks.formats.olx_responses import READERS, Part, Reading, Unreadable
from webapp.banks.formats.olx_text import HINTS, shown_html
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.formats.xml import line, local, parse_xml
from webapp.banks.rules.schema import Difficulty, PublicQuestion, Question, QuestionKey, QuestionType
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message


def read_olx(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The problems of an OLX file, wherever in it they stand. Raise FileRefused when it is no XML."""
    result = FormatResult()
    read_problems(parse_xml(content, file), file, result)
    return result


def read_problems(root: etree._Element, file: str, result: FormatResult, topic: str = "") -> None:
    """Add the problems below an element to a result; what only names a problem of another file is passed over."""
    elements = [
        element for element in root.iter() if local(element) == "problem" and not is_reference(element)
    ]
    is_by_line = len({line(element) for element in elements}) == len(elements)
    for number, element in enumerate(elements, start=1):
        _Problem(element, file, line(element) if is_by_line else number, result, topic).read()


def is_reference(element: etree._Element) -> bool:
    """Whether an element of a course only names the file that holds it."""
    return bool(element.get("url_name")) and len(element) == 0 and not (element.text or "").strip()


MAX_ELEMENTS = 3000
"""Of one problem."""


class _Problem:
    """One <problem> → a question; one with several responses → a passage with sub-questions."""

    def __init__(
        self, element: etree._Element, file: str, row: int, result: FormatResult, topic: str = ""
    ) -> None:
        self.element, self.file, self.row, self.result, self.topic = element, file, row, result, topic
        self.name = str(element.get("display_name") or "").strip()
        self.texts = Texts(result.files, row)

    def report(
        self, code: str, reason: Message, severity: str = ERROR, value: str = "", hint: str = ""
    ) -> None:
        self.result.problems.append(
            Problem(
                code,
                reason,
                severity,
                self.file,
                self.file,
                self.row,
                self.name,
                shorten(value),
                Message(hint) if hint else None,
            )
        )

    def changed(self, reason: str, value: str = "", **params: object) -> None:
        """Something the file says and we cannot hold."""
        self.report("changed", Message(reason, params), WARNING, value)

    def read(self) -> None:
        """Add the question or its problems to the result."""
        if sum(1 for _ in self.element.iter()) > MAX_ELEMENTS:
            self.result.rows += 1
            self.report(
                "too-large-inside", Message(N_("This problem has more elements than this system reads."))
            )
            return
        etree.strip_tags(self.element, "question")
        scripts = [item for item in self.element.iter() if local(item) == "script"]
        responses = [item for item in self.element.iter() if local(item).endswith("response")]
        if not responses and not scripts:
            name = self.name or self.file
            self.result.skipped.append(Skipped(name, Message(N_("This is a text without a question."))))
            return
        self.result.rows += 1
        if any("python" in str(item.get("type") or "").lower() for item in scripts):
            reason = Message(
                N_("The problem is made by a Python script, and scripts of files are never run here.")
            )
            self.report("script", reason, hint=N_("Write the question with fixed numbers and answers."))
            return
        unknown = [local(item) for item in responses if local(item) not in READERS]
        if unknown or not responses:
            kind = unknown[0] if unknown else "script"
            reason = Message(N_("Questions of the type “%(type)s” cannot be held yet."), {"type": kind})
            self.report("unsupported-type", reason, value=kind)
            return
        try:
            public, secret = self._single(responses[0]) if len(responses) == 1 else self._passage(responses)
        except Unreadable as wrong:
            self.report(wrong.code, wrong.reason, value=wrong.value)
            return
        explanation = "\n".join(text for text in (secret.explanation, self._solutions()) if text)
        if any(local(item) in HINTS for item in self.element.iter()):
            self.changed(N_("Hints between several tries are not kept."))
        self._add(public, replace(secret, explanation=explanation))

    def _part(self, response: etree._Element, whole: etree._Element) -> Part:
        reader: Callable[[Reading, str], Part] = READERS[local(response)]
        return reader(Reading(response, self.texts, self.changed), self._html(shown_html(whole)))

    def _html(self, text: str) -> str:
        return self.texts.html(text)

    def _single(self, response: etree._Element) -> Part:
        public, secret = self._part(response, self.element)
        if is_bare(public.stem):
            public = replace(public, stem=asked_by(label_of(response) or self.name, public.stem))
        return public, secret

    def _passage(self, responses: list[etree._Element]) -> Part:
        if are_gaps(responses):
            return gaps_of(responses, self.texts, self.changed, self._html(shown_html(self.element)))
        intro, asked = divided(self.element, responses)
        parts = []
        for number, (response, before) in enumerate(zip(responses, asked, strict=True), start=1):
            public, secret = self._part(response, response)
            stem = "\n".join(text for text in (self._html(before).strip(), public.stem.strip()) if text)
            if is_bare(stem):
                stem = asked_by(label_of(response) or f"({number})", stem)
            parts.append((replace(public, stem=stem), secret))
        stem = self._html(intro).strip() or self.name or f"(1)–({len(parts)})"
        public = PublicQuestion(QuestionType.PASSAGE, stem, parts=tuple(public for public, _ in parts))
        weights = (Decimal(1),) * len(parts)
        return public, QuestionKey(parts=tuple(secret for _, secret in parts), part_weights=weights)

    def _solutions(self) -> str:
        found = [item for item in self.element.iter() if local(item) == "solution"]
        texts = [self._html(shown_html(item, keep_all=True)).strip() for item in found]
        return "\n".join(text for text in texts if text)

    def _add(self, public: PublicQuestion, secret: QuestionKey) -> None:
        weight = number_of(str(self.element.get("weight") or ""))
        self.result.questions.append(
            Question(
                key="",
                public=public,
                secret=secret,
                topic=self.topic,
                difficulty=Difficulty.MEDIUM,
                external_id=str(self.element.get("url_name") or "").strip(),
                sheet=self.file,
                row=self.row,
                mark=weight if weight is not None and weight > 0 else None,
            )
        )
