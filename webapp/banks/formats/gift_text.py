"""The outer form of GIFT: blocks of lines, comments, escapes, title, text format, the answer part."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate

ESCAPED = re.compile(r"\\([~=#{}:\\n])")
HIDDEN = 0xDC00
"""Escaped signs wait among the lone surrogates: no decoded text holds one."""

_HIDDEN_SIGNS = re.compile("[\udc00-\udc7f]")
_ENTITY_SIGN = re.compile(r"&#(?=(?:\d{1,6}|[xX][0-9A-Fa-f]{1,5});)")
"""The sign of feedback inside an entity such as &#39; is none."""
_IDENTITY = re.compile(r"\[id:((?:\\.|[^\]\\])+)\]")
_TAG = re.compile(r"\[tag:((?:\\.|[^\]\\])+)\]")
_FORMAT = re.compile(r"\[(html|moodle|plain|markdown)\]\s*", re.IGNORECASE)
_LINE_END = re.compile(r"(?<![ \t])[ \t]*\n\s*")
CATEGORY = "$CATEGORY:"
_BRACE = re.compile(r"[{}]")
_TITLED = re.compile(r"\s*::[^:\n][^\n]*?::")
_OPENED = re.compile(r"\{\s*(?:[=~#}]|(?:T|TRUE|F|FALSE)\s*[#}]|$)")
_ANSWERS = re.compile(r"\s*(?:[=~#]|(?:T|TRUE|F|FALSE)\s*(?:#|//|\Z))")
_FENCED = re.compile(r"([ \t\r\n]*)```[a-zA-Z]{0,10}[ \t]*(?=[\r\n])(.*?)```\s*", re.DOTALL)
_COMMENT = re.compile(r"\A[ \t]*//[^\n]*\n")


@dataclass
class Block:
    """One paragraph. row: its first line that is no comment. numbers: the rows of its lines. depth: braces
    that are still open. cut: how many lines stand before what follows a closing brace at a line's end.
    marks: how many :: its lines hold."""

    row: int
    lines: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    depth: int = 0
    cut: int = 0
    marks: int = 0
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
    has_braces: bool = False
    """Whether braces stand in its texts that should have been escaped."""


class BadBraces(Exception):
    """The braces of a block do not fit; the only argument says which is alone."""


class SeveralParts(Exception):
    """A block holds more than one answer part."""


def hide(text: str) -> str:
    """The text with escaped signs out of the way of control signs."""
    text = ESCAPED.sub(lambda found: chr(HIDDEN + ord(found[1])), text)
    return _ENTITY_SIGN.sub(f"&{chr(HIDDEN + ord('#'))}", text)


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


def unfenced(text: str) -> str:
    """The text without a code fence around the whole of it, as chat programs write it; lines keep their places."""
    found = _FENCED.fullmatch(text)
    return f"{found[1]}{found[2]}" if found else text


def is_category(line: str) -> bool:
    """Whether a line sets the category for what follows."""
    return line[: len(CATEGORY)].upper() == CATEGORY


def blocks(text: str) -> Iterator[Block]:
    """The paragraphs; a category line is one by itself. Comments only give identity and tags."""
    block, waiting = Block(0), Block(0)
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        bare = line.strip()
        if bare.startswith("//"):
            _note(block if block.row else waiting, bare)
            continue
        if not bare or is_category(bare):
            if block.row:
                yield block
            block = Block(0)
            if bare:
                yield Block(number, [bare])
            else:
                waiting = Block(0)
            continue
        if block.row and (cut := _cut(block, line)):
            rest = Block(number)
            for at, kept in zip(block.numbers[cut:], block.lines[cut:], strict=True):
                _append(rest, at, kept.removesuffix("\n"))
            block.lines = block.lines[:cut]
            yield block
            block = rest
            block.row = block.numbers[0] if block.numbers else number
        elif not block.row:
            block, waiting = Block(number, identity=waiting.identity, tags=waiting.tags), Block(0)
        _append(block, number, line)
    if block.row:
        yield block


def _cut(block: Block, line: str) -> int:
    """How many lines of the block belong to it when this line begins another question, or is the first of it
    to open braces: people leave out the empty lines between questions. 0 when the line belongs to the block."""
    if block.depth:
        return 0
    if _TITLED.match(line) and block.marks % 2 == 0:
        return len(block.lines)
    return block.cut if block.cut and _OPENED.search(hide(line).rstrip()) else 0


def _append(block: Block, number: int, line: str) -> None:
    block.lines.append(f"{line}\n")
    block.numbers.append(number)
    bare = hide(line).rstrip()
    block.marks += bare.count("::")
    block.depth = max(0, block.depth + bare.count("{") - bare.count("}"))
    if bare.endswith("}") and not block.depth:
        block.cut = len(block.lines)


def _note(block: Block, comment: str) -> None:
    found = _IDENTITY.search(comment)
    if found:
        block.identity = re.sub(r"\\(.)", r"\1", found[1]).strip()
    block.tags += [re.sub(r"\\(.)", r"\1", tag).strip() for tag in _TAG.findall(comment)]


def parts_of(block: Block) -> Parts:
    """Title, format, stem and answers (still hidden but the title). Raise BadBraces."""
    body = hide(block.body).strip()
    title = ""
    found = _FORMAT.match(body)
    if found and body.startswith("::", found.end()):
        # The sign of a format belongs behind the title; people write it before as well.
        title, ends, rest = body[found.end() + 2 :].partition("::")
        body = f"::{title}::{found.group()}{rest}" if ends else body
    if body.startswith("::"):
        title, ends, rest = body[2:].partition("::")
        title, body = (shown(_LINE_END.sub(" ", title)), rest.strip()) if ends else ("", body)
    body = _COMMENT.sub("", body)
    found = _FORMAT.match(body)
    form = found[1].lower() if found else "moodle"
    body = body[found.end() :] if found else body
    groups = _groups(body)
    if not groups:
        if "{" in body or "}" in body:
            raise BadBraces("{" if "{" in body else "}")
        return Parts(title, form, body, None, None)
    likely = [group for group in groups if _ANSWERS.match(body, group[0] + 1, group[1])]
    if len(likely) > 1:
        raise SeveralParts
    start, end = _answer_part(body, groups, likely)
    answers, after = _COMMENT.sub("", body[start + 1 : end]), body[end + 1 :]
    has_braces = any(_BRACE.search(text) for text in (body[:start], answers, after))
    return Parts(title, form, body[:start], answers, after if after.strip() else None, has_braces)


def _groups(body: str) -> list[tuple[int, int]]:
    """Where braces open and close that stand in no others. One that is never closed ends at the first closing
    one, when there are no others."""
    signs = [(found.start(), 1 if found[0] == "{" else -1) for found in _BRACE.finditer(body)]
    depths = list(
        accumulate((step for _, step in signs), lambda depth, step: max(0, depth + step), initial=0)
    )
    groups, start = [], -1
    for (at, step), before, depth in zip(signs, depths, depths[1:], strict=False):
        if step > 0 and not before:
            start = at
        elif step < 0 and before and not depth:
            groups.append((start, at))
            start = -1
    end = body.find("}", start) if start >= 0 and not groups else -1
    return [(start, end)] if end > 0 else groups


def _answer_part(body: str, groups: list[tuple[int, int]], likely: list[tuple[int, int]]) -> tuple[int, int]:
    """The braces that hold the answers: formulas may bring braces of their own. Else the first ones."""
    if likely:
        return likely[0]
    start, end = groups[-1]
    is_essay = not body[start + 1 : end].strip() and not body[end + 1 :].strip()
    return groups[-1] if is_essay else groups[0]
