"""Answers to practice questions by topic and event."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from webapp.core.db import db

_TOPICS = text(
    """
    SELECT p.event_id, coalesce(t.id, 0) AS topic_id, t.title, count(*) AS answers,
           count(*) FILTER (WHERE q.is_right) AS right_answers
    FROM quiz_answers q JOIN participations p ON p.id = q.participation_id
    JOIN question_versions v ON v.id = q.question_version_id LEFT JOIN topics t ON t.id = v.topic_id
    WHERE q.contest_id = :contest_id GROUP BY 1, 2, 3 ORDER BY 1, 2
    """
)


@dataclass(frozen=True)
class Topic:
    """How often questions of a topic were answered, and how often right. title None: questions without a topic."""

    title: Mapping[str, str] | None
    answers: int
    right_answers: int


def count_topics(contest_id: int) -> list[dict[str, Any]]:
    """By event and topic, as reports keep it. One statement."""
    return [dict(row) for row in db.session.execute(_TOPICS, {"contest_id": contest_id}).mappings()]


def of_events(rows: Sequence[Mapping[str, Any]], event_ids: set[int]) -> list[Topic]:
    """The topics of these events together, the least well known first."""
    answers: Counter[int] = Counter()
    right: Counter[int] = Counter()
    titles: dict[int, Mapping[str, str] | None] = {}
    for row in rows:
        if row["event_id"] in event_ids:
            answers[row["topic_id"]] += row["answers"]
            right[row["topic_id"]] += row["right_answers"]
            titles[row["topic_id"]] = row["title"]
    order = sorted(answers, key=lambda one: (right[one] / answers[one], one))
    return [Topic(titles[one], answers[one], right[one]) for one in order]
