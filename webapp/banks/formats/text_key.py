"""Answers that stand together at the end of a text: `1-5 ABCDE`, `1.A 2.B`, one a line."""

import re

from webapp.banks.formats.notation import fold_width
from webapp.banks.formats.text_marks import number_at

_RANGE = re.compile(r"(\d{1,5})\s*[-~—–～至]{1,2}\s*(\d{1,5})\s*(?:题)?\s*[.、:]?\s*")
_SIGNS = "A-Z√×✓✗✔✘对错"
_RANGE_LINE = re.compile(
    rf"\d{{1,5}}\s*+[-~—–～至]{{1,2}}\s*+\d{{1,5}}\s*+(?:题\s*+)?(?:[.、:]\s*+)?[{_SIGNS}]"
)
_PAIR = re.compile(
    r"(\d{1,5})\s*+(?:[.、:)]\s*+)?([A-Z]{1,10}|[√×✓✗✔✘对错]|正确|错误)(?=[\s,;。.]|\d|$)[\s,;。.]*"
)
_HEAD = re.compile(
    r"[【\[(]?\s*(?:附\s*[:.、]?\s*)?[^:。?,]{0,20}?(?:参考答案|标准答案|正确答案|试题答案|答案)"
    r"(?:及|与|和)?(?:解析|评分标准|评分)?\s*[】\])]?\s*:?\s*"
)


def is_key_head(text: str) -> bool:
    """'参考答案', '附：答案与解析': a line that may open the key of the whole file."""
    return len(text) <= 40 and _HEAD.fullmatch(fold_width(text)) is not None


def inline_key(text: str) -> str:
    """The answers on the line of the head itself, '参考答案：1-5 ABCDE 6-10 …'; '' for none."""
    folded = fold_width(text)
    found = re.match(
        r"[【\[(]?\s*(?:附\s*[:.、]?\s*)?(?:参考|标准|正确|试题)?答案\s*[】\])]?\s*:?\s*(?=\d)", folded
    )
    rest = text[found.end() :] if found else ""
    return rest if rest and (_RANGE_LINE.match(fold_width(rest)) or len(pairs_of(rest)) >= 2) else ""


def is_key_line(text: str) -> bool:
    """A line that can be nothing but answers of several questions."""
    folded = fold_width(text)
    if _RANGE_LINE.match(folded):
        return True
    return len(pairs_of(text)) >= 2


def pairs_of(text: str) -> list[tuple[int, str]]:
    """'1.A 2.BC 3.√' → [(1, 'A'), (2, 'BC'), (3, '√')]; [] when anything else stands on the line."""
    folded, at = fold_width(text).strip(), 0
    found = []
    while at < len(folded):
        pair = _PAIR.match(folded, at)
        if pair is None:
            return []
        found.append((int(pair[1]), pair[2]))
        at = pair.end()
    return found


def answers_of(text: str) -> list[tuple[int, str]]:
    """The numbered answers of a line of a key; [] for a line that brings none. One that stands for several
    questions gives one sign a question, or one word where words are divided by spaces."""
    folded = fold_width(text).strip()
    ranges = list(_RANGE.finditer(folded))
    if ranges and ranges[0].start() == 0:
        found = []
        for index, one in enumerate(ranges):
            end = ranges[index + 1].start() if index + 1 < len(ranges) else len(folded)
            part = folded[one.end() : end]
            alone = re.search(r"(?<=[^\d\s])[\s,;。]+(?=\d{1,5}\s*[.、:)]?\s*[A-Z√×✓✗✔✘对错])", part)
            found += _spread(int(one[1]), int(one[2]), part[: alone.start()] if alone else part)
            if alone:
                found += pairs_of(part[alone.end() :])
        return found
    pairs = pairs_of(text)
    if pairs:
        return pairs
    numbered = number_at(text)
    return [numbered] if numbered else []


def _spread(first: int, last: int, text: str) -> list[tuple[int, str]]:
    """Answers of a range. A count that does not fit gives none: the questions will be missed by number."""
    count = last - first + 1
    words = [word for word in re.split(r"[\s,;、。]+", text.strip()) if word]
    signs = [sign for sign in "".join(words) if sign.isalpha() or sign in "√×✓✗✔✘"]
    for parts in (words, signs):
        if len(parts) == count:
            return list(zip(range(first, last + 1), parts, strict=True))
    return []
