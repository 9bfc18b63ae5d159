"""Texts of questions: plain text with a few inline tags, whatever HTML a file brought."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import nh3

from webapp.banks.rules.schema import MEDIA, with_tidy_tokens, words_of

INLINE = ("b", "strong", "i", "em", "u", "sub", "sup", "code")
_HTML = re.compile(
    r"</?(?:a|abbr|article|audio|b|base|blockquote|body|br|button|center|code|dd|details|div|dl|dt|em|embed|font|"
    r"form|frame|h[1-6]|head|hr|html|i|iframe|img|input|ins|label|li|link|marquee|math|meta|noscript|object|ol|"
    r"option|p|pre|s|script|section|select|small|source|span|strike|strong|style|sub|sup|svg|table|tbody|td|"
    r"template|textarea|th|thead|title|tr|track|u|ul|video)(?=[\s>/])[^<>]*>|<!--|<!\[CDATA",
    re.IGNORECASE,
)
_LINES = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h[1-6])\s*>", re.IGNORECASE)
_HARMLESS = re.compile(
    r"""</?(?:p|div|span|br|ul|ol|li)(?:\s+(?:dir|class|lang|id)="[^"<>]*")*\s*/?>""", re.IGNORECASE
)
"""Taking these out changes nothing that a reader would miss."""
_PLAIN_INLINE = re.compile(rf"&lt;(/?(?:{'|'.join(INLINE)}))&gt;", re.IGNORECASE)

_BARE = re.compile(r"\[\[shown:(picture|sound):([A-Za-z0-9_-]{1,64})\]\]")
_SHOWN = re.compile(r"\[\[shown:(picture|sound):([A-Za-z0-9_-]{1,64})(?:\|([^\[\]\n]{1,300}))?\]\]")


def clean_text(text: str) -> tuple[str, bool]:
    """The text without HTML but the inline tags; and whether anything was taken out.

    Text that only looks a little like HTML (a<b, List<String>) is left as it is. What is kept is
    plain text in which <b>, <sub> … stand as written: `to_html` makes a page's HTML of it."""
    text = with_tidy_tokens(without_controls(text))
    if not _HTML.search(text):
        return text, False
    lined = _LINES.sub("\n", text)
    cleaned = nh3.clean(
        lined, tags=set(INLINE), attributes={}, clean_content_tags={"script", "style"}, strip_comments=True
    )
    kept = html.unescape(cleaned).strip()
    bare = _HARMLESS.sub("", lined)
    only_inline = nh3.clean(bare, tags=set(INLINE), attributes={})
    return kept, html.unescape(only_inline).split() != html.unescape(bare).split()


def without_controls(text: str) -> str:
    """The text without signs that control a device; every line end is one \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
    return "".join(sign for sign in text if sign >= " " or sign in "\n\t")


@dataclass(frozen=True)
class MediaLink:
    """Where a picture or sound of a text is served: by its random public name."""

    public_name: str
    media_type: str


def links_of(rows: Mapping[str, Sequence[str]] | None) -> dict[str, MediaLink]:
    """Links by name of {name: [public name, media type]} as queries bring it."""
    return {name: MediaLink(*row) for name, row in (rows or {}).items()}


def shown(text: str, media: Mapping[str, MediaLink]) -> str:
    """The text with the names of its files replaced by their public names: what a page that may show them
    hands on. It tells nothing of what the files were called."""

    def named(match: re.Match[str]) -> str:
        link = media.get(match[1])
        if link is None:
            return match[0]
        kind = "sound" if link.media_type.startswith("audio/") else "picture"
        words = words_of(match[0])
        return f"[[shown:{kind}:{link.public_name}{'|' if words else ''}{words}]]"

    return MEDIA.sub(named, text) if media else text


def to_html(text: str, media: Mapping[str, MediaLink] | None = None, alt: str = "") -> str:
    """Safe HTML of a stored text: everything escaped but the bare inline tags, these balanced; its pictures and
    sounds. alt: what stands for those without words of their own where they cannot be seen or heard.

    Attributes never survive: only `<b>` is a tag, `<b onclick=…>` is text."""
    told: list[str] = []

    def without_words(match: re.Match[str]) -> str:
        told.append(html.escape(match[3] or alt, quote=True))
        return f"[[shown:{match[1]}:{match[2]}]]"

    # Their words are cut out first: an attribute holds no tags.
    escaped = html.escape(_SHOWN.sub(without_words, shown(text, media or {})), quote=True)
    safe = nh3.clean(_PLAIN_INLINE.sub(r"<\1>", escaped), tags=set(INLINE), attributes={})
    each = iter(told)

    def element(match: re.Match[str]) -> str:
        words = next(each, html.escape(alt, quote=True))
        if match[1] == "sound":
            return f'<audio controls preload="none" src="/media/{match[2]}" aria-label="{words}"></audio>'
        return f'<img src="/media/{match[2]}" alt="{words}" loading="lazy">'

    return _BARE.sub(element, safe)


def pictures_in(text: str) -> tuple[str, ...]:
    """The public names of the pictures in a text that `shown` made."""
    return tuple(match[2] for match in _SHOWN.finditer(text) if match[1] == "picture")


def to_plain(text: str) -> str:
    """The text without its inline tags, pictures and sounds, for titles and lists."""
    bare = _SHOWN.sub("", MEDIA.sub("", text))
    return re.sub(rf"</?(?:{'|'.join(INLINE)})>", "", bare, flags=re.IGNORECASE)
