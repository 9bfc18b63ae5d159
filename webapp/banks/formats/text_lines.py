"""Lines of a pasted text as the reader of numbered questions wants them: without Markdown, labels in capitals, an
answer that stands before its number behind it, tables of answers as pairs. Each line keeps its number."""

import re
from collections.abc import Sequence

from webapp.banks.formats.notation import fold_width
from webapp.banks.formats.text_marks import Line

_MARKDOWN = re.compile(r"#{1,6}\s+\S|>\s*\S|\*\*[^*\s]|[-*+]\s+\(?[A-Z]\s*[.、)．:：]")
_FENCE = re.compile(
    r"(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}|={3,}|:{3}.*|\|?(?:\s*:?-{2,}:?\s*\|)+\s*:?-*:?\s*\|?"
)
_BULLET = re.compile(r"(?:[-*+]\s+)(?:\[[ xX]\]\s*)?(?=\(?[A-Za-zＡ-Ｚ]\s*[.、)．:：])")
_BULLET_FIELD = re.compile(r"[-*+]\s+(?=(?:正确|参考|标准)?答案|(?:试题|答案)?解析|难度|知识点)")
_BEFORE_NUMBER = re.compile(
    r"[(（\[【]\s*([A-ZＡ-Ｚ](?:[\s,，、]*[A-ZＡ-Ｚ]){0,9}|[√×✓✗✔✘对错]|正确|错误|)\s*[)）\]】]\s*(\d{1,5}\s*[.．、:：]\s*)(?!\d)(.+)"
)
_GLUED = re.compile(
    r"((?:我|学生|考生|你)的?(?:答案|作答)\s*[:：]?[^:：]{0,80}?)(?=(?:正确|参考|标准)答案\s*[:：])"
)
_SCORE = re.compile(r"\d{1,3}(?:\.\d{1,2})?\s*分")
_SMALL = re.compile(r"(?:(?<=\s)|^)\(?([a-h])\s*[.、)．:：](?!\w*\()")
_ROW_HEAD = re.compile(r"\|?\s*(题\s*号|序\s*号|题序)\s*[|\t :：、]")
_ROW_ANSWERS = re.compile(r"\|?\s*(?:正确|参考|标准)?(?:答\s*案|选\s*项)\s*[|\t :：、]")


_MARKED = re.compile(r"[*＊√✓✔☑]\s?(\(?[A-ZＡ-Ｚ]\s*[.、)．:：].*)")
_ANSWER_ALONE = re.compile(r"[(（【\[]\s*((?:正确|参考|标准)?答案\s*[:：].{1,80}?)\s*[)）】\]]")
_CHOSEN = re.compile(r"(?:答\s*[:：]?\s*)?(?:本题)?(?:应|故)?选\s*[:：]?\s*([A-ZＡ-Ｚ]{1,8})\s*[。.]?")
_TYPE_BEHIND = re.compile(
    r"(.{1,400}?)\s{0,5}+[\[【]\s{0,5}+((?:单选|多选|判断|填空|简答|问答|不定项选择|单项选择|多项选择)题)\s{0,5}+[\]】]\s{0,5}+[*＊]?"
)
_RIGHT = re.compile(r"[(（]\s{0,5}正确答案\s{0,5}[)）]$")
_STARTS = re.compile(
    r"\d{1,5}\s*[.．、)）]|[(（]?[A-ZＡ-Ｚ]\s*[.．、)）:：]|(?:正确|参考)?答案|(?:答案)?解析|难度|知识点|【"
)


_TAG_FIRST = re.compile(
    r"([\[【(（](?:单选|多选|判断|填空|简答|问答|单项选择|多项选择)题?[\]】)）])\s{0,5}+(\d{1,5}\s{0,5}+[.．、:：])\s{0,5}+(?!\d)(.+)"
)
_STEM_FIELD = re.compile(r"(?:题目|题干|试题|问题)\s{0,5}+[:：]\s{0,5}+(.+)")
_TYPE_FIELD = re.compile(r"(?:题型|题目类型|试题类型)\s{0,5}+[:：]\s{0,5}+(\S{2,10})")


def prepared(lines: Sequence[Line]) -> list[Line]:
    """The lines in the form that is read."""
    texts = [line.text for line in lines]
    if sum(bool(_MARKDOWN.match(text)) for text in texts) >= 2:
        texts = [_without_markdown(text) for text in texts]
    if not any(re.match(r"\(?A\s*[.、)．:：]|（A）|Ａ", text) for text in texts) and any(
        re.match(r"[(（]?a\s*[.、)）．:：]", text) for text in texts
    ):
        texts = [_with_capitals(text) for text in texts]
    is_of_learner = any(_GLUED.search(text) or text.startswith(("我的答案", "学生答案")) for text in texts)
    for index, text in enumerate(texts):
        if found := _BEFORE_NUMBER.fullmatch(text):
            texts[index] = f"{found[2]}{found[3]}（{found[1]}）" if found[1] else f"{found[2]}{found[3]}"
        elif found := _TAG_FIRST.fullmatch(text):
            texts[index] = f"{found[2]}{found[1]}{found[3]}"
        elif (found := _MARKED.fullmatch(text)) and not text.startswith(("* ", "＊ ")):
            texts[index] = f"{found[1]}（√）"
        elif found := _ANSWER_ALONE.fullmatch(text):
            texts[index] = found[1]
        elif found := _CHOSEN.fullmatch(text):
            texts[index] = f"答案：{found[1]}"
        elif is_of_learner and _SCORE.fullmatch(text):
            texts[index] = ""  # What somebody got for it.
        elif is_of_learner:
            texts[index] = _GLUED.sub(r"\1 ", text)
    _join_tables(texts)
    _label_options(texts)
    _number_fields(texts)
    return [Line(line.row, text) for line, text in zip(lines, texts, strict=True)]


def _without_markdown(text: str) -> str:
    if _FENCE.fullmatch(text):
        return ""
    bare = re.sub(r"^#{1,6}\s+", "", text)
    bare = re.sub(r"^(?:>\s*)+", "", bare)
    bare = _BULLET_FIELD.sub("", _BULLET.sub("", bare, count=1), count=1)
    if bare.startswith(("**", "__")) or re.search(
        r"\*\*\s*[【\[]?(?:正确|参考|标准)?(?:答案|解析|难度|知识点)", bare
    ):
        bare = re.sub(r"\*\*([^*]+)\*\*", r"\1", bare)
    return bare.strip()


def _with_capitals(text: str) -> str:
    return (
        _SMALL.sub(
            lambda found: found[0].replace(found[1], found[1].upper()),
            text.replace("（", "(").replace("）", ")"),
        )
        if _SMALL.match(fold_width(text))
        else text
    )


def _label_options(texts: list[str]) -> None:
    """The type behind the stem goes before it, and the options below it, without labels, get theirs: a survey site
    prints '……？[单选题]' and marks the right one with (正确答案)."""
    starts = [
        index for index, text in enumerate(texts) if text[-1:] in "]】*＊" and _TYPE_BEHIND.fullmatch(text)
    ]
    if not starts:
        return
    is_numbered = any(re.match(r"\d{1,5}\s*[.．、]", texts[index]) for index in starts)
    for number, (start, stop) in enumerate(zip(starts, [*starts[1:], len(texts)], strict=True), start=1):
        found = _TYPE_BEHIND.fullmatch(texts[start])
        assert found is not None
        named = re.match(r"(\d{1,5}\s*[.．、]\s*)?(.*)", found[1], re.DOTALL)
        assert named is not None
        label = named[1] or ("" if is_numbered else f"{number}. ")
        texts[start] = f"{label}【{found[2]}】{named[2]}"
        if not any(_RIGHT.search(text) for text in texts[start + 1 : stop]):
            continue
        letter = ord("A")
        for index in range(start + 1, stop):
            if not texts[index] or letter > ord("Z"):
                break
            if not _STARTS.match(texts[index]):
                texts[index] = f"{chr(letter)}. {texts[index]}"
            letter += 1


def _number_fields(texts: list[str]) -> None:
    """Questions that begin with '题干：' get numbers; a type before it goes into it, '选项：' is no text."""
    stems = [index for index, text in enumerate(texts) if _STEM_FIELD.fullmatch(text)]
    if len(stems) < 2 or any(re.match(r"\d{1,5}\s?[.．、]", text) for text in texts):
        return
    for number, index in enumerate(stems, start=1):
        found = _STEM_FIELD.fullmatch(texts[index])
        assert found is not None
        kind = _TYPE_FIELD.fullmatch(texts[index - 1]) if index else None
        if kind is not None:
            texts[index - 1] = ""
        texts[index] = f"{number}. {f'【{kind[1]}】' if kind else ''}{found[1]}"
    for index, text in enumerate(texts):
        texts[index] = re.sub(r"^选项\s?[:：]\s?", "", text)


def _join_tables(texts: list[str]) -> None:
    """A row of numbers above a row of answers becomes one line of pairs, '1.A 2.B'."""
    for index, text in enumerate(texts):
        if text.startswith("|") and _FENCE.fullmatch(text):
            texts[index] = ""
    for index, text in enumerate(texts):
        if not _ROW_HEAD.match(text):
            continue
        after = next((at for at in range(index + 1, min(index + 4, len(texts))) if texts[at]), None)
        if after is None or not _ROW_ANSWERS.match(texts[after]):
            continue
        numbers, answers = _cells(text), _cells(texts[after])
        if len(numbers) == len(answers) > 0 and all(number.isdigit() for number in numbers):
            texts[index] = ""
            texts[after] = " ".join(
                f"{number}.{answer}" for number, answer in zip(numbers, answers, strict=True)
            )


def _cells(text: str) -> list[str]:
    parts = [part for part in re.split(r"[|\t\s]+", fold_width(text)) if part.strip(" :")]
    return parts[1:]
