"""Shapes of other programs' JSON brought to the plain one: an item a question, its options in one list.

Chapters that hold their questions become topics, passages with questions become passages, and what stands in an
object of its own (a question with its choices, a right answer beside the wrong ones) is laid beside the rest."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any

from webapp.banks.rules.schema import LETTERS

Item = Mapping[str, Any]
MAX_DEPTH = 6
TOPIC_KEY, PASSAGE_KEY = "章节", "材料编号"
_STEMS = frozenset(
    {"question", "stem", "title", "q", "题干", "题目", "题目内容", "问题", "试题", "试题内容", "questiontext", "questiontitle",
     "questioncontent", "questionstem", "prompt", "timu", "tigan", "wenti", "topic", "statement", "front", "term"}
)  # fmt: skip
_ANSWERS = frozenset(
    {"answer", "answers", "ans", "correct", "correctanswer", "correctanswers", "rightanswer", "right", "label", "gold",
     "答案", "正确答案", "标准答案", "参考答案", "daan", "istrue", "answerkey", "correctoption", "correctindex", "solution", "back", "definition"}
)  # fmt: skip
_OPTIONS = frozenset(
    {"options", "choices", "option", "choice", "opts", "选项", "题目选项", "xuanxiang", "answers", "items", "optionlist",
     "incorrectanswers", "a", "optiona", "选项a", "questionoptions"}
)  # fmt: skip
_TITLES = ("chapter", "section", "name", "title", "topic", "category", "subject", "chaptername", "sectionname", "label",
           "章节", "章", "节", "名称", "标题", "分类", "科目", "知识点", "zhangjie")  # fmt: skip
_PASSAGES = (
    "passage",
    "article",
    "context",
    "material",
    "材料",
    "材料内容",
    "背景",
    "background",
    "reading",
    "content",
    "文章",
)
_GENERIC = frozenset(
    {"data", "list", "rows", "records", "items", "results", "result", "questions", "questionlist", "train", "test", "dev",
     "val", "validation", "example", "examples", "problems", "exam", "quiz", "content", "body", "questionbank", "bank"}
)  # fmt: skip
_CHINESE = re.compile("[\u4e00-\u9fff]")


def bare(key: str) -> str:
    """A key without blanks and case, for comparing."""
    return re.sub(r"[\s_-]", "", str(key)).casefold()


def is_question(item: Any) -> bool:
    """Whether an object looks like one question: words to ask, and an answer or options."""
    if not isinstance(item, dict):
        return False
    keys = {bare(key): value for key, value in item.items()}
    asks = any(isinstance(keys[key], str | dict) and keys[key] for key in _STEMS & set(keys))
    if not asks:
        options = keys.get("options", keys.get("choices", keys.get("选项")))
        return isinstance(keys.get("content", keys.get("text")), str) and isinstance(
            options, list | dict | str
        )
    return bool((_ANSWERS | _OPTIONS) & set(keys))


def inner_lists(item: Any) -> list[tuple[str, list[Any]]]:
    """The lists of questions, or of chapters that hold some, of an object that is no question itself."""
    return _inner(item, MAX_DEPTH)


def _inner(item: Any, depth: int) -> list[tuple[str, list[Any]]]:
    if not isinstance(item, dict) or depth == 0:
        return []
    if parallel := _parallel(item):
        return [("questions", parallel)]
    own = {bare(key) for key in item}
    if (
        is_question(item)
        and own & {"options", "choices", "选项", "answer", "答案"}
        and not own & set(_PASSAGES)
    ):
        return []
    return [
        (str(key), value)
        for key, value in item.items()
        if isinstance(value, list) and value and (is_question(value[0]) or _inner(value[0], depth - 1))
    ]


def _parallel(item: Mapping[str, Any]) -> list[Any]:
    """The questions of an object that lists stems, options and answers side by side; [] for any other."""
    keys = {bare(key): value for key, value in item.items()}
    stems, options, answers = (keys.get(name) for name in ("questions", "options", "answers"))
    if not (isinstance(stems, list) and isinstance(options, list) and isinstance(answers, list)):
        return []
    fits = len(stems) == len(options) == len(answers) > 0 and all(isinstance(stem, str) for stem in stems)
    if not fits or not all(isinstance(each, list) for each in options):
        return []
    return [
        {"question": stem, "options": each, "answer": answer}
        for stem, each, answer in zip(stems, options, answers, strict=True)
    ]


def flattened(
    item: Item, above: str = "", number: str = "1", depth: int = MAX_DEPTH
) -> Iterator[dict[str, Any]]:
    """The questions of a chapter, each with the chapter's name; those of a passage share its number."""
    inner = inner_lists(item) if depth else []
    if not inner:
        yield {**item, TOPIC_KEY: above} if above and not _named(item) else dict(item)
        return
    keys = {bare(key): value for key, value in item.items()}
    passage = next(
        (keys[key] for key in _PASSAGES if isinstance(keys.get(key), str) and keys[key].strip()), ""
    )
    title = _named(item)
    path = "/".join(part for part in (above, title) if part and part != passage)
    for at, (name, values) in enumerate(inner):
        if passage and all(is_question(value) for value in values):
            yield from _passage(passage, values, path, f"{number}.{at}")
            continue
        below = "/".join(
            part for part in (path, name if len(inner) > 1 and not is_generic(name) else "") if part
        )
        for index, value in enumerate(values):
            if isinstance(value, dict):
                yield from flattened(value, below, f"{number}.{index}", depth - 1)


def _named(item: Item) -> str:
    keys = {bare(key): value for key, value in item.items()}
    if is_question(item) and not inner_lists(item):
        return next((str(keys[key]) for key in ("chapter", "topic", "章节", "知识点") if keys.get(key)), "")
    return next(
        (keys[key].strip() for key in _TITLES if isinstance(keys.get(key), str) and keys[key].strip()), ""
    )


def _passage(passage: str, values: Sequence[Item], path: str, number: str) -> Iterator[dict[str, Any]]:
    stem = next((key for key in values[0] if bare(key) in _STEMS), "question")
    kind = next(
        (key for value in values for key in value if bare(key) in {"type", "题型", "qtype", "questiontype"}),
        "题型",
    )
    yield {stem: passage, kind: "材料题", PASSAGE_KEY: number, TOPIC_KEY: path}
    for value in values:
        yield {**value, PASSAGE_KEY: number, TOPIC_KEY: path}


def is_generic(name: str) -> bool:
    """Whether the name of a list says nothing of its questions."""
    return bare(name) in _GENERIC or not name


def topic_named(name: str, is_one_of_several: bool) -> str:
    """The topic that the key over a list names: Chinese words, or one name among several lists; '' for none."""
    return (
        name
        if not is_generic(name) and not name.isdigit() and (_CHINESE.search(name) or is_one_of_several)
        else ""
    )


def plain_item(item: Item) -> dict[str, Any]:
    """An item without objects in objects: {"question": {"stem", "choices"}} and the right answer beside wrong ones."""
    found = dict(item)
    for key, value in item.items():
        if (
            isinstance(value, dict)
            and bare(key) in {"question", "题目", "fields"}
            and is_question({"answer": "", **value})
        ):
            del found[key]
            found = {**value, **found}
    keys = {bare(key): key for key in found}
    if "q" in keys and isinstance(found.get("a"), list):
        found["options"] = found.pop("a")
    _take_passage(found, keys)
    wrong = next(
        (keys[name] for name in ("incorrectanswers", "wronganswers", "distractors") if name in keys), ""
    )
    right = next(
        (keys[name] for name in ("correctanswer", "correctanswers", "answer", "rightanswer") if name in keys),
        "",
    )
    if wrong and right and isinstance(found[wrong], list):
        for key, value in found.items():  # This service writes &quot; for a quotation mark.
            found[key] = unescape(value) if isinstance(value, str) else value
        good = [
            unescape(str(text))
            for text in (found[right] if isinstance(found[right], list) else [found[right]])
        ]
        texts = sorted({*good, *(unescape(str(text)) for text in found[wrong])})
        kind = keys.get("type", "")
        if {text.casefold() for text in texts} == {"true", "false"}:
            texts = []
        if texts:
            found["options"] = texts
            found[right] = [LETTERS[at] for text in good if (at := texts.index(text)) < len(LETTERS)]
            if kind:
                found[kind] = "multiple" if len(good) > 1 else "single"
        del found[wrong]
    return found


def _take_passage(found: dict[str, Any], keys: Mapping[str, str]) -> None:
    """A text that only this question asks about goes before its stem."""
    if not is_question(found):
        return
    stem = next(
        (
            keys[name]
            for name in ("question", "stem", "题干", "题目", "问题")
            if isinstance(found.get(keys.get(name, "")), str)
        ),
        "",
    )
    for name in _PASSAGES:
        key = keys.get(name, "")
        text = found.get(key) if key and key != stem and name != "content" else None
        if stem and isinstance(text, str) and len(text.strip()) > 5:
            found[stem] = f"{text.strip()}\n{found[stem]}"
            del found[key]
