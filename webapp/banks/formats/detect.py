"""Which format a file has, told by its content and name, and the reader of each."""

from collections.abc import Callable, Mapping

from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult

Reader = Callable[[bytes, str, ReadOptions], FormatResult]
"""(content, file name, what the person said about the file) → what it holds. raise (FileRefused): the file
cannot be read at all."""

READERS: Mapping[str, Reader] = {}
"""Readers by the name of their format. Workbooks, text tables and TOML banks are read by `files.py`."""


def detect(content: bytes, name: str) -> str:
    """The format of a file as a key of READERS, or '' for tables and TOML banks."""
    return ""
