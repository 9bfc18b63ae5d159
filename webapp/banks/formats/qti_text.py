"""Texts of QTI files: the content of elements, or HTML that stands in them as text, as texts of questions."""

import hashlib
import html
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import quote, unquote

from lxml import etree
from lxml import html as lxml_html

from webapp.banks.formats import sanitise
from webapp.banks.formats.mathml import put_formula
from webapp.banks.formats.media import MAX_NAME, data_uri, words_in
from webapp.banks.formats.xml import local
from webapp.banks.rules.schema import media_token

BLOCKS = frozenset(
    [
        "address",
        "article",
        "blockquote",
        "body",
        "center",
        "contentBody",
        "dd",
        "div",
        "dl",
        "dt",
        "flow",
        "flow_mat",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "html",
        "li",
        "material",
        "ol",
        "p",
        "pre",
        "prompt",
        "section",
        "ul",
    ]
)
REPORTED = frozenset(
    [
        "a",
        "abbr",
        "button",
        "details",
        "embed",
        "font",
        "form",
        "iframe",
        "input",
        "label",
        "link",
        "meta",
        "object",
        "s",
        "script",
        "select",
        "small",
        "strike",
        "style",
        "svg",
        "table",
        "tbody",
        "td",
        "template",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "tr",
    ]
)
"""What our pages cannot show: it is left in the text, so that the cleaning of texts finds and reports it."""
UNDERLINED = "qti-underline"
"""The class of QTI 3 for what has no tag of its own there."""
PLAYED = frozenset(
    {"img", "audio", "video", "object", "embed", "matimage", "mataudio", "matvideo", "matapplication"}
)
FILE_BASE = re.compile(r"^(?:\$|%24)IMS[-_]CC[-_]FILE_?BASE(?:\$|%24)/?", re.IGNORECASE)
_UNSAFE = re.compile(r"[\[\]|<>\"'&\x00-\x1f\x7f]")
_SPACES = re.compile(r"[ \t\r\n]+")
_NOT_HTML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BLOCK, _SOFT = "\x01", "\x02"

Hook = Callable[["TextBuilder", etree._Element], bool]
"""What to do with an element of the format itself: True when it was dealt with."""


class Media:
    """The files that texts refer to. members: the files of a package; base: the folder of the file that is
    read; used: what was referred to and is there, by the name in the texts."""

    def __init__(
        self, members: Mapping[str, bytes] | None = None, base: str = "", used: dict[str, bytes] | None = None
    ) -> None:
        self.members: Mapping[str, bytes] = members or {}
        self.base = base
        self.used: dict[str, bytes] = {} if used is None else used

    def token(self, reference: str, attributes: Mapping[str, str] | None = None) -> str:
        """[[media:NAME|WORDS]] for a reference; NAME is the path inside the package, WORDS what the attributes of
        the element say for people who do not see or hear it. '' for no reference.

        A reference to nothing keeps its token: what is missing is reported with the question."""
        name = self.name(reference)
        return media_token(name, words_in(attributes or {}, name)) if name else ""

    def name(self, reference: str) -> str:
        """The name under which texts know the file that is referred to."""
        reference = reference.strip()
        embedded = data_uri(reference)
        if embedded is not None:
            return self._kept(f"inline-{hashlib.sha256(embedded).hexdigest()[:16]}", embedded)
        if not reference or re.match(r"[a-z]{2,10}:", reference, re.IGNORECASE):
            return _safe(reference)
        path = unquote(FILE_BASE.sub("", reference).split("?")[0].split("#")[0])
        path = path.replace("\\", "/").lstrip("/")
        for folder in (self.base, "", "web_resources"):
            candidate = posixpath.normpath(posixpath.join(folder, path))
            if candidate in self.members:
                return self._kept(candidate, self.members[candidate])
        return _safe(posixpath.normpath(posixpath.join(self.base, path)) if path else "")

    def member(self, reference: str) -> tuple[str, bytes | None]:
        """The path of another file of the package and its content, None when it is not there."""
        path = posixpath.normpath(posixpath.join(self.base, unquote(reference)))
        return path, self.members.get(path)

    def from_root(self, path: str, reference: str) -> str:
        """A reference inside another file of the package, as this file would write it."""
        if FILE_BASE.match(reference) or re.match(r"[a-z]{2,10}:", reference, re.IGNORECASE):
            return reference
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(reference)))
        return quote(posixpath.relpath(wanted, self.base or "."))

    def _kept(self, path: str, content: bytes) -> str:
        """The name of a file that is there; another file never hides behind the same name."""
        name = _safe(path)
        if self.used.get(name, content) != content:
            name = _safe(f"{hashlib.sha256(content).hexdigest()[:16]}-{name}")
        self.used[name] = content
        return name


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name)[-MAX_NAME:]


class TextBuilder:
    """Gathers the text of elements. White space with a line break in it is one space, as in HTML; other white
    space stays; blocks and <br/> are lines; the inline tags our pages know stay tags."""

    def __init__(self, media: Media, hook: Hook | None = None, keep_underscores: bool = True) -> None:
        self.media, self.hook, self.keep_underscores = media, hook, keep_underscores
        self.pieces: list[str] = []
        self.has_tags = False
        self.depth = 0

    def text(self, text: str | None) -> None:
        """Text of the file."""
        spaced = _SPACES.sub(lambda run: _SOFT if "\n" in run[0] or "\r" in run[0] else run[0], text or "")
        if not self.keep_underscores:
            spaced = re.sub(r"_{4,}", "___", spaced)
        self.pieces.append(html.escape(spaced, quote=False))

    def put(self, text: str) -> None:
        """Text of ours, as it is: blanks, tokens, line breaks."""
        self.pieces.append(html.escape(text, quote=False))

    def block(self) -> None:
        """Begin a new line, unless one begins here already."""
        self.pieces.append(_BLOCK)

    def tag(self, tag: str) -> None:
        self.has_tags = True
        self.pieces.append(tag)

    def children(self, element: etree._Element) -> None:
        """All that stands inside an element."""
        self.text(element.text)
        for child in element:
            self.element(child)
            self.text(child.tail)

    def element(self, element: etree._Element) -> None:
        """An element with its tags, without what follows it."""
        name = local(element)
        if not name or self.depth > 200 or (self.hook and self.hook(self, element)):
            return
        self.depth += 1
        small = name.lower()
        if small == "math":
            put_formula(self, element)
        elif small == "img" and _is_formula(element):
            self.put(f"\\({_formula(element)}\\)")
        elif small in PLAYED:
            self.put(self._reference(element))
        elif small in {"rt", "rp"}:
            # How a word is read, beside it: in brackets behind it.
            self.put(f"（{plain(element)}）" if small == "rt" and plain(element) else "")
        elif small == "br":
            self.pieces.append("\n")
        elif UNDERLINED in str(element.get("class") or "").split():
            self.tag("<u>")
            self.children(element)
            self.tag("</u>")
        elif small in sanitise.INLINE or small in REPORTED:
            self.tag(f"<{small}>")
            self.children(element)
            self.tag(f"</{small}>" + (" " if small in {"td", "th"} else ""))
        elif name in BLOCKS or small in BLOCKS:
            self.block()
            self.children(element)
            self.block()
        else:
            self.children(element)
        self.depth -= 1

    def html(self, text: str) -> None:
        """HTML that stands in the file as text."""
        block = html_block(text)
        if block is not None:
            self.children(block)
        elif text.strip():
            self.text(_NOT_HTML.sub("", text))

    def _reference(self, element: etree._Element) -> str:
        inside = [child for child in element.iter() if child is not element and local(child) == "source"]
        for item in (element, *inside):
            for attribute in ("src", "data", "uri", "href"):
                if item.get(attribute):
                    told = {str(key).lower(): str(value) for key, value in (*item.items(), *element.items())}
                    return self.media.token(str(item.get(attribute)), told)
        return ""

    def result(self) -> str:
        """The text: plain, or HTML when it holds tags (`files.py` cleans it)."""
        text = _laid_out("".join(self.pieces))
        if self.has_tags:
            return text
        plain = html.unescape(text)
        # What only reads like HTML was text in the file and stays text.
        return plain if sanitise.clean_text(plain) == (plain, False) else f"<span>{text}</span>"


def html_block(text: str) -> etree._Element | None:
    """HTML that stands as text, as elements inside a <div>; None for nothing, or what cannot be read."""
    clean = _NOT_HTML.sub("", text)
    if not clean.strip():
        return None
    try:
        block: etree._Element = lxml_html.fragment_fromstring(clean, create_parent="div")
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    return block


def _is_formula(image: etree._Element) -> bool:
    """Whether a picture is a formula that Canvas draws from its LaTeX, which stands beside it."""
    is_drawn = "equation_images/" in str(image.get("src") or "") or "equation_image" in str(
        image.get("class") or ""
    )
    return is_drawn and bool(_formula(image))


def _formula(image: etree._Element) -> str:
    said = str(image.get("data-equation-content") or "") or str(image.get("alt") or "").removeprefix("LaTeX:")
    return said.strip()


def _laid_out(text: str) -> str:
    """Soft spaces beside line breaks fall away, blocks become single line breaks, ends are trimmed."""
    lines = []
    for hard in text.split("\n"):
        blocks = [_SOFT_RUN.sub(" ", block.strip(_SOFT)) for block in hard.split(_BLOCK)]
        # White space between two blocks is none of the text; a line of spaces is.
        lines.append("\n".join(block for block in blocks if block.strip() or len(blocks) == 1))
    return "\n".join(lines).strip()


_SOFT_RUN = re.compile(f"{_SOFT}+")


def built(
    elements: Iterable[etree._Element],
    media: Media,
    hook: Hook | None = None,
    keep_underscores: bool = True,
    whole: bool = False,
) -> str:
    """The text of the contents of elements, each on lines of its own. whole: with the elements themselves."""
    builder = TextBuilder(media, hook, keep_underscores)
    for element in elements:
        builder.block()
        if whole:
            builder.element(element)
        else:
            builder.children(element)
        builder.block()
    return builder.result()


def bare(element: etree._Element, media: Media, hook: Hook | None = None) -> str:
    """The text of an element without tags, also of HTML that stands in it as text."""
    return " ".join(sanitise.to_plain(sanitise.clean_text(built([element], media, hook))[0]).split())


def plain(element: etree._Element) -> str:
    """The bare text of an element, for answers that are compared: no tags, single spaces."""
    return " ".join("".join(piece for piece in element.itertext() if isinstance(piece, str)).split())
