"""Topics as a tree: what stands below what, told as paths."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BETWEEN = " / "


@dataclass(frozen=True)
class TopicNode:
    """A topic. parent_id: what it is below, None at the top."""

    topic_id: int
    key: str
    title: str
    parent_id: int | None = None


def parent_key(key: str) -> str:
    """The key of the topic that a path stands below, '' at the top: "a/b" stands below "a"."""
    return key.rpartition("/")[0].strip() if "/" in key.strip("/") else ""


def paths(nodes: Sequence[TopicNode]) -> dict[int, str]:
    """Titles from the top down by id: "A / B". A title that names its parents already is not doubled."""
    by_id = {node.topic_id: node for node in nodes}
    return {node.topic_id: BETWEEN.join(_titles(node, by_id)) for node in nodes}


def _titles(node: TopicNode, by_id: Mapping[int, TopicNode]) -> list[str]:
    titles: list[str] = []
    seen: set[int] = set()
    at: TopicNode | None = node
    while at is not None and at.topic_id not in seen:
        seen.add(at.topic_id)
        title = at.title
        parent = by_id.get(at.parent_id) if at.parent_id is not None else None
        if parent is not None and title.startswith(f"{parent.title}/"):
            title = title.removeprefix(f"{parent.title}/")
        titles.append(title)
        at = parent
    return titles[::-1]


def is_below(topic_id: int, other_id: int, nodes: Sequence[TopicNode]) -> bool:
    """Whether a topic is another one or stands below it: moving that one there would close a circle."""
    parents = {node.topic_id: node.parent_id for node in nodes}
    at: int | None = topic_id
    for _ in range(len(nodes) + 1):
        if at == other_id:
            return True
        if at is None:
            return False
        at = parents.get(at)
    return True
