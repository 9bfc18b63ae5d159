"""Moodle XML, what Moodle exports and many systems write (FORMATS section 9)."""

from dataclasses import replace
from decimal import Decimal

from lxml import etree

from webapp.banks.errors import refused
from webapp.banks.formats.entries import number_of
from webapp.banks.formats.gift_text import category_of
from webapp.banks.formats.media import from_base64, safe_name
from webapp.banks.formats.moodle_plugins import PLUGINS
from webapp.banks.formats.moodle_text import Texts, bare, child, children
from webapp.banks.formats.moodle_types import READERS, Reading, Wrong
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.formats.xml import line, local, parse_xml, text_of
from webapp.banks.rules.schema import Difficulty, PublicQuestion, Question, QuestionKey, TopicTitle
from webapp.core.problems import ERROR, WARNING, Problem, shorten
from webapp.core.words import N_, Message

_DEFAULT_FEEDBACK = frozenset(
    {
        "your answer is correct",
        "your answer is partially correct",
        "your answer is incorrect",
        "回答正确",
        "部分正确",
        "回答错误",
        "您的答案正确",
        "您的答案部分正确",
        "您的答案错误",
        "你的回答正确",
        "你的回答部分正确",
        "你的回答错误",
        "您的回答正确",
        "您的回答部分正确",
        "您的回答错误",
        "votre réponse est correcte",
        "votre réponse est partiellement correcte",
        "votre réponse est incorrecte",
        "die antwort ist richtig",
        "die antwort ist teilweise richtig",
        "die antwort ist falsch",
        "respuesta correcta",
        "respuesta parcialmente correcta",
        "respuesta incorrecta",
        "sua resposta está correta",
        "sua resposta está parcialmente correta",
        "sua resposta está incorreta",
        "risposta corretta",
        "risposta parzialmente esatta",
        "risposta errata",
        "ваш ответ верный",
        "ваш ответ частично правильный",
        "ваш ответ неправильный",
    }
)
MAX_MARK = Decimal(100_000)


def read_moodle_xml(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The questions of a Moodle XML file. Raise FileRefused: no XML, or another kind of XML."""
    root = parse_xml(content, file)
    # A question alone is what Moodle writes for a single one in some places.
    elements = [root] if local(root) == "question" and root.get("type") else list(children(root, "question"))
    if local(root) != "quiz" and elements != [root]:
        raise refused("wrong-kind", file, N_("The file holds no <quiz> of Moodle."), row=line(root))
    if not elements:
        raise refused("no-questions", file, N_("This <quiz> holds no <question>."), row=line(root))
    result, topic = FormatResult(), ""
    # A file without line ends has all questions in one line: then their numbers are the places.
    is_by_line = len({line(element) for element in elements}) == len(elements)
    for number, element in enumerate(elements, start=1):
        kind = str(element.get("type") or "").strip().lower()
        if kind == "category":
            topic = _category(element, result)
        elif kind == "description":
            name = bare(element, "name") or shorten(bare(element, "questiontext"))
            result.skipped.append(Skipped(name, Message(N_("This is a text without a question."))))
        else:
            result.rows += 1
            row = line(element) if is_by_line else number
            _Item(element, kind, (file, row, topic), result).read()
    return result


def _category(element: etree._Element, result: FormatResult) -> str:
    """The path of a category for what follows; its description has no place with us and is named."""
    topic = category_of(bare(element, "category"))
    if topic and topic not in {item.key for item in result.topics}:
        result.topics.append(TopicTitle(topic, topic))
        if bare(element, "info") or bare(element, "idnumber"):
            why = Message(N_("The description and the identifier of this category are not kept."))
            result.skipped.append(Skipped(topic, why))
    return topic


class _Item:
    """One <question> → a question of ours, or what is wrong with it."""

    def __init__(
        self, element: etree._Element, kind: str, place: tuple[str, int, str], result: FormatResult
    ) -> None:
        self.element, self.kind, self.result = element, kind, result
        self.file, self.row, self.topic = place
        self.name = bare(element, "name")

    def report(
        self,
        code: str,
        reason: Message,
        severity: str = ERROR,
        value: object = "",
        hint: Message | None = None,
    ) -> None:
        # All stand at the line of their question, and the column names it as its authors know it.
        self.result.problems.append(
            Problem(code, reason, severity, self.file, self.file, self.row, self.name, shorten(value), hint)
        )

    def changed(self, reason: str, value: object = "", **params: object) -> None:
        """Something the file says and we cannot hold."""
        self.report("changed", Message(reason, params), WARNING, value)

    def read(self) -> None:
        """Add the question or its problems to the result."""
        reader = READERS.get(self.kind) or PLUGINS.get(self.kind)
        if reader is None:
            reason = Message(N_("Questions of the type “%(type)s” cannot be held yet."), {"type": self.kind})
            self.report("unsupported-type", reason, value=self.name or self.kind)
            return
        texts = Texts(self.result.files, self.result.rows)
        place = Reading(self.element, self.file, self.row, texts, self.result, self.changed)
        try:
            public, secret, mark = reader(place)
        except Wrong as wrong:
            if wrong.code:
                self.report(wrong.code, wrong.reason, value=wrong.value, hint=wrong.hint)
            return
        mark = self._mark() if child(self.element, "defaultgrade") is not None or mark is None else mark
        general = texts.of(child(self.element, "generalfeedback"))
        explanation = "\n".join(text for text in (secret.explanation, general) if text)
        public = replace(public, picture=self._old_picture())
        self._add(public, replace(secret, explanation=explanation), mark)
        self._losses(texts)

    def _add(self, public: PublicQuestion, secret: QuestionKey, mark: Decimal | None) -> None:
        tags = [
            bare(tag, "text") or text_of(tag).strip()
            for tags in children(self.element, "tags")
            for tag in tags
        ]
        self.result.questions.append(
            Question(
                key="",
                public=public,
                secret=secret,
                topic=self.topic,
                difficulty=Difficulty.MEDIUM,
                tags=tuple(dict.fromkeys(tag for tag in tags if tag)),
                external_id=bare(self.element, "idnumber"),
                sheet=self.file,
                row=self.row,
                mark=mark,
            )
        )

    def _mark(self) -> Decimal | None:
        text = bare(self.element, "defaultgrade")
        mark = number_of(text.replace(",", ".")) if text else None
        if text and (mark is None or not 0 <= mark <= MAX_MARK):
            self.report("bad-mark", Message(N_("The mark is not a number above 0.")), value=text)
            return None
        if mark is None or mark == 0:
            if text:
                self.changed(N_("The question brings no mark there; here it has the mark of its exam."), text)
            return None
        return mark.quantize(Decimal(1)) if mark == mark.to_integral_value() else mark.normalize()

    def _old_picture(self) -> str:
        """Files of old versions: <image> and <image_base64> beside the texts."""
        name = safe_name(bare(self.element, "image"))
        content = from_base64(bare(self.element, "image_base64"))
        if name and content:
            return Texts(self.result.files, self.result.rows).keep(name, content)
        return name

    def _losses(self, texts: Texts) -> None:
        if child(self.element, "hint") is not None and any(
            bare(hint, "text") for hint in children(self.element, "hint")
        ):
            self.changed(N_("Hints between several tries are not kept."))
        feedback = [
            bare(self.element, name)
            for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
        ]
        own = [
            text
            for text in feedback
            if text and texts.plain(text).strip("。.!！ ").lower() not in _DEFAULT_FEEDBACK
        ]
        if own:
            self.changed(N_("Feedback on whole answers (right, partly right, wrong) is not kept."), own[0])
        if bare(self.element, "hidden") in {"1", "true"}:
            self.changed(N_("The question is hidden there; here it is like any other."))
        if texts.is_markdown:
            reason = Message(N_("Markdown is not shown: its signs stand as they were written."))
            self.report("markdown", reason, WARNING)
        for name in dict.fromkeys(texts.lost):
            self.changed(
                N_("The linked file %(name)s is neither picture nor sound and is not kept."), name, name=name
            )
