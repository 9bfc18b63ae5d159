"""JSON banks of others."""

from typing import Any

from webapp.banks.errors import refused
from webapp.banks.formats.json_items import Items
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult
from webapp.core.words import N_


def read_others(loaded: Items | dict[str, Any], file: str, options: ReadOptions) -> FormatResult:
    """Not read yet. Raise FileRefused."""
    raise refused("wrong-kind", file, N_("The bank has no list of questions."))
