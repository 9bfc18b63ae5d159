"""Markdown of lessons to safe HTML."""

from collections.abc import Mapping
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "blockquote", "table", "thead", "tbody", "tr", "th",
    "td", "hr", "br", "img", "code", "pre",
}  # fmt: skip
ATTRIBUTES = {"img": {"src", "alt", "title"}}
_READER = MarkdownIt("commonmark", {"html": False}).enable("table")


def to_html(text: str, addresses: Mapping[str, str]) -> str:
    """Safe HTML of a Markdown text. Pictures show only from `addresses` (path in the folder -> address).

    The highest heading of the text becomes level 2: the page has its own title. Links are left out: lessons
    stay on the page."""
    tokens = _READER.parse(text)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    highest = min((int(token.tag[1]) for token in headings), default=1)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - highest + 2, 4)}"
    for token in tokens:
        for child in token.children or ():
            if child.type == "image":
                child.attrs["src"] = addresses.get(_picture(child), "")
    html = _READER.renderer.render(tokens, _READER.options, {})
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=set())


def pictures_of(text: str) -> tuple[str, ...]:
    """What a text names as its pictures, each once, in order."""
    found = {
        _picture(child): None
        for token in _READER.parse(text)
        for child in token.children or ()
        if child.type == "image"
    }
    return tuple(found)


def _picture(image: Token) -> str:
    """The path as it was typed: the reader has made a web address of it."""
    return unquote(str(image.attrs.get("src", "")))


def character_count(text: str) -> int:
    """How many characters a reader reads: white space and Markdown's signs left out."""
    return sum(1 for sign in text if not sign.isspace() and sign not in "#*|-_>`")
