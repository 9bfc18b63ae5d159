"""Formulas in MathML as lines of text: what our pages show of them is <sup> and <sub>."""

from typing import Protocol

from webapp.banks.formats.qti2_model import Element
from webapp.banks.formats.xml import local, text_of

TOKENS = frozenset({"mi", "mn", "mo", "mtext", "ms"})
ROWS = frozenset({"mrow", "mstyle", "mpadded", "semantics", "math", "menclose"})
LEFT_OUT = frozenset({"annotation", "annotation-xml", "annotationXml", "mphantom", "mspace", "none"})
UNSEEN = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064"))
MAX_DEPTH = 60


class Builder(Protocol):
    """What a text is gathered in: `put` takes text, `tag` a tag."""

    def put(self, text: str) -> None: ...
    def tag(self, tag: str) -> None: ...


def put_formula(builder: Builder, formula: Element) -> None:
    """Put a <math> into a text. What has no line of its own (a table, an arrow above) keeps its signs within
    <math>, so that the cleaning of texts says that something was taken out."""
    is_plain = _is_plain(formula)
    if not is_plain:
        builder.tag("<math>")
    _put(builder, formula, 0)
    if not is_plain:
        builder.tag("</math>")


def _is_plain(formula: Element) -> bool:
    known = TOKENS | ROWS | LEFT_OUT | {"msup", "msub", "msubsup", "mfrac", "msqrt", "mroot", "mfenced"}
    return all(local(one) in known for one in formula.iter() if local(one))


def _put(builder: Builder, element: Element, depth: int) -> None:
    name = local(element)
    parts = [child for child in element if local(child) and local(child) not in LEFT_OUT]
    if name in LEFT_OUT or depth > MAX_DEPTH:
        return
    if name in TOKENS:
        builder.put(" ".join(text_of(element).split()).translate(UNSEEN))
    elif name in {"msup", "msub"} and len(parts) == 2:
        _put(builder, parts[0], depth + 1)
        _raised(builder, parts[1], "sup" if name == "msup" else "sub", depth)
    elif name == "msubsup" and len(parts) == 3:
        _put(builder, parts[0], depth + 1)
        _raised(builder, parts[1], "sub", depth)
        _raised(builder, parts[2], "sup", depth)
    elif name == "mfrac" and len(parts) == 2:
        _in_brackets(builder, parts[0], depth)
        builder.put("/")
        _in_brackets(builder, parts[1], depth)
    elif name == "msqrt":
        builder.put("√(")
        _all(builder, parts, depth)
        builder.put(")")
    elif name == "mroot" and len(parts) == 2:
        _raised(builder, parts[1], "sup", depth)
        builder.put("√(")
        _put(builder, parts[0], depth + 1)
        builder.put(")")
    elif name == "mfenced":
        builder.put(str(element.get("open") or "("))
        for index, part in enumerate(parts):
            builder.put(", " if index else "")
            _put(builder, part, depth + 1)
        builder.put(str(element.get("close") or ")"))
    else:
        _all(builder, parts, depth)


def _all(builder: Builder, parts: list[Element], depth: int) -> None:
    for part in parts:
        _put(builder, part, depth + 1)


def _raised(builder: Builder, part: Element, tag: str, depth: int) -> None:
    builder.tag(f"<{tag}>")
    _put(builder, part, depth + 1)
    builder.tag(f"</{tag}>")


def _in_brackets(builder: Builder, part: Element, depth: int) -> None:
    """A single sign or number stands without brackets."""
    is_one = local(part) in TOKENS
    builder.put("" if is_one else "(")
    _put(builder, part, depth + 1)
    builder.put("" if is_one else ")")
