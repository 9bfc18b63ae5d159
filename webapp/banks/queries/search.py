"""Questions over many banks by filters and words: public parts only, in pages by key.

A page costs the same at the beginning and at the end of a list: it begins below the last id that was shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from webapp.banks.formats.sanitise import to_plain
from webapp.banks.queries.topics import paths_in
from webapp.core.db import db
from webapp.core.problems import shorten

PAGE = 30
MOST_WORDS = 8


@dataclass(frozen=True)
class Wanted:
    """What is looked for; '' means any. topic: a key; topics below it count too. state: of the bank
    version that holds it; approved means: in force now. before: only ids below this one (0: from the top)."""

    type: str = ""
    topic: str = ""
    difficulty: str = ""
    tag: str = ""
    state: str = ""
    words: str = ""
    before: int = 0


@dataclass(frozen=True)
class FoundQuestion:
    """One line of the list. state: approved when it is in force, else of its bank's newest version. topic:
    with all above it, '' for none."""

    version_id: int
    bank: str
    bank_title: dict[str, str]
    key: str
    type: str
    difficulty: str
    topic: str
    tags: tuple[str, ...]
    stem: str
    state: str


def search_sql(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """The statement and its values but for version_ids; apart so that a test can look at its plan."""
    values: dict[str, Any] = {"page": PAGE + 1}
    where, joins = ["m.bank_version_id = ANY(:version_ids)"], ""
    if wanted.before:
        where.append("q.id < :before")
        values["before"] = wanted.before
    for name, column in (("type", "q.type"), ("difficulty", "q.difficulty")):
        if getattr(wanted, name):
            where.append(f"{column} = :{name}")
            values[name] = getattr(wanted, name)
    if wanted.topic:
        where.append(_BELOW)
        values["topic"] = wanted.topic
    if wanted.tag:
        where.append("q.tags @> jsonb_build_array(CAST(:tag AS text))")
        values["tag"] = wanted.tag
    if wanted.state:
        where.append(f"({_STATE}) = :state")
        values["state"] = wanted.state
    words = wanted.words.split()[:MOST_WORDS]
    if words:
        joins = "JOIN question_texts x ON x.question_version_id = q.id"
    for at, word in enumerate(words):
        where.append(
            f"x.pairs @> question_search_pairs(question_search_form(:word{at}))"
            f" AND strpos(x.words, question_search_form(:word{at})) > 0"
        )
        values[f"word{at}"] = word[:100]
    return _SEARCH.format(state=_STATE, joins=joins, where=" AND ".join(where)), values


_BELOW = """q.topic_id IN (
    WITH RECURSIVE below AS (
        SELECT id FROM topics WHERE key = :topic
        UNION SELECT c.id FROM topics c JOIN below ON c.parent_id = below.id)
    SELECT id FROM below)"""
_STATE = """CASE WHEN EXISTS (SELECT FROM bank_version_questions f
    WHERE f.bank_version_id = b.approved_version_id AND f.question_version_id = q.id)
    THEN 'approved' ELSE n.state END"""
_SEARCH = """
    SELECT q.id, b.code, b.title, k.key, q.type, q.difficulty, q.topic_id, b.id AS bank_id, q.tags, q.stem,
           {state} AS state
    FROM bank_version_questions m
    JOIN bank_versions n ON n.id = m.bank_version_id
    JOIN banks b ON b.id = n.bank_id
    JOIN question_versions q ON q.id = m.question_version_id
    JOIN questions k ON k.id = q.question_id
    {joins}
    WHERE {where}
    ORDER BY q.id DESC LIMIT :page
    """


def search(version_ids: Sequence[int], wanted: Wanted) -> tuple[list[FoundQuestion], int]:
    """One page of what these bank versions (the newest of each bank) hold, newest first, and the `before` of the
    next page (0: there is none). Two queries."""
    statement, values = search_sql(wanted)
    rows = db.session.execute(text(statement), values | {"version_ids": list(version_ids)}).all()
    told = paths_in({row.bank_id for row in rows if row.topic_id is not None})
    found = [
        FoundQuestion(
            row.id,
            row.code,
            row.title,
            row.key,
            row.type,
            row.difficulty,
            told.get(row.topic_id, ""),
            tuple(row.tags),
            shorten(to_plain(row.stem), 120),
            row.state,
        )
        for row in rows[:PAGE]
    ]
    return found, found[-1].version_id if len(rows) > PAGE else 0
