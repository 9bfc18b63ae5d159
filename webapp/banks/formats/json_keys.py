"""Which key of a JSON bank means what: the headings of tables, and names that programs use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from webapp.banks.formats.grid import Cell
from webapp.banks.formats.headings import Columns, columns_of, guess

NAMES: Mapping[str, tuple[str, ...]] = {
    "type": ("task", "qtype", "questiontype", "kind", "category_type", "题类"),
    "stem": ("question", "content", "title", "prompt", "problem", "text", "body", "topic_content", "questionstem",
             "questioncontent", "subject_content", "query", "name"),
    "options": ("option", "choice", "optionlist", "choicelist", "candidates", "answers", "items", "selections"),
    "answer": ("answers", "ans", "correct", "correctanswer", "correctanswers", "correctoption", "correctoptions",
               "right", "rightanswer", "solution", "answerkey", "gold", "label", "target", "result", "correctindex",
               "answerindex", "reference"),
    "explanation": ("analysis", "explain", "rationale", "exp", "reason", "comment", "feedback", "parse", "solution",
                    "answeranalysis", "analyze", "remark"),
    "difficulty": ("level", "difficultylevel", "degree", "hardness"),
    "topic": ("subject", "category", "chapter", "knowledge", "knowledgepoint", "section", "domain", "course"),
    "mark": ("points", "point", "grade", "value"),
    "tags": ("tag", "labels"),
    "external_id": ("uuid", "qid", "questionid", "code"),
    "picture": ("img", "imageurl", "pic"),
    "keywords": ("keyword",),
}  # fmt: skip


@dataclass(frozen=True)
class KeyColumns(Columns):
    """Columns of a JSON file: problems name the key, not a letter."""

    def title(self, index: int) -> str:
        """The key of a column."""
        return self.titles[index] if index < len(self.titles) else ""


def columns_of_keys(
    keys: Sequence[str], mapping: Mapping[str, str], below: Sequence[Sequence[Cell]]
) -> KeyColumns | None:
    """What the keys mean; None when no key can hold the questions. What the person said goes first, then the
    headings of tables, then names of programs, then what the values look like."""
    said = {meaning: heading.strip() for meaning, heading in mapping.items()}
    titles = [key if key in said.values() else _worded(key) for key in keys]
    found = columns_of(0, titles, said)
    at, pictures = dict(found.at), list(found.pictures)
    unread = [keys[titles.index(title)] for title in found.unread]
    for meaning, names in NAMES.items():
        for name in names:
            key = next((key for key in unread if _bare(key) == name), None)
            if key is None or meaning in at or (meaning == "options" and found.options):
                continue
            unread.remove(key)
            if meaning == "picture":
                pictures.append(keys.index(key))
            else:
                at[meaning] = keys.index(key)
    columns = replace(found, at=at, titles=tuple(keys), pictures=tuple(pictures), unread=tuple(unread))
    guessed = columns if {"stem", "answer"} <= set(at) else guess(columns, below) or columns
    if "stem" not in guessed.at:
        return None
    return KeyColumns(**vars(guessed))


def _worded(key: str) -> str:
    """A key as a heading: optionA, option_a and "answer " as people would write them."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]+", " ", key.strip()).strip()


def _bare(key: str) -> str:
    return re.sub(r"[\s_-]", "", key).casefold()
