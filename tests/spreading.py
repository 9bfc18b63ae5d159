"""How several processes share the tests: what is built once for many tests is built in one process only."""

import re
from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

ROOT = Path(__file__).resolve().parent.parent
ON_THE_SITE = re.compile(r"^def [^(]*\([^)]*\b(?:arrive|backstage|site)\b", re.MULTILINE)
"""A function that takes the running site, as a test or a fixture."""

WHOLE = "tests/functional/test_whole_site.py"
KEPT_TOGETHER = (WHOLE, "tests/unit/", "tests/architecture/test_words.py")
EARLY = ("tests/browser/", "tests/functional/rehearsal/", WHOLE)
"""What takes longest is given out first, so that no process is left alone with it at the end; three sites do not
start at once."""


class Spreading(LoadScopeScheduling):
    """A process that has nothing left takes the next test, or the next tests that stay together."""

    def _split_scope(self, nodeid: str) -> str:
        return together(nodeid)


def together(nodeid: str) -> str:
    """The name of the tests that one process runs after each other; for a test that may run anywhere its own.

    Browser tests stay in three processes, so that they do not wait for each other's Chromium longer than they
    are willing to: those on the running site, those on an app of their own, and the walk over every page, which
    has a site to itself. Files of unit tests stay together for their module fixtures, and because they are short; the
    tests of words share what they read."""
    path, _colon, _name = nodeid.partition("::")
    if path.startswith("tests/browser/"):
        return ("every page" if "test_every_page" in path else "site") if _is_on_the_site(path) else "browser"
    return path if path.startswith(KEPT_TOGETHER) else nodeid


@cache
def _is_on_the_site(path: str) -> bool:
    return ON_THE_SITE.search((ROOT / path).read_text(encoding="utf-8")) is not None


def in_order(items: list[pytest.Item]) -> None:
    """Put the tests into the order in which they are given out."""
    items.sort(
        key=lambda item: next((at for at, early in enumerate(EARLY) if item.nodeid.startswith(early)), 99)
    )
