"""Markdown of lessons to safe HTML."""

from collections.abc import Mapping

import nh3
from markdown_it import MarkdownIt

TAGS = {
    "h2", "h3", "h4", "p", "ul", "ol", "li", "strong", "em", "blockquote", "table", "thead", "tbody", "tr", "th",
    "td", "hr", "br", "img", "code", "pre",
}  # fmt: skip
ATTRIBUTES = {"img": {"src", "alt", "title"}}
_READER = MarkdownIt("commonmark", {"html": False}).enable("table")


def to_html(text: str, addresses: Mapping[str, str]) -> str:
    """Safe HTML of a Markdown text. Pictures show only from `addresses` (path in the folder -> address).

    Headings begin at level 2: the page has its own title. Links are left out: lessons stay on the page."""
    tokens = _READER.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 4)}"
        for child in token.children or ():
            if child.type == "image":
                child.attrs["src"] = addresses.get(str(child.attrs.get("src", "")), "")
    html = _READER.renderer.render(tokens, _READER.options, {})
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=set())


def character_count(text: str) -> int:
    """How many characters a reader reads: white space and Markdown's signs left out."""
    return sum(1 for sign in text if not sign.isspace() and sign not in "#*|-_>`")
