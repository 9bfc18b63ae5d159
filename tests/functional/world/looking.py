"""What is compared before and after a call, and what most forms take."""

import re
from collections.abc import Iterable

from sqlalchemy.orm import Session

from webapp.core.db import Base

SEEN_MARKERS = frozenset({"auth_sessions"})
"""A request may note when a session was last used."""


FORM = {
    "why": "已在现场查看身份证", "reason": "现场停电十分钟", "decision": "confirm", "confirm": "y", "consent": "y",
    "outcome": "已更换手机号", "subject": "无法登录", "text": "手机号已停用", "name": "陆晓晓", "minutes": "10",
    "occupation": "worker", "role": "help-desk", "scope": "everything", "parent": "", "target": "", "code": "12345678",
    "revision": "1", "step": "0", "explanation": "第一次注册", "valid_only": "1", "exceptions": "情况属实",
}  # fmt: skip
"""What most forms take, so that a refused form does not hide a missing check of whose thing it is."""


def comparable(body: str, values: Iterable[int | str]) -> str:
    """A page without what differs between any two answers: nonces, tokens, keys, the ids asked for."""
    body = re.sub(r'nonce-[\w-]+|nonce="[^"]*"', "NONCE", body)
    body = re.sub(
        r'(?i)(csrf[-_]?token"?[^>]{0,40}?(?:value|content|data-[a-z-]+)=|X-CSRFToken": |data-csrf=)"[^"]*"',
        "TOKEN",
        body,
    )
    body = re.sub(r'next=[^"&]*', "NEXT", body)
    body = re.sub(r'name="key"[^>]*value="[^"]*"', "KEY", body)
    for value in sorted(map(str, values), key=len, reverse=True):
        body = re.sub(rf"(?<![\w-]){re.escape(value)}(?![\w-])", "ID", body)
    return body


def all_rows(session: Session, without: frozenset[str] = SEEN_MARKERS) -> dict[str, list[str]]:
    """Every row of every table as text, by table; the rows of a table in order."""
    session.rollback()
    tables = [
        table.name
        for table in Base.metadata.tables.values()
        if table.schema is None and table.name not in without
    ]
    found: dict[str, list[str]] = {name: [] for name in tables}
    # One statement for all tables: two hundred cost ten times as much.
    each = [f"SELECT '{name}', t::text FROM \"{name}\" t" for name in tables]
    for name, row in session.connection().exec_driver_sql(" UNION ALL ".join(each)):
        found[name].append(row)
    session.rollback()
    return {name: sorted(rows) for name, rows in found.items()}


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> list[str]:
    """'table: row' of each row that came, went or changed."""
    return [f"{table}: {row[:160]}" for table in before for row in sorted({*before[table]} ^ {*after[table]})]
