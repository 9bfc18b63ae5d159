"""Where real files of other systems lie, with what a correct reading of them gives."""

from pathlib import Path

import pytest


def third_party(*path: str) -> Path:
    """A folder or file of the third-party data; the test is skipped where that data is absent."""
    root = Path(__file__).parents[3]
    for above in (root.parent, root.parent.parent):
        place = above.joinpath("shared", "data", *path)
        if place.exists():
            return place
    pytest.skip(f"third-party test data is not here: {'/'.join(path)}")
