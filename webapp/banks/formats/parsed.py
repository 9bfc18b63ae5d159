"""What came out of a file, whatever its format."""

from dataclasses import dataclass, field

from webapp.banks.formats.pictures import Picture
from webapp.banks.formats.result import Skipped
from webapp.banks.formats.shape import Shape
from webapp.banks.rules.schema import BankFile, Question, TopicTitle
from webapp.core.problems import Problem


@dataclass
class Parsed:
    """What an upload brings. questions: only those that may be imported. rows: all that were meant as
    questions. problems: at most MAX_LISTED, errors before warnings where some had to go; the counts are true.
    head: what a TOML bank says about itself. pictures: by the name in the questions; pictures and sounds of texts too."""

    format: str
    questions: tuple[Question, ...] = ()
    problems: tuple[Problem, ...] = ()
    problem_count: int = 0
    error_count: int = 0
    rows: int = 0
    head: BankFile | None = None
    topics: tuple[TopicTitle, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    pictures: dict[str, Picture] = field(default_factory=dict)
    shape: Shape = field(default_factory=Shape)
    """What was found of columns, names and signs, for the step that asks about them."""
    said: dict[str, object] = field(default_factory=dict)
    """What the person said about the file, by the keys of a mapping file."""
    repeats: frozenset[str] = frozenset()
    """Keys of questions that repeat another one exactly: they are kept once."""

    @property
    def bad_rows(self) -> int:
        """Rows that cannot be imported."""
        return self.rows - len(self.questions)
