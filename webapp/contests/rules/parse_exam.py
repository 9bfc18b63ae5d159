"""The exam table of a stage → Blueprint."""

from decimal import Decimal

from webapp.contests.rules.blueprint import Blueprint, Cell, Fairness, Mock, Section
from webapp.contests.rules.essay_marking import EssayMarking
from webapp.contests.rules.parse_checks import read_checks
from webapp.contests.rules.reader import Reader
from webapp.core.words import N_, Message

QUESTION_TYPES = (
    "single", "multiple", "true_false", "fill", "matching", "ordering", "numeric", "passage", "essay",
)  # fmt: skip
"""What an exam can ask."""

WRITTEN_TYPES = frozenset({"essay", "passage"})
"""Types whose questions people may have to mark: a passage may hold written answers."""

MARKING_RULES = ("all_or_nothing", "half_for_subset", "per_pick", "proportional", "weights")
LAYOUTS = ("whole", "single")
TOOLS = ("calculator", "formula_sheet")
MAX_SHEET_CHARS = 4000
DIFFICULTIES = ("easy", "medium", "hard")


def read_exam(table: Reader | None) -> Blueprint | None:
    """The blueprint, or None when the stage has no exam. Problems go to the table's report."""
    if table is None:
        return None
    made = Blueprint(
        bank=table.text("bank"),
        duration_s=60 * table.integer("duration_min", 1, 600),
        grace_s=table.integer("grace_s", 0, 120, 10),
        attempts_allowed=table.integer("attempts_allowed", 1, 100, 1),
        counting_attempt=table.choice("counting_attempt", ("best", "last", "first"), "first"),
        sections=tuple(_section(item) for item in table.tables("sections")),
        key_release=table.choice("key_release", ("never", "after_close"), "never"),
        mock=_mock(table.table("mock", needed=False)),
        topics=tuple(dict.fromkeys(table.names("topics", needed=False))),
        layout=table.choice("layout", LAYOUTS, "whole"),
        tools=tuple(dict.fromkeys(table.choices("tools", TOOLS))),
        formula_sheet=table.texts("formula_sheet") if "formula_sheet" in table.data else None,
        fairness=_fairness(table.table("fairness", needed=False)),
        checks=read_checks(table.table("checks", needed=False)),
    )
    keys = [section.key for section in made.sections]
    if len(set(keys)) != len(keys):
        table.problem("sections", "code-twice", Message(N_("This code stands twice.")))
    _check_times(table, made)
    _check_sheet(table, made)
    _check_mock(table, made)
    full = table.decimal("full_mark", "0", "1000000") if "full_mark" in table.data else None
    if full is not None and full != made.full_mark:
        table.problem(
            "full_mark",
            "full-mark",
            Message(N_("The sections add up to %(total)s marks."), {"total": str(made.full_mark)}),
        )
    table.close()
    return made


def _check_times(table: Reader, made: Blueprint) -> None:
    """Section times have to fit into the time of the paper, or nobody could reach the last section."""
    if sum(section.duration_s or 0 for section in made.sections) > made.duration_s:
        table.problem(
            "sections",
            "section-times",
            Message(N_("The times of the sections add up to more than the time of the whole paper.")),
        )


def _check_sheet(table: Reader, made: Blueprint) -> None:
    """The text and the tool that shows it belong together."""
    if ("formula_sheet" in made.tools) != (made.formula_sheet is not None):
        table.problem(
            "formula_sheet",
            "formula-sheet",
            Message(N_("A formula sheet needs its text here and its name among the tools.")),
        )
    sheet = made.formula_sheet
    if sheet is not None and max(len(sheet.zh), len(sheet.en)) > MAX_SHEET_CHARS:
        table.problem(
            "formula_sheet",
            "too-long",
            Message(N_("The formula sheet may have at most %(most)s characters."), {"most": MAX_SHEET_CHARS}),
        )


def _mock(table: Reader | None) -> Mock | None:
    """The mock exam of a stage, or None when the file offers none."""
    if table is None:
        return None
    made = Mock(
        questions_per_section=table.integer("questions_per_section", 1, 100),
        duration_s=60 * table.integer("duration_min", 1, 600),
        attempts_allowed=table.integer("attempts_allowed", 1, 1000),
        layout=table.choice("layout", LAYOUTS) if "layout" in table.data else "",
    )
    table.close()
    return made


def _fairness(table: Reader | None) -> Fairness | None:
    """How alike the papers have to be, or None when the file leaves it to chance."""
    if table is None:
        return None
    band = _band(table.table("band", needed=False))
    facility = table.table("facility", needed=False)
    made = Fairness(
        max_exposure=table.decimal("max_exposure", "0.01", "1") if "max_exposure" in table.data else None,
        most_earlier_papers=table.optional_integer("most_earlier_papers", 0, 10_000_000),
        lowest=band[0] if band else None,
        highest=band[1] if band else None,
        **_facilities(facility),
    )
    if not made.easy >= made.medium >= made.hard:
        table.problem(
            "facility", "order", Message(N_("Easy questions are answered right most often, hard ones least."))
        )
    table.close()
    return made


def _band(table: Reader | None) -> tuple[Decimal, Decimal] | None:
    if table is None:
        return None
    lowest, highest = table.decimal("lowest", "0", "1"), table.decimal("highest", "0", "1")
    if lowest >= highest:
        table.problem("highest", "order", Message(N_("The band has to end above its beginning.")))
    table.close()
    return lowest, highest


def _facilities(table: Reader | None) -> dict[str, Decimal]:
    if table is None:
        return {}
    found = {name: table.decimal(name, "0", "1") for name in DIFFICULTIES}
    table.close()
    return found


def _section(table: Reader) -> Section:
    cells = tuple(_cell(item) for item in table.tables("cells", needed=False))
    if not cells:
        cells = (Cell(None, None, table.integer("count", 1, 500)),)
    elif "count" in table.data and table.integer("count", 1, 500) != sum(cell.count for cell in cells):
        table.problem("count", "count", Message(N_("The cells do not add up to this count.")))
    rule = table.choice("marking_rule", MARKING_RULES, "all_or_nothing")
    made = Section(
        key=table.text("key"),
        title=table.texts("title"),
        question_type=table.choice("type", QUESTION_TYPES),
        mark=table.decimal("mark", "0.01", "1000"),
        cells=cells,
        marking_rule=rule,
        per_pick_mark=table.decimal("per_pick_mark", "0", "1000") if "per_pick_mark" in table.data else None,
        wrong_true_false_mark=table.decimal("wrong_mark", "-1000", "0", "0"),
        shuffle_questions=table.flag("shuffle_questions", default=True),
        shuffle_options=table.flag("shuffle_options", default=True),
        forward_only=table.flag("forward_only", default=False),
        duration_s=60 * table.integer("duration_min", 1, 600) if "duration_min" in table.data else None,
        marking=_marking(table.table("marking", needed=False)),
    )
    _check_marking(table, made)
    if rule == "per_pick" and made.per_pick_mark is None:
        table.problem(
            "per_pick_mark", "missing", Message(N_("“%(key)s” is missing."), {"key": "per_pick_mark"})
        )
    if made.per_pick_mark is not None and made.per_pick_mark > made.mark:
        table.problem(
            "per_pick_mark", "too-large", Message(N_("One pick cannot bring more than the whole question."))
        )
    if made.wrong_true_false_mark < Decimal(0) and made.question_type != "true_false":
        table.problem("wrong_mark", "not-here", Message(N_("Only true/false questions may take marks off.")))
    table.close()
    return made


def _marking(table: Reader | None) -> EssayMarking | None:
    """How people mark the written answers of a section, or None when the file leaves it to the defaults."""
    if table is None:
        return None
    made = EssayMarking(
        step=table.decimal("step", "0.01", "1000", "0.5"),
        tolerance_pct=table.decimal("tolerance_pct", "0", "100", "10"),
        comments=table.flag("comments", default=False),
    )
    table.close()
    return made


def _check_marking(table: Reader, made: Section) -> None:
    if made.marking is None:
        return
    if made.question_type not in WRITTEN_TYPES:
        table.problem("marking", "not-here", Message(N_("Only written answers are marked by people.")))
    if made.marking.step > made.mark:
        table.problem(
            "marking", "too-large", Message(N_("One step cannot be larger than the mark of the question."))
        )


def _check_mock(table: Reader, made: Blueprint) -> None:
    """A mock exam leaves written answers out; then something has to be left."""
    if made.mock is not None and all(section.question_type == "essay" for section in made.sections):
        table.problem("mock", "nothing-left", Message(N_("Nobody marks written answers of a mock exam.")))


def _cell(table: Reader) -> Cell:
    made = Cell(
        topic=table.text("topic", needed=False) or None,
        difficulty=table.choice("difficulty", (*DIFFICULTIES, "any"), "any"),
        count=table.integer("count", 1, 500),
    )
    table.close()
    return Cell(made.topic, None if made.difficulty == "any" else made.difficulty, made.count)
