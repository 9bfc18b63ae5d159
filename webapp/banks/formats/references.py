"""Pictures and sounds that an HTML text names, as tokens of ours."""

import base64
import binascii
import html
import re
from collections.abc import MutableMapping
from urllib.parse import unquote

_TAG = re.compile(r"<(?:img|audio|video|source|object|embed)\b[^<>]*>", re.IGNORECASE)
_SOURCE = re.compile(r"""\s(?:src|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""", re.IGNORECASE)
_DATA = re.compile(r"data:(?:image|audio|video)/([a-z0-9]{1,10})[^,;]{0,40};base64,", re.IGNORECASE)
_UNSAFE = re.compile(r"[\[\]\n\r\t]")
PLACE = "@@PLUGINFILE@@/"


def media_name(source: str) -> str:
    """The file name of a reference: '@@PLUGINFILE@@/a%20b.png?x' → 'a b.png'."""
    path = unquote(html.unescape(source)).split("?")[0].split("#")[0]
    return _UNSAFE.sub("_", path.rsplit("/", 1)[-1])[:200].strip()


def with_tokens(text: str, files: MutableMapping[str, bytes]) -> str:
    """The text with [[media:NAME]] for each tag that shows a file. What a text carries itself (data:) goes
    into files."""

    def token(tag: re.Match[str]) -> str:
        source = _SOURCE.search(tag[0])
        if source is None:
            return tag[0]
        address = next(part for part in source.groups() if part is not None)
        inside = _DATA.match(address)
        if inside is None:
            name = media_name(address)
            return f"[[media:{name}]]" if name else ""
        try:
            content = base64.b64decode(address[inside.end() :])
        except (binascii.Error, ValueError):
            return ""
        name = f"inline-{len(files) + 1}.{inside[1].lower()}"
        files[name] = content
        return f"[[media:{name}]]"

    return _TAG.sub(token, text)
