"""From which banks and topics a quiz may draw, and how many questions there are."""

from collections.abc import Collection
from dataclasses import dataclass

from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.banks import queries as banks
from webapp.core.errors import NotFound
from webapp.core.i18n import pick


@dataclass(frozen=True)
class TopicChoice:
    """A topic with the number of its questions in the bank's approved version."""

    key: str
    title: str
    count: int


def bank_choices() -> list[tuple[str, str]]:
    """(code, title) of the approved, unsealed banks that this person's courses may draw from."""
    who = principal()
    found = [bank for bank in banks.banks() if bank.approved_version_id and not bank.is_sealed]
    paths = banks.organisation_paths({bank.organisation_id for bank in found if bank.organisation_id})
    return [
        (bank.code, pick(bank.title))
        for bank in found
        if bank.organisation_id is None
        or who.allows(Permission.EDIT_COURSES, organisation_path=paths.get(bank.organisation_id, ()))
    ]


def may_draw(bank: str) -> bool:
    """Whether this person's quizzes may draw from a bank."""
    return bank in dict(bank_choices())


def topic_choices(bank: str) -> list[TopicChoice]:
    """The topics of a bank that have questions; none when there is no such bank."""
    version_id = banks.approved_version_id(bank) if bank else None
    if version_id is None:
        return []
    counts = banks.counts(version_id)["topic"]
    try:
        titles = banks.topic_titles(banks.bank_id_of(bank))
    except NotFound:
        return []
    return [
        TopicChoice(topic.key, pick({"zh": topic.zh, "en": topic.en}), counts[topic.key])
        for topic in titles
        if topic.key in counts
    ]


def available(bank: str, topics: Collection[str]) -> int:
    """How many questions of the bank's approved version a round is drawn from. No topic: all of them."""
    version_id = banks.approved_version_id(bank) if bank else None
    if version_id is None:
        return 0
    return sum(1 for row in banks.pool(version_id) if not topics or row.topic in topics)
