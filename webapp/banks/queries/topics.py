"""The topics of a bank as a tree."""

from sqlalchemy import select

from webapp.banks.models import Topic
from webapp.banks.rules.topics import TopicNode
from webapp.core.db import db
from webapp.core.i18n import pick


def topic_nodes(bank_id: int) -> list[TopicNode]:
    """All topics of a bank in order, with titles in the reader's language. One query."""
    rows = db.session.scalars(
        select(Topic).where(Topic.bank_id == bank_id).order_by(Topic.position, Topic.id)
    )
    return [TopicNode(row.id, row.key, pick(row.title) or row.key, row.parent_id) for row in rows]
