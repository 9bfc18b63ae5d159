"""The tables of reports in the reader's language: the page, the plot and the workbook are made of the same rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from webapp.core.i18n import gettext as _
from webapp.core.i18n import pick
from webapp.registration.rules.labels import level_text
from webapp.reports.queries import backlog as waiting
from webapp.reports.queries.cells import EVERYWHERE, NO_UNIT, Cell, nothing
from webapp.reports.queries.outline import Outline
from webapp.reports.queries.scope import Child, Choice
from webapp.reports.queries.topics import Topic
from webapp.reports.routes.blueprint import bp
from webapp.reports.rules import funnel
from webapp.reports.rules.funnel import Step
from webapp.reports.rules.plot import Plot, bars
from webapp.reports.rules.small import HIDDEN, hide

Value = int | float | str | None
PLOTTED = 30
"""So many bars at most; the table has all rows."""
NOBODY = Cell(EVERYWHERE, "", 0, 0, {}, nothing())


@dataclass(frozen=True)
class Row:
    """One row. address: where its first cell leads; '' for nowhere."""

    name: str
    values: tuple[Value, ...]
    address: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Table:
    """head: the first column's words, then those of the values. total: the last row. plotted: column of the plot."""

    key: str
    title: str
    head: tuple[str, ...]
    rows: tuple[Row, ...]
    total: Row | None = None
    note: str = ""
    plotted: int | None = 0
    plot_words: str = ""
    bars: Plot = field(init=False)

    def __post_init__(self) -> None:
        shown = [] if self.plotted is None else self.rows[:PLOTTED]
        made = []
        for row in shown:
            value = row.values[self.plotted or 0]
            number = int(value) if isinstance(value, int | float) else 0
            made.append((row.name, number, "" if number != HIDDEN else "<3"))
        object.__setattr__(self, "bars", bars(made))


Link = Callable[..., str]
"""Makes the address of a view with other filters."""


def step_title(step: Step) -> str:
    """A step in words."""
    if step.level:
        return _("Passed: %(level)s", level=_(level_text(step.level)))
    if step.title is not None:
        if step.key.startswith("place:"):
            return _("Have a place in: %(stage)s", stage=pick(step.title))
        return _("Ranked in: %(stage)s", stage=pick(step.title))
    return _(funnel.WORDS[step.key])


def step_meaning(step: Step) -> str:
    """What a step counts, in words."""
    if step.level:
        return _(
            "Of these, whose application no reviewer of this level or an earlier one has yet to confirm."
        )
    if step.title is not None:
        if step.key.startswith("place:"):
            return _(
                "Of those before, who was invited to this stage and has neither declined nor been replaced."
            )
        return _(
            "Of those before, who stands on the board of this stage; whoever is in a later stage counts too."
        )
    return _(funnel.MEANINGS[step.key])


def steps_for(choice: Choice) -> list[Step]:
    """The steps that what is looked at can have: of an event only its own levels and stages."""
    steps = list(choice.outline.steps)
    if choice.event_id is None:
        return steps
    event = choice.outline.event(choice.event_id)
    codes = {f"{kind}:{code}" for kind in ("place", "ranked") for code in event.stages}
    return [
        step
        for step in steps
        if (not step.level or step.level in event.levels) and (step.title is None or step.key in codes)
    ]


def funnel_table(choice: Choice, cell: Cell) -> Table:
    """The way from registration to the certificate."""
    shown = hide if not choice.is_whole else int
    steps = steps_for(choice)
    depths = {"": -1}
    rows = []
    known = {step.key for step in steps}
    for step in steps:
        against = _nearest(step.against, known, choice.outline)
        depths[step.key] = depths.get(against, -1) + 1
        number = shown(cell.people(step.key))
        rows.append(
            Row(
                step_title(step),
                (number, _rate(number, shown(cell.people(against))) if against else None, _rate(number, shown(cell.people()))),
            )
        )  # fmt: skip
    return Table(
        "funnel",
        _("From registration to the certificate"),
        (
            _("Step of the way"),
            _("Number of people"),
            _("Percent of the step it is measured against"),
            _("Percent of all registered"),
        ),
        tuple(rows),
        plot_words=_("People at each step"),
        note=_("Each person is counted once in each step, however many events they take part in."),
    )


def _nearest(key: str, known: set[str], outline: Outline) -> str:
    """The step a step is measured against, or the next before it that is shown."""
    against = {step.key: step.against for step in outline.steps}
    while key and key not in known:
        key = against[key]
    return key


def _rate(part: int, whole: int) -> float | None:
    return None if HIDDEN in {part, whole} else funnel.rate(part, whole)


def _numbers(choice: Choice, cell: Cell, *, events: bool = True) -> tuple[Value, ...]:
    shown = hide if not choice.is_whole else int
    front = (cell.events, cell.units) if events else (cell.units,)
    return (*front, *(shown(cell.people(key)) for key in funnel.COMMON))


def _head(first: str, *, events: bool = True) -> tuple[str, ...]:
    front = (_("Events"), _("Enterprises")) if events else (_("Enterprises"),)
    return (first, *front, *(_(funnel.WORDS[key]) for key in funnel.COMMON))


def places_table(
    choice: Choice, below: Sequence[Child], cells: dict[int, Cell], cell: Cell, link: Link
) -> Table:
    """The places right below the one looked at; what is left are people who hang on the place itself."""
    rows = [
        (
            cells.get(child.place, NOBODY),
            child.name,
            link("reports.places" if child.has_below else "reports.contest", place=child.place),
        )
        for child in below
        if child.place in cells or child.kind != "organiser"
    ]
    rows.sort(key=lambda row: (-row[0].people(), row[1]))
    made = [Row(name, _numbers(choice, one), address) for one, name, address in rows]
    rest = _rest(cell, [one for one, _name, _address in rows])
    if rest.people():
        words = _("Without a unit in the tree") if choice.place == EVERYWHERE else _("Directly at this place")
        values = _numbers(choice, rest)
        made.append(Row(words, (None, None, *values[2:])))
    return Table(
        "places",
        _("By region"),
        _head(_("Region or unit")),
        tuple(made),
        total=Row(_("Together"), _numbers(choice, cell)),
        plotted=2,
        plot_words=_("Registered people by place"),
        note=_(
            "Each person is counted once, at the unit of their newest registration, so the rows add up to the last line; only events may be counted at several places."
        ),
    )


def _rest(cell: Cell, parts: Sequence[Cell]) -> Cell:
    """What a place has beyond the places right below it."""
    steps = {key: number - sum(part.people(key) for part in parts) for key, number in cell.steps.items()}
    return Cell(NO_UNIT, "", cell.units - sum(part.units for part in parts), 0, steps, NOBODY.amounts)


def events_table(choice: Choice, cells: dict[str, Cell], cell: Cell, link: Link, wanted: str) -> Table:
    """The events of the contest at the place that is looked at."""
    rows = [
        (cells.get(str(event.event_id), NOBODY), event)
        for event in choice.outline.events
        if (not event.is_withdrawn or str(event.event_id) in cells)
        and choice.event_id in {None, event.event_id}
    ]
    rows = [row for row in rows if wanted.casefold() in " ".join(row[1].title.values()).casefold()]
    rows.sort(key=lambda row: (-row[0].people(), row[1].code))
    return Table(
        "events",
        _("By event"),
        _head(_("Event"), events=False),
        tuple(
            Row(
                pick(event.title),
                _numbers(choice, one, events=False),
                link("reports.contest", event=event.event_id, industry=None),
            )
            for one, event in rows
        ),
        total=Row(_("Each person once"), _numbers(choice, cell, events=False)),
        plotted=1,
        plot_words=_("Registered people by event"),
        note=_(
            "Within an event each person is counted once. Whoever takes part in several events stands in several rows, so the last line may be less than their sum."
        ),
    )


def industries_table(choice: Choice, cells: Sequence[Cell], cell: Cell, link: Link) -> Table:
    """People by the industry of their events."""
    rows = sorted(cells, key=lambda one: (-one.people(), one.key))
    return Table(
        "industries",
        _("By industry of the event"),
        _head(_("Branch of industry")),
        tuple(
            Row(
                one.key or _("Not named in the contest file"),
                _numbers(choice, one),
                link("reports.contest", event=None, industry=one.key),
            )
            for one in rows
        ),
        total=Row(_("Each person once"), _numbers(choice, cell)),
        plotted=2,
        plot_words=_("Registered people by industry of the event"),
        note=_(
            "Within an industry each person is counted once. Whoever takes part in events of several industries stands in several rows."
        ),
    )


def unit_industries_table(choice: Choice, cells: Sequence[Cell], cell: Cell) -> Table:
    """People by the industry of their unit."""
    rows = sorted(cells, key=lambda one: (-one.people(), one.key))
    made = [Row(one.key or _("Not on record"), _numbers(choice, one, events=False)) for one in rows]
    rest = _rest(cell, rows)
    if rest.people():
        made.append(Row(_("People without a unit"), (None, *_numbers(choice, rest, events=False)[1:])))
    return Table(
        "unit-industries",
        _("By industry of the unit"),
        _head(_("Branch of industry"), events=False),
        tuple(made),
        total=Row(_("Together"), _numbers(choice, cell, events=False)),
        plotted=None,
        note=_(
            "As the union tree names it. Each person is counted once, so the rows add up to the last line."
        ),
    )


def learning_table(choice: Choice, rows: Sequence[tuple[str, Cell]], cell: Cell, first: str) -> Table:
    """What was learned, by event or place."""

    def values(one: Cell) -> tuple[Value, ...]:
        people = one.people(funnel.LEARNING)
        if not choice.is_whole and hide(people) == HIDDEN:
            return (HIDDEN, *(None,) * 7)
        said = one.amounts
        finished = one.people(funnel.LEARNED)
        return (
            people,
            finished if choice.is_whole else hide(finished),
            said.watched_min,
            round(said.watched_min / people, 1) if people else None,
            int(said.points),
            said.lessons,
            said.answers,
            funnel.rate(said.right_answers, said.answers),
        )

    return Table(
        "learning",
        _("Learning"),
        (
            first,
            _(funnel.WORDS[funnel.LEARNING]),
            _(funnel.WORDS[funnel.LEARNED]),
            _("Minutes of video watched"),
            _("Minutes a learner"),
            _("Learning points"),
            _("Lessons completed"),
            _("Practice questions answered"),
            _("Answered right, percent"),
        ),
        tuple(Row(name, values(one)) for name, one in rows),
        total=Row(_("Each person once") if choice.event_id is None else _("Together"), values(cell)),
        plot_words=_("People who learn"),
        note=_(
            "Minutes are seconds of video that count, each second once. A lesson is completed when enough of its video was watched or its text was read."
        ),
    )


def topics_table(topics: Sequence[Topic]) -> Table:
    """How well practice questions are answered, by topic."""
    return Table(
        "topics",
        _("Practice questions by topic"),
        (_("Topic"), _("Practice questions answered"), _("Answered right, percent")),
        tuple(
            Row(
                pick(one.title) if one.title else _("Without a topic"),
                (one.answers, funnel.rate(one.right_answers, one.answers)),
            )
            for one in topics
        ),
        plotted=1,
        plot_words=_("Right answers by topic, percent"),
        note=_(
            "All answers count, also a second one to the same question. The least well known topic stands first."
        ),
    )


def backlog_tables(found: waiting.Backlog, names: dict[int, str]) -> list[Table]:
    """What waits by level and by organisation, and what was handled by day."""
    head = (
        _("Still waiting"), _("0–1 days"), _("2–3 days"), _("4–7 days"), _("More than 7 days"), _("Oldest (days)"),
    )  # fmt: skip

    def values(one: waiting.Waiting) -> tuple[Value, ...]:
        return (one.waiting, *one.ages, one.oldest)

    def handled(one: waiting.Waiting) -> tuple[Value, ...]:
        done, shifts = found.handled_by_node.get(int(one.key), (0, 0))
        return (*values(one), done, round(done / shifts, 1) if shifts else None)

    together = waiting.Waiting(
        "", found.waiting, tuple(sum(one.ages[at] for one in found.by_level) for at in range(4)),  # type: ignore[arg-type]  # four
        max((one.oldest for one in found.by_level), default=0),
    )  # fmt: skip
    return [
        Table(
            "levels",
            _("Waiting, by level"),
            (_("Level"), *head),
            tuple(Row(_(level_text(one.key)), values(one)) for one in found.by_level),
            total=Row(_("Together"), values(together)),
            plot_words=_("Applications that wait, by level"),
            note=_("An application waits at one level at a time; its days count from when it came there."),
        ),
        Table(
            "nodes",
            _("Waiting, by reviewing organisation"),
            (
                _("Organisation"), *head,
                _("Handled in %(days)s days", days=waiting.DAYS), _("A reviewer and day"),
            ),
            tuple(Row(names.get(int(one.key), "—"), handled(one)) for one in found.by_node),
            plotted=None,
            note=_(
                "The last column is decisions divided by days on which a reviewer decided at least once. Nobody is named here."
            ),
        ),
        Table(
            "days",
            _("Handled, by day"),
            (_("Day"), _("Decisions"), _("Reviewers"), _("A reviewer")),
            tuple(
                Row(
                    f"{one.day:%Y-%m-%d}",
                    (one.handled, one.reviewers, round(one.handled / one.reviewers, 1) if one.reviewers else None),
                )
                for one in found.days
            ),
            plot_words=_("Decisions by day"),
            note=_("Days of Shanghai time, today included. Confirmed, returned and refused all count."),
        ),
    ]  # fmt: skip


def editions_table(rows: Sequence[tuple[Outline, Cell | None, str]], *, is_whole: bool) -> Table:
    """Contests side by side, with the steps that every contest has. No numbers: not counted yet."""
    shown = int if is_whole else hide

    def values(cell: Cell | None) -> tuple[Value, ...]:
        if cell is None:
            return (None,) * (2 + len(funnel.COMMON))
        return (cell.events, cell.units, *(shown(cell.people(key)) for key in funnel.COMMON))

    return Table(
        "editions",
        _("Contests side by side"),
        _head(_("Contest")),
        tuple(
            Row(pick(one.title), values(cell), address)
            for one, cell, address in rows
        ),
        plotted=2,
        plot_words=_("Registered people by contest"),
        note=_("Within a contest each person is counted once; whoever took part in several contests is counted in each."),
    )  # fmt: skip


bp.add_app_template_filter(step_title, "report_step")
bp.add_app_template_filter(step_meaning, "report_meaning")
