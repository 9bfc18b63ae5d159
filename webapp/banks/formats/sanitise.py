"""Texts of questions: plain text with a few inline tags, whatever HTML a file brought."""

import html
import re

import nh3

INLINE = ("b", "strong", "i", "em", "u", "sub", "sup", "code")
_HTML = re.compile(
    r"</?(?:a|abbr|article|audio|b|base|blockquote|body|br|button|center|code|dd|details|div|dl|dt|em|embed|font|"
    r"form|frame|h[1-6]|head|hr|html|i|iframe|img|input|ins|label|li|link|marquee|math|meta|noscript|object|ol|"
    r"option|p|pre|s|script|section|select|small|source|span|strike|strong|style|sub|sup|svg|table|tbody|td|"
    r"template|textarea|th|thead|title|tr|track|u|ul|video)(?=[\s>/])[^<>]*>|<!--|<!\[CDATA",
    re.IGNORECASE,
)
_LINES = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6])\s*>", re.IGNORECASE)
_PLAIN_INLINE = re.compile(rf"&lt;(/?(?:{'|'.join(INLINE)}))&gt;", re.IGNORECASE)


def clean_text(text: str) -> tuple[str, bool]:
    """The text without HTML but the inline tags; and whether anything was taken out.

    Text that only looks a little like HTML (a<b, List<String>) is left as it is. What is kept is
    plain text in which <b>, <sub> … stand as written: `to_html` makes a page's HTML of it."""
    text = without_controls(text)
    if not _HTML.search(text):
        return text, False
    lined = _LINES.sub("\n", text)
    cleaned = nh3.clean(
        lined, tags=set(INLINE), attributes={}, clean_content_tags={"script", "style"}, strip_comments=True
    )
    kept = html.unescape(cleaned).strip()
    only_inline = nh3.clean(lined, tags={*INLINE, "p", "div", "span"}, attributes={})
    return kept, html.unescape(only_inline).strip() != lined.strip()


def without_controls(text: str) -> str:
    """The text without signs that control a device; every line end is one \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")


def to_html(text: str) -> str:
    """Safe HTML of a stored text: everything escaped but the bare inline tags, these balanced.

    Attributes never survive: only `<b>` is a tag, `<b onclick=…>` is text."""
    escaped = html.escape(text, quote=True)
    return nh3.clean(_PLAIN_INLINE.sub(r"<\1>", escaped), tags=set(INLINE), attributes={})


def to_plain(text: str) -> str:
    """The text without its inline tags, for titles and lists."""
    return re.sub(rf"</?(?:{'|'.join(INLINE)})>", "", text, flags=re.IGNORECASE)
