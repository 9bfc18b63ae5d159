"""Short private folders: sockets want paths below 100 bytes."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def short() -> Iterator[Path]:
    """A private folder with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="jsu"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
