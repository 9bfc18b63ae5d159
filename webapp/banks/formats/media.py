"""Pictures and sounds inside texts: from a file's HTML to [[media:NAME|WORDS]], and from bytes to what is served."""

import base64
import binascii
import html
import re
from collections.abc import Callable, Mapping, MutableMapping
from urllib.parse import unquote

from webapp.banks.formats import pictures, sounds
from webapp.banks.formats.pictures import Picture
from webapp.banks.rules.schema import MEDIA, media_token, words_of

_TAG = re.compile(r"<(img|audio|video|source|object|embed|a)\b([^<>]*)>", re.IGNORECASE)
_REFERENCE = re.compile(r"""\b(src|data|href)\s{0,5}=\s{0,5}("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_DATA = re.compile(r"data:[\w.+-]{0,60}/[\w.+-]{0,60}(?:;[\w=.-]{1,60}){0,4};base64,", re.IGNORECASE)
_WORDS = re.compile(
    r"""(?<![\w-])(alt|aria-label|title)\s{0,5}=\s{0,5}("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE
)
_UNSAFE = re.compile(r"[\[\]|<>\"'&\x00-\x1f\x7f]")
MAX_NAME = 120


def safe_name(reference: str) -> str:
    """The name of the file that a reference in HTML means: decoded, without a way out of its folder, without
    signs that would end a token. '' for none."""
    name = unquote(html.unescape(reference)).replace("\\", "/").split("?")[0].split("#")[0]
    parts = [part for part in _UNSAFE.sub("_", name).split("/") if part.strip() not in {"", ".", ".."}]
    return "/".join(parts)[-MAX_NAME:].lstrip("/").strip()


def base_name(reference: str) -> str:
    """The bare name of the file that a reference means, without folders: 'word/media/a%20b.png?x' → 'a b.png'."""
    return safe_name(reference).rpartition("/")[2].strip()


def words_in(attributes: Mapping[str, str], name: str) -> str:
    """What attributes of HTML say for people who do not see or hear a file. Its mere name says nothing."""
    bare = name.rpartition("/")[2]
    for attribute in ("alt", "aria-label", "title"):
        words = attributes.get(attribute, "").strip()
        if words and words not in {name, bare, bare.rpartition(".")[0]}:
            return words
    return ""


def tokens_in_html(text: str, name_of: Callable[[str], str], may_link: bool = True) -> str:
    """HTML with a token in the place of each picture, sound or video that it refers to.

    name_of: reference as decoded text → name of the file, '' to leave the tag as it is. It is asked for links
    (<a href>) too, whose words are kept after the token; without may_link, links stay as they are."""

    def replaced(match: re.Match[str]) -> str:
        if match[1].lower() == "a" and not may_link:
            return match[0]
        for reference in _REFERENCE.finditer(match[2]):
            attribute, value = reference[1].lower(), _value(reference[2])
            wanted = {"a": "href", "object": "data"}.get(match[1].lower(), "src")
            name = name_of(value) if attribute == wanted and value.strip() else ""
            if name:
                is_link = match[1].lower() == "a"
                told = {found[1].lower(): _value(found[2]) for found in _WORDS.finditer(match[2])}
                return media_token(name, "" if is_link else words_in(told, name)) + (
                    match[0] if is_link else ""
                )
        return match[0]

    return _TAG.sub(replaced, text)


def _value(quoted: str) -> str:
    return html.unescape(quoted.strip("\"'"))


def with_words(text: str, words: Mapping[str, str]) -> str:
    """The text with words in those of its tokens that have none. words: by name."""
    return MEDIA.sub(lambda found: media_token(found[1], words_of(found[0]) or words.get(found[1], "")), text)


def with_tokens(text: str, files: MutableMapping[str, bytes]) -> str:
    """HTML of a lone file with a token for each picture or sound, by its bare name; links stay links. What the
    text carries itself (data:) goes into files."""

    def name_of(reference: str) -> str:
        inside = data_uri(reference)
        if inside is None:
            return "" if reference.startswith("data:") else base_name(reference)
        name = f"inline-{len(files) + 1}"
        files[name] = inside
        return name

    return tokens_in_html(text, name_of, may_link=False)


def data_uri(reference: str) -> bytes | None:
    """The bytes of a data: address, None when it is none."""
    found = _DATA.match(reference)
    return from_base64(unquote(reference[found.end() :])) if found else None


def from_base64(text: str) -> bytes | None:
    """Bytes of a base64 text with any white space in it; None when it is damaged."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def checked(content: bytes) -> Picture | None:
    """A picture or sound as it will be served, None when it is neither. Raise sounds.NoEncoder."""
    return sounds.checked(content) if sounds.kind_of(content) else pictures.checked(content)
