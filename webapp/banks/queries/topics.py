"""The topics of a bank as a tree."""

from collections.abc import Collection

from sqlalchemy import select

from webapp.banks.models import Topic
from webapp.banks.rules.topics import TopicNode, is_below, paths
from webapp.core.db import db
from webapp.core.i18n import pick


def topic_nodes(bank_id: int) -> list[TopicNode]:
    """All topics of a bank in order, with titles in the reader's language. One query."""
    rows = db.session.scalars(
        select(Topic).where(Topic.bank_id == bank_id).order_by(Topic.position, Topic.id)
    )
    return [TopicNode(row.id, row.key, pick(row.title) or row.key, row.parent_id) for row in rows]


def topic_paths(bank_id: int) -> dict[str, str]:
    """The topics of a bank by key, each with all above it: "Electricity / Rescue"; in order of the paths. One
    query."""
    nodes = topic_nodes(bank_id)
    told = paths(nodes)
    return {node.key: told[node.topic_id] for node in sorted(nodes, key=lambda node: told[node.topic_id])}


def paths_in(bank_ids: Collection[int]) -> dict[int, str]:
    """The paths of all topics of these banks by topic id. One query."""
    rows = db.session.scalars(select(Topic).where(Topic.bank_id.in_(bank_ids)))
    return paths([TopicNode(row.id, row.key, pick(row.title) or row.key, row.parent_id) for row in rows])


def keys_below(bank_id: int, key: str) -> frozenset[str]:
    """The key of a topic and those of all topics below it; only itself where the bank has no such topic."""
    nodes = topic_nodes(bank_id)
    ids = [node.topic_id for node in nodes if node.key == key]
    return frozenset({key, *(node.key for node in nodes if ids and is_below(node.topic_id, ids[0], nodes))})
