"""Texts of Moodle XML: their four formats, and the files that stand beside them in base64."""

import html
import re
from collections.abc import Iterator, MutableMapping
from urllib.parse import unquote

from lxml import etree

from webapp.banks.formats import pictures, sounds
from webapp.banks.formats.media import data_uri, from_base64, safe_name, tokens_in_html
from webapp.banks.formats.sanitise import clean_text, to_plain
from webapp.banks.formats.xml import inner_html, local, text_of

PLACE = "@@PLUGINFILE@@/"
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,8}|#\d{1,6}|#[xX][0-9A-Fa-f]{1,5});")
_LINE_END = re.compile(r"(?<![ \t])[ \t]*\r?\n\s*")
_END_TAGS = re.compile(r"(?:</(?:p|div|span)>|<br ?/?>| ){1,40}\Z", re.IGNORECASE)
_ONE_BLOCK = re.compile(
    r"""<(p|div)(?:\s(?:dir|class|lang|id)="[^"<>]*")*>((?:(?!</?(?:p|div|ul|ol|li|table)\b).)*)</\1>\s*""",
    re.IGNORECASE | re.DOTALL,
)
"""A text in one block is its content."""
_MARKDOWN = re.compile(r"\*\*|^\s*[-*#]\s|`|\]\(", re.MULTILINE)
SHOWN = (*pictures.SUFFIXES, *sounds.SUFFIXES)


def child(element: etree._Element | None, *names: str) -> etree._Element | None:
    """The first child of one of these names."""
    # Called some forty times for each question: a plain loop is much faster than a generator.
    if element is not None:
        for item in element:
            if local(item) in names:
                return item
    return None


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The children of these names, in order."""
    return (item for item in element if local(item) in names)


def bare(element: etree._Element | None, *names: str) -> str:
    """The text of a child without format: a number, a name; it may stand in a <text> of its own."""
    found = child(element, *names)
    inner = child(found, "text")
    return text_of(found if inner is None else inner).strip()


def open_end(text: str) -> str:
    """HTML without the end tags at its end, so that what is added stands in the last line."""
    return _END_TAGS.sub("", text)


class Texts:
    """The texts of one question. files: where bytes go by the name that tokens use. lost: linked files that a
    question cannot hold. is_markdown: whether a text uses signs of Markdown."""

    def __init__(self, files: MutableMapping[str, bytes], number: int) -> None:
        self.files, self.number = files, number
        self.lost: list[str] = []
        self.is_markdown = False

    def of(self, element: etree._Element | None, default: str = "html") -> str:
        """The text of an element that holds <text> and perhaps <file>s, as HTML or plain text with tokens."""
        inner = child(element, "text")
        if element is None:
            return ""
        form = str(element.get("format") or default).strip().lower()
        names = self._store(element)
        # Some programs forget the <text>.
        text = (element.text or "") if inner is None else inner_html(inner)
        return self.html(text, form, names)

    def html(self, text: str, form: str = "html", names: dict[str, str] | None = None) -> str:
        """A text of a format as clean_text takes it."""
        text = text.strip()
        if form in {"plain_text", "2"}:
            return f"<span>{html.escape(text, quote=False)}</span>" if "<" in text else text
        if form in {"markdown", "4"}:
            self.is_markdown = self.is_markdown or _MARKDOWN.search(text) is not None
        elif form != "moodle_auto_format" and "<pre" not in text.lower():
            text = _LINE_END.sub(" ", text)
        text = tokens_in_html(text, lambda reference: self._name(reference, names or {}))
        only = _ONE_BLOCK.fullmatch(text)
        text = only[2].strip() if only else text
        if _ENTITY.search(text):
            text = f"<span>{text}</span>"
        return text.replace("\u00a0", " ").replace("&nbsp;", " ")

    def plain(self, text: str) -> str:
        """What a person would type for a text that may be HTML."""
        return to_plain(clean_text(f"<span>{text}</span>")[0]) if "<" in text or "&" in text else text

    def _store(self, element: etree._Element) -> dict[str, str]:
        """Keep the files beside a text; name in references → name in tokens."""
        names = {}
        for item in children(element, "file"):
            path = re.sub("/{2,}", "/", f"{item.get('path') or ''}/{item.get('name') or ''}").strip("/")
            content = from_base64(text_of(item)) if (item.get("encoding") or "base64") == "base64" else None
            if path and content is not None:
                names[path] = self.keep(path, content)
        return names

    def keep(self, path: str, content: bytes) -> str:
        """Keep a file under its name, or one of its own where the name has other bytes already."""
        name = safe_name(path) or "file"
        if self.files.get(name, content) != content:
            name = f"{self.number}-{name}"
        while self.files.get(name, content) != content:
            name = f"{self.number}-{name}"
        self.files[name] = content
        return name

    def _name(self, reference: str, names: dict[str, str]) -> str:
        inside = data_uri(reference)
        if inside is not None:
            return self.keep(f"inline-{len(self.files) + 1}", inside)
        path = unquote(reference.removeprefix(PLACE)).split("?")[0].strip("/")
        name = names.get(path) or safe_name(path if reference.startswith(PLACE) else path.rpartition("/")[2])
        if name.lower().endswith(SHOWN):
            return name
        if reference.startswith(PLACE):
            self.lost.append(name)
        return ""
