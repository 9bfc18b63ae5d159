"""Everything that can be said about a definition before it is loaded: the checks of the file itself, what is
still open, and checks that higher packages add (the banks in force)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.contradictions import contradictions
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.places import line_index, line_of
from webapp.contests.rules.schema import Contest
from webapp.contests.rules.undecided import OpenQuestion, open_questions
from webapp.core.problems import Problem


@dataclass(frozen=True)
class Finding:
    """What a further check found. path: where in the file, for example profiles[0].stages[0].exam."""

    path: str
    problem: Problem


Further = Callable[[Contest], Sequence[Finding]]
_further: list[Further] = []


def further_check(check: Further) -> Further:
    """Register a check that reads the database; packages above contests bring theirs when they are imported."""
    if check not in _further:
        _further.append(check)
    return check


@dataclass(frozen=True)
class Checked:
    """The result. rules: None when there are errors in the file itself. problems: by line, errors and warnings.
    is_complete: whether the further checks were made as well."""

    rules: Contest | None
    problems: tuple[Problem, ...]
    questions: tuple[OpenQuestion, ...] = ()
    is_complete: bool = False

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.is_error)


def check_definition(text: str, name: str = "", further: bool = False) -> Checked:
    """Check a definition completely. further: with what the database knows (inside an app context).

    Never raises for a wrong text; its problems are in the result, each with path and line."""
    try:
        rules = parse_contest(text, name)
    except ContestInvalid as error:
        return Checked(None, tuple(error.problems))
    found = contradictions(rules, text, name)
    if further:
        found += _placed(rules, text, name)
    found.sort(key=lambda problem: problem.row or 0)
    return Checked(rules, tuple(found), open_questions(text), further)


def _placed(rules: Contest, text: str, name: str) -> list[Problem]:
    lines = line_index(text)
    return [
        Problem(
            code=one.problem.code,
            reason=one.problem.reason,
            severity=one.problem.severity,
            file=name,
            row=line_of(lines, one.path),
            column=one.path,
            value=one.problem.value,
            hint=one.problem.hint,
        )
        for check in _further
        for one in check(rules)
    ]


def require_consistent(text: str, name: str = "") -> Contest:
    """The rules of a definition that contradicts itself nowhere. Raise ContestInvalid with every problem."""
    rules = parse_contest(text, name)
    errors = [problem for problem in contradictions(rules, text, name) if problem.is_error]
    if errors:
        raise ContestInvalid(errors)
    return rules
