"""XML from strangers: the only parser that the formats of this folder use.

Nothing outside the file is ever read and nothing in it is expanded: no DTD, no entities of its own, no network;
limits on size and nesting. Encodings are the ones the file declares, decoded strictly."""

import codecs
import html
import re

from lxml import etree

from webapp.banks.errors import FileRefused, refused
from webapp.banks.formats.grid import MEBIBYTE
from webapp.core.words import N_

MAX_XML_BYTES = 64 * MEBIBYTE
MAX_SIGNS = 2_000_000
"""So many < and as many = may stand in a file: each may be an element or an attribute in memory."""

VOID = frozenset({"br", "hr", "img", "input", "source", "track", "wbr", "col", "embed", "area", "param"})
_DECLARED = re.compile(
    rb"""\A\s{0,100}<\?xml\b[^>]{0,200}?\bencoding\s{0,20}=\s{0,20}["']([\w.:-]{1,40})["']"""
)
_ENCODINGS = re.compile(
    r"utf-(?:8|16|16-le|16-be|32|32-le|32-be)|ascii|iso8859-\d{1,2}|cp125\d|cp43[67]|cp850|cp86\d|cp932|cp936|"
    r"cp949|cp950|gb2312|gbk|gb18030|big5|big5hkscs|shift_jis|euc_jp|euc_kr|koi8-[rtu]|mac-roman|tis-620"
)
_DECLARATION = re.compile(r"\s{0,100}<\?xml\s[^<>]{0,300}\?>")
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)
_KNOWN_DOCTYPE = re.compile(
    r"""<!DOCTYPE\s+questestinterop\s+(?:SYSTEM|PUBLIC\s+["'][^"'<>\[\]]{0,200}["'])\s+"""
    r"""["'](?:[\w./:-]{0,200}/)?(?:ims_)?qti\w{0,20}\.dtd["']\s*(?:\[([^\]]{0,5000})\]\s*)?>""",
    re.IGNORECASE,
)
_MADE_HERE = re.compile(r"<!ENTITY|<!\[|<\?|%", re.IGNORECASE)
"""What a document type can bring into the text or draw from elsewhere."""


def parse_xml(content: bytes, file: str) -> etree._Element:
    """The root element of a file, without comments and processing instructions.

    file: its name, for problems. Raise FileRefused with line and column: not well-formed, not decodable, a
    DTD or entities of its own, too large, nested too deep. A DOCTYPE that only names the IMS question format
    or lists elements of it is taken out, unread: programs write it as a matter of course."""
    if len(content) > MAX_XML_BYTES:
        raise _too_large(file)
    text = decode_xml(content, file)
    if text.count("<") > MAX_SIGNS or text.count("=") > MAX_SIGNS:
        raise _too_large(file)
    text = _without_doctype(text, file)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(error, text, file) from error


def decode_xml(content: bytes, file: str) -> str:
    """The text of an XML file: by its byte order mark, else by the encoding it declares, else UTF-8.

    Nothing is replaced. Raise FileRefused with line and column of the first sign that cannot be read."""
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "") or _declared(
        content, file
    )
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        before = content[: error.start].decode(encoding, "ignore")
        raise refused(
            "not-text",
            file,
            N_(
                "The file says that it is %(encoding)s text, but row %(row)s, character %(character)s is not."
            ),
            N_("Save it as UTF-8 in the program it comes from."),
            row=before.count("\n") + 1,
            column=str(len(before) - before.rfind("\n")),
            encoding=error.encoding,
            character=len(before) - before.rfind("\n"),
        ) from error
    text = text.removeprefix("\ufeff")
    declaration = _DECLARATION.match(text)
    if declaration is None:
        return text
    # It has been obeyed. Blanks in its place keep lines and columns true, and blanks before it forgiven.
    return re.sub(r"[^\r\n]", " ", declaration.group()) + text[declaration.end() :]


def _declared(content: bytes, file: str) -> str:
    found = _DECLARED.match(content)
    if not found:
        return "utf-8"
    label = found.group(1).decode("ascii")
    try:
        name = codecs.lookup(label).name
    except LookupError:
        name = ""
    if name.startswith(("utf-16", "utf-32")):
        # Its signs were just read as single bytes: programs write this declaration into UTF-8 files.
        return "utf-8"
    if not _ENCODINGS.fullmatch(name):
        raise refused(
            "encoding-unknown",
            file,
            N_("The file says that its text is encoded as “%(encoding)s”, which is not read here."),
            N_("Save it as UTF-8 in the program it comes from."),
            row=1,
            encoding=label,
        )
    return _WIDER.get(name, name)


def _without_doctype(text: str, file: str) -> str:
    """Look through what may stand before the root element for a document type. A known one becomes blanks, so
    that the parser never meets it and lines and columns stay true; any other is refused."""
    place = 0
    while True:
        place = _after_blanks(text, place)
        if text.startswith("<?", place):
            end, sign = text.find("?>", place), 2
        elif text.startswith("<!--", place):
            end, sign = text.find("-->", place + 4), 3
        elif text[place : place + 9].upper() == "<!DOCTYPE":
            known = _KNOWN_DOCTYPE.match(text, place)
            if known and not _MADE_HERE.search(known[1] or ""):
                return text[:place] + re.sub(r"[^\r\n]", " ", known[0]) + text[known.end() :]
            raise refused(
                "dtd",
                file,
                N_("The file declares a document type (DTD) or entities, which are never read here."),
                N_("Save it again without the <!DOCTYPE …> line."),
                row=text.count("\n", 0, place) + 1,
                column=str(place - text.rfind("\n", 0, place)),
            )
        elif text.startswith("<!", place):
            end, sign = text.find(">", place), 1
        else:
            return text
        if end < 0:
            return text
        place = end + sign


def _after_blanks(text: str, place: int) -> int:
    while place < len(text) and text[place] in " \t\r\n":
        place += 1
    return place


def _not_well_formed(error: etree.XMLSyntaxError, text: str, file: str) -> FileRefused:
    row, column = error.position if error.position else (error.lineno or 1, error.offset or 1)
    if "Excessive depth" in str(error.msg):
        return refused(
            "too-deep",
            file,
            N_("The elements of this file are nested deeper than this system reads."),
            row=row,
            column=str(column),
        )
    lines = text.count("\n") + 1
    return refused(
        "not-well-formed",
        file,
        N_("The XML is not well-formed at line %(row)s, column %(column)s: %(error)s"),
        N_("Mend this place, or export the file again from the program it comes from."),
        row=min(max(row, 1), lines),
        column=str(max(column, 1)),
        error=re.sub(r", line \d+, column \d+.*$", "", str(error.msg or "")),
    )


def _too_large(file: str) -> FileRefused:
    return refused(
        "too-large-inside",
        file,
        N_("The file unpacks to more than this system reads."),
        N_("Divide it into several files."),
    )


def local(element: etree._Element) -> str:
    """The name of an element without namespace; '' for what is no element."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def line(element: etree._Element) -> int:
    """The line of the file where an element starts, from 1."""
    # The stubs leave the type open; an element that was parsed has a line.
    number: object = element.sourceline
    return number if isinstance(number, int) else 1


def text_of(element: etree._Element | None) -> str:
    """All text inside an element, '' for none."""
    return "" if element is None else "".join(piece for piece in element.itertext() if isinstance(piece, str))


def inner_html(element: etree._Element) -> str:
    """What stands inside an element: its bare text if it holds no elements (that may be HTML a program wrote
    as text), else HTML without namespaces and prefixes in which signs of the text are escaped."""
    if len(element) == 0:
        return element.text or ""
    pieces = [html.escape(element.text or "", quote=False)]
    for event, item in etree.iterwalk(element, events=("start", "end")):
        if item is element:
            continue
        name = local(item)
        if not name:
            pieces.append(str(item.text or "") if event == "start" else "")
        elif event == "start":
            pieces.append(f"<{name}{_attributes(item)}>" + html.escape(item.text or "", quote=False))
        elif name.lower() not in VOID:
            pieces.append(f"</{name}>")
        if event == "end":
            pieces.append(html.escape(item.tail or "", quote=False))
    return "".join(pieces)


def _attributes(element: etree._Element) -> str:
    return "".join(
        f' {str(name).rpartition("}")[2]}="{html.escape(str(value))}"'
        for name, value in element.attrib.items()
    )
