"""A bank as Moodle XML, with its pictures and sounds; what Moodle cannot hold is told question by question."""

import base64
import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import quote

from lxml import etree

from webapp.banks.formats import sanitise
from webapp.banks.formats.moodle_cloze import needs_cloze, with_gaps
from webapp.banks.formats.moodle_types import GRADES
from webapp.banks.formats.pictures import Picture
from webapp.banks.rules.schema import (
    BLANK,
    LETTERS,
    MEDIA,
    BankFile,
    Difficulty,
    Question,
    QuestionType,
    words_of,
)
from webapp.core.problems import ERROR, WARNING, Problem
from webapp.core.words import N_, Message

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass
class MoodleFile:
    """The file, and what is not in it as it was: warnings for what changed, errors for what is left out.
    Their `column` is the key of the question."""

    content: bytes = b""
    problems: list[Problem] = field(default_factory=list)


def write_moodle(bank: BankFile, files: Mapping[str, Picture]) -> MoodleFile:
    """files: pictures and sounds by the names in the questions. Questions keep their order; each run of one
    topic stands after the category of it."""
    made = MoodleFile()
    quiz = etree.Element("quiz")
    topic: str | None = None
    for question in bank.questions:
        element = _Writer(question, files, made).element()
        if element is None:
            continue
        if question.topic != topic:
            topic = question.topic
            quiz.append(_category(topic))
        quiz.append(element)
    made.content = etree.tostring(quiz, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return made


def _category(topic: str) -> etree._Element:
    element = etree.Element("question", type="category")
    _text(_sub(element, "category"), "/".join(["$course$", "top", *filter(None, topic.split("/"))]))
    return element


def _sub(parent: etree._Element, tag: str, text: str = "", /, **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, tag, attributes)
    if text:
        element.text = _NO_XML.sub("", text)
    return element


def _text(parent: etree._Element, text: str) -> None:
    _sub(parent, "text", text)


def grade_of(share: Decimal) -> tuple[str, bool]:
    """The grade that Moodle knows nearest to a share of the mark, in percent, and whether it is the same."""
    percent = share * 100
    near = min(GRADES, key=lambda grade: abs(grade - abs(percent)))
    return f"{near.copy_sign(percent) if near else near:f}", abs(near - abs(percent)) < Decimal("0.001")


class _Writer:
    """One question → <question>."""

    def __init__(self, question: Question, files: Mapping[str, Picture], made: MoodleFile) -> None:
        self.question, self.files, self.made = question, files, made
        self.public, self.secret = question.public, question.secret

    def tell(self, reason: str, severity: str = WARNING, **params: object) -> None:
        code = "changed" if severity == WARNING else "not-written"
        self.made.problems.append(Problem(code, Message(reason, params), severity, column=self.question.key))

    def element(self) -> etree._Element | None:
        """The element, None after telling why the question is left out."""
        write: Mapping[QuestionType, tuple[str, Callable[[etree._Element], None]]] = {
            QuestionType.SINGLE: ("multichoice", self._choice),
            QuestionType.MULTIPLE: ("multichoice", self._choice),
            QuestionType.TRUE_FALSE: ("truefalse", self._true_false),
            QuestionType.FILL: ("cloze" if needs_cloze(self.question) else "shortanswer", self._fill),
            QuestionType.MATCHING: ("matching", self._matching),
            QuestionType.ORDERING: ("ordering", self._ordering),
            QuestionType.NUMERIC: ("numerical", self._numeric),
            QuestionType.ESSAY: ("essay", self._essay),
        }
        if self.public.type not in write:
            self.tell(N_("Moodle has no passage with sub-questions: the question is left out."), ERROR)
            return None
        kind, body = write[self.public.type]
        element = etree.Element("question", type=kind)
        _text(_sub(element, "name"), self._name())
        self._rich(element, "questiontext", self._stem(kind))
        self._rich(element, "generalfeedback", self.secret.explanation)
        if self.question.mark is not None and kind != "cloze":
            _sub(element, "defaultgrade", f"{self.question.mark:f}")
        _sub(element, "idnumber", self.question.key)
        body(element)
        self._picture(element)
        if self.question.tags:
            tags = _sub(element, "tags")
            for tag in self.question.tags:
                _text(_sub(tags, "tag"), tag)
        self._losses()
        return element

    def _name(self) -> str:
        plain = " ".join(sanitise.to_plain(self.public.stem).split())
        return plain[:80] or self.question.key

    def _stem(self, kind: str) -> str:
        return self.public.stem.replace(BLANK, "_____") if kind == "shortanswer" else self.public.stem

    def _rich(self, parent: etree._Element, name: str, text: str, **attributes: str) -> etree._Element:
        """A text as HTML, the files that it names beside it."""
        element = _sub(parent, name, format="html", **attributes)
        self.fill_rich(element, text)
        return element

    def fill_rich(self, element: etree._Element, text: str) -> None:
        names = [name for name in dict.fromkeys(MEDIA.findall(text)) if name in self.files]
        shown = self._html(text)
        if element.tag == "questiontext" and element.getparent().get("type") == "cloze":  # type: ignore[union-attr]
            shown = with_gaps(shown, self.question, self.tell)
        _text(element, shown)
        for name in names:
            folder, _, base = name.rpartition("/")
            path = f"/{folder}/" if folder else "/"
            content = base64.b64encode(self.files[name].content).decode()
            _sub(element, "file", content, name=base, path=path, encoding="base64")

    def _html(self, text: str) -> str:
        def tag(match: re.Match[str]) -> str:
            file = self.files.get(match[1])
            if file is None:
                return match[0]
            place = f"@@PLUGINFILE@@/{quote(match[1])}"
            words = html.escape(words_of(match[0]), quote=True)
            if file.media_type.startswith("audio/"):
                title = f' title="{words}"' if words else ""
                return f'<audio controls="controls"><source src="{place}"{title}></audio>'
            return f'<img src="{place}" alt="{words}">'

        # Tokens are cut out first: a name may hold signs that HTML escapes.
        pieces, at = [], 0
        for match in MEDIA.finditer(text):
            pieces += [sanitise.to_html(text[at : match.start()]), tag(match)]
            at = match.end()
        return "".join([*pieces, sanitise.to_html(text[at:])]).replace("\n", "<br>")

    def _answer(self, parent: etree._Element, share: Decimal, text: str, is_html: bool) -> etree._Element:
        grade, is_same = grade_of(share)
        if not is_same:
            self.tell(
                N_("Moodle knows no grade of %(share)s %%: it becomes %(grade)s."),
                share=f"{share * 100:.5g}",
                grade=grade,
            )
        if is_html:
            return self._rich(parent, "answer", text, fraction=grade)
        answer = _sub(parent, "answer", fraction=grade, format="moodle_auto_format")
        _text(answer, text)
        return answer

    def _choice(self, element: etree._Element) -> None:
        is_single = self.public.type == QuestionType.SINGLE
        _sub(element, "single", "true" if is_single else "false")
        _sub(element, "shuffleanswers", "true")
        _sub(element, "answernumbering", "ABCD")
        letters, weights = self.secret.letters, self.secret.weights
        if not is_single and not weights:
            self.tell(
                N_("In Moodle each right option brings its share of the mark, and a wrong one takes all.")
            )
        for letter, option in zip(LETTERS, self.public.options, strict=False):
            if weights:
                share = weights.get(letter, Decimal(0))
            elif letter in letters:
                share = Decimal(1) / len(letters)
            else:
                share = Decimal(0 if is_single else -1)
            self._answer(element, share, option, is_html=True)

    def _true_false(self, element: etree._Element) -> None:
        for text, truth in (("true", True), ("false", False)):
            self._answer(element, Decimal(self.secret.truth is truth), text, is_html=False)

    def _fill(self, element: etree._Element) -> None:
        rules = self.secret.fill
        if rules.any_order or rules.all_needed:
            self.tell(
                N_("Moodle marks each blank by itself: any order and “all blanks or nothing” are lost.")
            )
        if element.get("type") == "cloze":
            return  # The answers stand in the stem.
        _sub(element, "usecase", "1" if rules.case_sensitive else "0")
        (blank,) = self.secret.blanks
        shares = [(text, Decimal(1)) for text in blank.accepted] + list(blank.partial)
        for text, share in shares:
            # A * stands for any text there.
            self._answer(
                element, share, text if blank.is_pattern else text.replace("*", r"\*"), is_html=False
            )

    def _matching(self, element: etree._Element) -> None:
        _sub(element, "shuffleanswers", "true")
        rights = [self.public.options[LETTERS.index(letter)] for letter in self.secret.letters]
        extra = [option for option in self.public.options if option not in rights]
        for item, right in [
            *zip(self.public.items, rights, strict=False),
            *(("", option) for option in extra),
        ]:
            pair = self._rich(element, "subquestion", item)
            _text(_sub(pair, "answer"), self._html(right))
        if any(MEDIA.search(option) for option in self.public.options):
            self.tell(N_("Moodle shows no pictures in what items are matched with."))

    def _ordering(self, element: etree._Element) -> None:
        for number, letter in enumerate(self.secret.letters, start=1):
            self._rich(
                element, "answer", self.public.options[LETTERS.index(letter)], fraction=f"{number}.0000000"
            )

    def _numeric(self, element: etree._Element) -> None:
        for number in self.secret.numbers:
            answer = self._answer(element, number.share, f"{(number.low + number.high) / 2:f}", is_html=False)
            _sub(answer, "tolerance", f"{(number.high - number.low) / 2:f}")

    def _essay(self, element: etree._Element) -> None:
        _sub(element, "responseformat", "editor")
        reference = self.secret.reference
        if self.secret.keywords:
            self.tell(N_("The keywords are written into the information for graders."))
            reference = "\n".join(filter(None, [reference, "、".join(self.secret.keywords)]))
        self._rich(element, "graderinfo", reference)

    def _picture(self, element: etree._Element) -> None:
        picture = self.files.get(self.public.picture) if self.public.picture else None
        if picture is not None:
            _sub(element, "image", self.public.picture)
            _sub(element, "image_base64", base64.b64encode(picture.content).decode())
            if self.public.picture_alt:
                self.tell(
                    N_("The words for people who do not see the picture above the question are not written.")
                )

    def _losses(self) -> None:
        if self.question.difficulty != Difficulty.MEDIUM:
            self.tell(N_("The difficulty is not written."))
        if self.question.source:
            self.tell(N_("The source is not written."))
        if self.question.external_id not in {"", self.question.key}:
            self.tell(N_("The external identifier is not written: the key stands in its place."))
