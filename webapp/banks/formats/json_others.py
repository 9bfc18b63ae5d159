from webapp.banks.formats.json_items import Items
from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.result import FormatResult


def read_others(loaded: Items | dict[str, object], file: str, options: ReadOptions) -> FormatResult:
    return FormatResult()
