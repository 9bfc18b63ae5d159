"""Spot checks of a sealed unit list: which of its people are looked at one by one.

The seed is drawn when the list is sealed and its commitment is published with the digest of the list: nobody can
choose people by the seed, or a seed by the people. Whoever has list and seed draws the same again."""

import hashlib
import json
from collections.abc import Sequence

from webapp.contests.rules.entry import SpotRule


def digest(application_ids: Sequence[int]) -> str:
    """The SHA-256 of a list: its application ids in ascending order as JSON."""
    return hashlib.sha256(json.dumps(sorted(application_ids)).encode()).hexdigest()


def commitment(seed: str) -> str:
    """What is published of a seed before it is opened."""
    return hashlib.sha256(seed.encode()).hexdigest()


def drawn(application_ids: Sequence[int], seed: str, rule: SpotRule) -> tuple[int, ...]:
    """The applications to look at, ascending: those with the smallest SHA-256 of seed, digest and id."""
    listed = digest(application_ids)
    order = sorted(
        set(application_ids),
        key=lambda one: (hashlib.sha256(f"{seed}:{listed}:{one}".encode()).digest(), one),
    )
    return tuple(sorted(order[: rule.count(len(order))]))
