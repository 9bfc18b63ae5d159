"""Topics added, renamed, moved and deleted; their keys stay, since contest files name them."""

from sqlalchemy import func, select

from webapp.audit import service as audit
from webapp.banks.errors import TopicCircle, TopicHasTopics, TopicUntitled, TopicUsed
from webapp.banks.models import Bank, QuestionVersion, Topic
from webapp.banks.queries.topics import topic_nodes
from webapp.banks.rules.topics import is_below
from webapp.core.db import db
from webapp.core.errors import NotFound


def keep_topic(bank_id: int, key: str, title: str, parent_key: str) -> str:
    """Add a topic (key '') or rename and move one; its key. parent_key '': to the top.

    raise (TopicUntitled, TopicCircle, NotFound)."""
    title = title.strip()[:80]
    if not title:
        raise TopicUntitled
    # One change of a tree at a time: two moves could close a circle that neither closes alone.
    db.session.execute(select(Bank.id).where(Bank.id == bank_id).with_for_update())
    rows = {row.key: row for row in db.session.scalars(select(Topic).where(Topic.bank_id == bank_id))}
    if (parent_key and parent_key not in rows) or (key and key not in rows):
        raise NotFound
    parent = rows.get(parent_key)
    if key:
        row = rows[key]
        if parent is not None and is_below(parent.id, row.id, topic_nodes(bank_id)):
            raise TopicCircle
        if row.title.get("zh") != title:
            row.title = {"zh": title, "en": title}
    else:
        wanted = f"{parent_key}/{title}" if parent_key else title
        if wanted in rows:
            return wanted
        last = db.session.scalar(select(func.max(Topic.position)).where(Topic.bank_id == bank_id)) or 0
        row = Topic(bank_id=bank_id, key=wanted, title={"zh": title, "en": title}, position=last + 1)
        db.session.add(row)
    row.parent_id = parent.id if parent is not None else None
    db.session.flush()
    audit.record("bank.topic", "bank", bank_id, key=row.key, title=title, below=parent_key)
    return row.key


def delete_topic(bank_id: int, key: str) -> None:
    """Delete a topic that nothing uses. raise (TopicUsed, TopicHasTopics, NotFound)."""
    db.session.execute(select(Bank.id).where(Bank.id == bank_id).with_for_update())
    row = db.session.scalars(select(Topic).where(Topic.bank_id == bank_id, Topic.key == key)).one_or_none()
    if row is None:
        raise NotFound
    below = db.session.scalar(select(func.count()).where(Topic.parent_id == row.id)) or 0
    if below:
        raise TopicHasTopics(count=below)
    used = func.count(QuestionVersion.question_id.distinct())
    questions = db.session.scalar(select(used).where(QuestionVersion.topic_id == row.id)) or 0
    if questions:
        raise TopicUsed(count=questions)
    title = row.title.get("zh", "")
    db.session.delete(row)
    db.session.flush()
    audit.record("bank.topic.delete", "bank", bank_id, key=key, title=title)
