"""What a reader of one format brings; `files.py` finishes it the same way for all of them."""

from dataclasses import dataclass, field

from webapp.banks.rules.schema import BankFile, Question, TopicTitle
from webapp.core.problems import Problem
from webapp.core.words import Message


@dataclass(frozen=True)
class Skipped:
    """Something in the file that was not read, and why."""

    name: str
    why: Message


@dataclass
class FormatResult:
    """questions: all that could be read, their `sheet` the file or member they stand in and their `row` the
    physical line (or the number of the element) that starts them. rows: everything meant as a question,
    good or bad. problems: what is wrong, found while reading; errors name the `sheet` and `row` of their
    question. files: media by the name that the texts and `picture` use. topics: in order of appearance.
    literal: positions in questions whose texts hold no HTML: a `<table>` in them is text.
    head: what a bank of our own says about itself. is_checked: the reader has checked each question by itself."""

    questions: list[Question] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    topics: list[TopicTitle] = field(default_factory=list)
    rows: int = 0
    literal: set[int] = field(default_factory=set)
    head: BankFile | None = None
    is_checked: bool = False
