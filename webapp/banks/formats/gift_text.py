"""The outer form of GIFT: blocks of lines, comments, escapes, title, text format, the answer part."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

ESCAPED = re.compile(r"\\([~=#{}:\\n])")
HIDDEN = 0xDC00
"""Escaped signs wait among the lone surrogates: no decoded text holds one."""

_HIDDEN_SIGNS = re.compile("[\udc00-\udc7f]")
_IDENTITY = re.compile(r"\[id:((?:\\.|[^\]\\])+)\]")
_TAG = re.compile(r"\[tag:((?:\\.|[^\]\\])+)\]")
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]\s*", re.IGNORECASE)
_LINE_END = re.compile(r"(?<![ \t])[ \t]*\n\s*")
CATEGORY = "$CATEGORY:"


@dataclass
class Block:
    """One paragraph. row: its first line that is no comment."""

    row: int
    lines: list[str] = field(default_factory=list)
    identity: str = ""
    tags: list[str] = field(default_factory=list)

    @property
    def body(self) -> str:
        return "".join(self.lines)


@dataclass(frozen=True)
class Parts:
    """A block taken apart. answers: None without braces. after: the text behind the braces, None without
    any. form: html, moodle, plain or markdown."""

    title: str
    form: str
    stem: str
    answers: str | None
    after: str | None


class BadBraces(Exception):
    """The braces of a block do not fit; the only argument says which is alone."""


def hide(text: str) -> str:
    """The text with escaped signs out of the way of control signs."""
    return ESCAPED.sub(lambda found: chr(HIDDEN + ord(found[1])), text)


def shown(text: str) -> str:
    """Undo `hide`: the signs that were meant; the escape of n is a new line."""
    signs = _HIDDEN_SIGNS.sub(lambda found: _meant(chr(ord(found[0]) - HIDDEN)), text)
    return signs.strip()


def _meant(sign: str) -> str:
    return "\n" if sign == "n" else sign


def formatted(text: str, form: str) -> tuple[str, str]:
    """A text (still hidden) without its format prefix, lines joined where the format ignores line ends."""
    found = _FORMAT.match(text.strip())
    bare, form = (text.strip()[found.end() :], found[1].lower()) if found else (text, form)
    bare = bare.strip("\n") if form == "markdown" else _LINE_END.sub(" ", bare)
    return shown(bare), form


def category_of(text: str) -> str:
    """'$course$/top/A/B' → 'A/B'. A doubled slash is part of a name: it becomes a wide one."""
    levels = [level.strip() for level in shown(hide(text)).replace("//", "／").split("/")]
    levels = [level for level in levels if level]
    if levels and re.fullmatch(r"\$\w+\$", levels[0]):
        levels.pop(0)
    if levels and levels[0].lower() == "top":
        levels.pop(0)
    return "/".join(levels)


def blocks(text: str) -> Iterator[Block]:
    """The paragraphs; a category line is one by itself. Comments only give identity and tags."""
    block, waiting = Block(0), Block(0)
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        bare = line.strip()
        if bare.startswith("//"):
            _note(block if block.row else waiting, bare)
            continue
        if not bare or bare.startswith(CATEGORY):
            if block.row:
                yield block
            block = Block(0)
            if bare:
                yield Block(number, [bare])
            else:
                waiting = Block(0)
            continue
        if not block.row:
            block, waiting = Block(number, [], waiting.identity, waiting.tags), Block(0)
        block.lines.append(f"{line}\n")
    if block.row:
        yield block


def _note(block: Block, comment: str) -> None:
    found = _IDENTITY.search(comment)
    if found:
        block.identity = re.sub(r"\\(.)", r"\1", found[1]).strip()
    block.tags += [re.sub(r"\\(.)", r"\1", tag).strip() for tag in _TAG.findall(comment)]


def parts_of(block: Block) -> Parts:
    """Title, format, stem and answers (still hidden but the title). Raise BadBraces."""
    body = hide(block.body).strip()
    title = ""
    if body.startswith("::"):
        title, ends, rest = body[2:].partition("::")
        title, body = (shown(_LINE_END.sub(" ", title)), rest.strip()) if ends else ("", body)
    found = _FORMAT.match(body)
    form = found[1].lower() if found else "moodle"
    body = body[found.end() :] if found else body
    start, end = body.find("{"), body.rfind("}")
    if start < 0 and end < 0:
        return Parts(title, form, body, None, None)
    if start < 0 or end < start:
        raise BadBraces("}" if start < 0 else "{")
    end = body.find("}", start)
    after = body[end + 1 :]
    return Parts(title, form, body[:start], body[start + 1 : end], after if after.strip() else None)
