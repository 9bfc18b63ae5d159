"""Answers on a paper. What a browser may send for one question stands with the questions, in banks."""

from collections.abc import Sequence

from webapp.banks.rules.answers import canonical

__all__ = ["canonical", "unanswered"]


def unanswered(answers: Sequence[str]) -> list[int]:
    """The numbers (from 1) of slots without an answer."""
    return [slot + 1 for slot, answer in enumerate(answers) if not answer]
