"""Messages as data: an English msgid with parameters, said in the reader's language at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """`text` is a msgid with %(name)s places, `params` fills them. Parameters that are Messages
    themselves are translated first."""

    text: str
    params: Mapping[str, object] = field(default_factory=dict)


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    """Mark a msgid for extraction and return it unchanged."""
    return text
