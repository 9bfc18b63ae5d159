"""What a bank can be written as, and a written file."""

from dataclasses import dataclass
from enum import StrEnum

from webapp.core.problems import Problem


class ExportFormat(StrEnum):
    """xlsx: our workbook (a zip with its pictures when there are any). toml: a zip of the folder. json: one
    file (a zip with its media when there are any). The others
    are formats of other systems, which cannot hold everything."""

    XLSX = "xlsx"
    CSV = "csv"
    TOML = "toml"
    JSON = "json"
    MOODLE = "moodle-xml"
    QTI_21 = "qti-2.1"
    QTI_30 = "qti-3.0"
    GIFT = "gift"
    AIKEN = "aiken"


WHOLE = (ExportFormat.XLSX, ExportFormat.CSV, ExportFormat.TOML, ExportFormat.JSON)
"""Reading these back gives the same questions."""


@dataclass(frozen=True)
class Export:
    """A file to hand out. problems: what it could not hold; the column of each is the key of its question."""

    name: str
    media_type: str
    content: bytes
    problems: tuple[Problem, ...] = ()
