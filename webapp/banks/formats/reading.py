"""What is gathered while a file is read, before its questions get their keys and last checks."""

from dataclasses import dataclass, field

from webapp.banks.formats.headings import Columns
from webapp.banks.formats.progress import Progress
from webapp.banks.formats.result import Skipped
from webapp.banks.rules.schema import Question, TopicTitle
from webapp.core.problems import Problem

Place = tuple[str, str, int | None]
"""(file, sheet, row) as problems say it."""


@dataclass
class Reading:
    """What is gathered on the way. places: where each question stands, as its problems say it."""

    questions: list[Question] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    columns: dict[tuple[str, str], Columns] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    topics: list[TopicTitle] = field(default_factory=list)
    rows: int = 0
    literal: set[int] = field(default_factory=set)
    progress: Progress = field(default_factory=Progress)
