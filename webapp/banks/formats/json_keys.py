"""Which key of a JSON bank means what: the headings of tables, and names that programs use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from webapp.banks.formats.grid import Cell
from webapp.banks.formats.headings import Columns, columns_of, guess, meaning_of

NAMES: Mapping[str, tuple[str, ...]] = {
    "type": ("task", "qtype", "questiontype", "kind", "category_type", "题类", "tixing", "leixing", "questiontypename", "typename"),
    "stem": ("question", "content", "title", "prompt", "problem", "text", "body", "topic_content", "questionstem",
             "questioncontent", "questiontitle", "subject_content", "query", "q", "timu", "tigan", "wenti", "tm",
             "statement", "front", "term", "name"),
    "options": ("option", "choice", "optionlist", "choicelist", "candidates", "answers", "items", "selections", "opts", "opt",
                "questionoptions", "xuanxiang", "xx"),
    "answer": ("answers", "ans", "correct", "correctanswer", "correctanswers", "correctoption", "correctoptions",
               "right", "rightanswer", "solution", "answerkey", "gold", "label", "target", "result", "correctindex",
               "answerindex", "reference", "daan", "zhengquedaan", "istrue", "questionanswer", "iscorrect",
               "back", "definition", "correctkey", "correctletter", "correctchoice", "correctarray"),
    "explanation": ("analysis", "explain", "rationale", "exp", "reason", "comment", "feedback", "parse", "solution",
                    "answeranalysis", "analyze", "questionanalysis", "questionexplanation", "jiexi", "jx", "note",
                    "hint", "remark"),
    "difficulty": ("level", "difficultylevel", "degree", "hardness", "difficult", "nandu"),
    "topic": ("subject", "category", "chapter", "knowledge", "knowledgepoint", "section", "domain", "course", "zhangjie", "zhishidian", "module", "unit"),
    "mark": ("points", "point", "grade", "fenzhi", "fenshu", "value"),
    "tags": ("tag", "labels"),
    "external_id": ("uuid", "qid", "questionid", "code"),
    "picture": ("img", "imageurl", "pic"),
    "keywords": ("keyword",),
}  # fmt: skip


_DOUBTFUL = frozenset(
    {"name", "text", "title", "body", "label", "result", "value", "note", "remark", "solution", "hint"}
)
"""Names that mean many things: read only where nothing better says the same."""


@dataclass(frozen=True)
class KeyColumns(Columns):
    """Columns of a JSON file: problems name the key, not a letter. others: further keys of a meaning, for items
    that call it otherwise than most."""

    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    must_type: ClassVar[bool] = False

    def title(self, index: int) -> str:
        """The key of a column."""
        return self.titles[index] if index < len(self.titles) else ""


def columns_of_keys(
    keys: Sequence[str],
    mapping: Mapping[str, str],
    below: Sequence[Sequence[Cell]],
    ignored: Sequence[str] = (),
) -> KeyColumns | None:
    """What the keys mean; None when no key can hold the questions. What the person said goes first, then the
    headings of tables, then names of programs, then what the values look like."""
    said = {meaning: heading.strip() for meaning, heading in mapping.items()}
    titles = [key if key in said.values() or key in ignored else _worded(key) for key in keys]
    found = columns_of(0, titles, said, ignored)
    at, pictures = dict(found.at), list(found.pictures)
    unread = [keys[titles.index(title)] for title in found.unread]
    for meaning, names in NAMES.items():
        for name in names:
            key = next((key for key in unread if _bare(key) == name and key not in ignored), None)
            if key is None or meaning in at or (meaning == "options" and found.options):
                continue
            unread.remove(key)
            if meaning == "picture":
                pictures.append(keys.index(key))
            else:
                at[meaning] = keys.index(key)
    others = _others(keys, at, unread)
    options, blanks = found.options, found.blanks
    if "answer" in at and not options and blanks and all(keys[index].strip().isdigit() for index in blanks):
        options, blanks = blanks, ()  # {"0": …, "1": …, "right": "B"}
    if "stem" not in at and "topic" in at and _differs([row[at["topic"]].text for row in below]):
        at["stem"] = at.pop("topic")
    found = replace(found, options=options, blanks=blanks)
    columns = replace(found, at=at, titles=tuple(keys), pictures=tuple(pictures), unread=tuple(unread))
    guessed = columns if {"stem", "answer"} <= set(at) else guess(columns, below) or columns
    if "stem" not in guessed.at:
        return None
    return KeyColumns(**vars(guessed), others=others)


def _others(keys: Sequence[str], at: Mapping[str, int], unread: list[str]) -> dict[str, tuple[str, ...]]:
    """Keys that mean the same as one that was found, by meaning; they leave the unread ones."""
    found: dict[str, tuple[str, ...]] = {}
    for meaning in ("stem", "options", "answer", "explanation", "type"):
        if meaning not in at:
            continue
        names = [
            key
            for key in unread
            if (_bare(key) in NAMES[meaning] and _bare(key) not in _DOUBTFUL)
            or meaning_of(_worded(key)) == meaning
        ]
        if names:
            found[meaning] = tuple(names)
            unread[:] = [key for key in unread if key not in names]
    return found


def _differs(texts: Sequence[str]) -> bool:
    """Whether nearly every text is its own: words that ask, not the name of a topic."""
    filled = [text for text in texts if text]
    return len(filled) >= 0.9 * len(texts) > 0 and len(set(filled)) >= 0.9 * len(filled)


def _worded(key: str) -> str:
    """A key as a heading: optionA, option_a and "answer " as people would write them."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]+", " ", key.strip()).strip()


def _bare(key: str) -> str:
    return re.sub(r"[\s_-]", "", key).casefold()
