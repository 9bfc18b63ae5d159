"""Definition file → Contest. Every problem at once, each with its path and line."""

import re
import tomllib
from dataclasses import replace
from functools import lru_cache
from typing import Any

from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.blueprint import Blueprint
from webapp.contests.rules.carried import CARRIED, carried_key
from webapp.contests.rules.check import check
from webapp.contests.rules.conditions import read_conditions
from webapp.contests.rules.misnamed import LEVELS
from webapp.contests.rules.parse_attendance import read_attendance, read_event_attendance
from webapp.contests.rules.parse_campaigns import read_campaigns
from webapp.contests.rules.parse_delegation import read_delegation
from webapp.contests.rules.parse_entry import ENTRY_RULES, read_entry_value, read_review
from webapp.contests.rules.parse_exam import read_exam
from webapp.contests.rules.parse_hosting import CHECKS, read_hosting, read_hosting_value
from webapp.contests.rules.parse_learning import read_learning
from webapp.contests.rules.parse_practical import read_event_modules, read_modules
from webapp.contests.rules.parse_sessions import read_booking, read_event_booking
from webapp.contests.rules.reader import UNDECIDED, Reader, Report
from webapp.contests.rules.schema import (
    Award,
    BoardRule,
    Component,
    Contest,
    EventClass,
    EventRules,
    Practical,
    Profile,
    RankRule,
    Rule,
    Stage,
)
from webapp.contests.rules.windows import read_windows
from webapp.core.problems import Problem, shorten
from webapp.core.words import N_, Message

SCHEMA = 1
TRACKS = ("competition", "popularisation")
COMPONENTS = ("learning", "theory", "practical")
BREAKERS = (*COMPONENTS, "time_used", "submitted_at")
STAGE_KINDS = ("selection", "online", "practical", "mixed")
NOTED_RULES = (
    "hosting",
    "outside-entry",
    "team-award",
    "real-data",
    "occupation",
    "chief-judge",
    "results-count",
    "honour-share",
    "joint-application",
    "trade-names",
    "supervision",
    "delegation",
    "equal-places",
    "money",
    "local-awards",
)
"""Rules that people carry out; the file keeps them with their force, the programs show them."""
RULE_CODES = (
    "unit-required",
    "in-service",
    "region",
    "not-pupil",
    "earlier-first-place",
    "min-judges",
    "min-contestants",
    "max-prize",
    "one-trade-per-cycle",
    "first-prize-winner",
    "certificate-trades",
    "retention-days",
    "final-minimum",
    "traditional-trades",
    "innovative-trades",
    "performance-file",
    "confirmation-days",
    "organiser-ban",
    "stage-papers",
    "stage-weights",
    "local-ranking",
    "final-review",
    "final-entries",
    "working-groups",
    "winners-on-list",
    "approval-steps",
    "support-payments",
    "union-role",
    *NOTED_RULES,
    *ENTRY_RULES,
)
COUNT_RULES = frozenset(
    {
        "min-judges",
        "min-contestants",
        "max-prize",
        "certificate-trades",
        "retention-days",
        "final-minimum",
        "confirmation-days",
        "organiser-ban",
        "final-entries",
        "honour-share",
    }
)
DAY_RULES = frozenset({"in-service"})
"""What the value of a rule must be; the values of other rules are tables or nothing."""
UNDECIDED_TOPICS = ("eligibility", "certificates", "recuperation", "weights", "awards")
AWARD_KINDS = ("honour", "cash", "level", "certificate", "medal", "recuperation")
AWARD_LOOKS = ("by-kind", "participation", "promotion", "rank", "honour")


def parse_contest(text: str, name: str = "") -> Contest:
    """The contest of a TOML definition. Raise ContestInvalid with every problem and its place.

    name: file name for the problems. An unknown key is a problem; "undecided" is not."""
    try:
        return _parsed(text)
    except ContestInvalid as error:
        raise ContestInvalid([replace(problem, file=name) for problem in error.problems]) from None


@lru_cache(maxsize=16)
def _parsed(text: str) -> Contest:
    """Parsing is pure and its result frozen: the same text again costs nothing. A wrong text is not kept."""
    report = Report("", text)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # ValueError: besides bad syntax, a number of thousands of digits; RecursionError: endless nesting.
        raise ContestInvalid([_syntax_problem("", error)]) from error
    root = Reader(data, "", report)
    contest = _contest(root)
    root.close()
    check(contest, data, report)
    if report.problems:
        raise ContestInvalid(sorted(report.problems, key=lambda problem: problem.row or 0))
    return contest


def _syntax_problem(name: str, error: Exception) -> Problem:
    place = re.search(r"line (\d+), column (\d+)", str(error))
    return Problem(
        code="not-toml",
        reason=Message(N_("The file cannot be read as TOML: %(error)s"), {"error": shorten(error, 200)}),
        file=name,
        row=int(place.group(1)) if place else None,
        column=place.group(2) if place else "",
        hint=Message(N_("Look for a missing quotation mark or bracket on this line or the one before.")),
    )


def _contest(root: Reader) -> Contest:
    root.integer("schema", SCHEMA, SCHEMA)
    return Contest(
        code=root.code("code"),
        title=root.texts("title"),
        edition=root.text("edition", needed=False),
        host=root.texts("host", needed=False),
        source=root.text("source", needed=False),
        introduction=root.texts("introduction", needed=False),
        windows=read_windows(root.table("windows")),
        classes=tuple(_class(table) for table in root.tables("classes")),
        profiles=tuple(_profile(table) for table in root.tables("profiles")),
        events=tuple(_event(table) for table in root.tables("events", needed=False)),
        limits=tuple(_rule(table) for table in root.tables("limits", needed=False)),
        proposed=root.names("proposed", needed=False),
        expected_entries=root.optional_integer("expected_entries", 1, 100_000_000),
        campaigns=read_campaigns(root),
        hosting=read_hosting(root),
    )


def _class(table: Reader) -> EventClass:
    made = EventClass(
        code=table.code("code"),
        title=table.texts("title"),
        expected_count=table.optional_integer("expected_count", 0, 10_000),
        undecided=table.choices("undecided", UNDECIDED_TOPICS),
    )
    table.close()
    return made


def _profile(table: Reader) -> Profile:
    registration = table.table("registration")
    learning = table.table("learning", needed=False)
    made = Profile(
        code=table.code("code"),
        track=table.choice("track", TRACKS),
        title=table.texts("title"),
        registration_window=registration.text("window") if registration else "",
        review_levels=registration.names("review_levels", needed=False) if registration else (),
        organiser_confirms=registration.flag("organiser_confirms", default=False) if registration else False,
        needs_unit=registration.flag("needs_unit", default=True) if registration else True,
        events_per_person=_events_per_person(registration),
        eligibility=tuple(_rule(item) for item in table.tables("eligibility", needed=False)),
        learning=read_learning(learning),
        stages=tuple(_stage(item) for item in table.tables("stages")),
        awards=tuple(_award(item) for item in table.tables("awards", needed=False)),
        review=read_review(registration),
    )
    if registration:
        registration.close()
    table.close()
    return made


def _events_per_person(registration: Reader | None) -> int | None:
    return registration.optional_integer("events_per_person", 1, 1000) if registration else None


def _rule(table: Reader) -> Rule:
    code = table.choice("rule", RULE_CODES)
    made = Rule(
        code=code,
        force=table.choice("force", ("hard", "normal")),
        value=_rule_value(table, code),
        note=table.texts("note", needed=False),
        classes=table.names("classes", needed=False),
    )
    table.close()
    return made


def _rule_value(table: Reader, code: str) -> Any:
    """What the rule needs, or None where it is left out or undecided."""
    if table.data.get("value", UNDECIDED) == UNDECIDED:
        return table.raw("value", needed=False) and None
    if code in ENTRY_RULES:
        return read_entry_value(table, code)
    if code == "delegation":
        return read_delegation(table)
    if code in CHECKS:
        return read_hosting_value(table, code)
    if code in COUNT_RULES:
        return table.integer("value", 0, 1_000_000)
    if code in DAY_RULES:
        return table.day("value")
    if code == "region":
        return list(table.names("value"))
    return table.raw("value")


def _stage(table: Reader) -> Stage:
    rank = table.table("rank", needed=False)
    board = table.table("board", needed=False)
    undecided = table.data.get("quota", UNDECIDED) == UNDECIDED
    made = Stage(
        code=table.code("code"),
        title=table.texts("title"),
        kind=table.choice("kind", STAGE_KINDS),
        window=table.text("window"),
        components=_components(table),
        quota=table.integer("quota", 1, 1_000_000) if not undecided else None,
        quota_undecided=table.raw("quota", needed=False) == UNDECIDED,
        rank=_rank(rank),
        board=_board(board),
        exam=read_exam(table.table("exam", needed=False)),
        notice_working_days=_notice(table),
        amended_notice=table.choice("amended_notice", ("restart", "keep"), "restart"),
        booking=read_booking(table),
        attendance=read_attendance(table),
        close_after_days=table.optional_integer("close_after_days", 1, 3650),
        modules=read_modules(table),
        nominated_by=table.choices("nominated_by", LEVELS),
    )
    table.close()
    return made


def _notice(table: Reader) -> int | None:
    return table.optional_integer("notice_working_days", 0, 90)


def _components(table: Reader) -> tuple[Component, ...]:
    """The parts of the score; empty where they are left out or undecided."""
    if table.raw("components", needed=False) == UNDECIDED:
        return ()
    return tuple(_component(item) for item in table.tables("components", needed=False))


def _component(table: Reader) -> Component:
    key = table.choice("component", (*COMPONENTS, CARRIED))
    if key == CARRIED:
        key = carried_key(table.text("from"))
    made = Component(key, table.decimal("weight_pct", "0", "100"))
    table.close()
    return made


def _rank(table: Reader | None) -> RankRule:
    if table is None:
        return RankRule("shared", (), "all_tied", "digest")
    breakers = table.choices("breakers", BREAKERS)
    made = RankRule(
        display=table.choice("display", ("shared", "ordinal"), "shared"),
        breakers=breakers,
        cut=table.choice("cut", ("all_tied", "none_tied", "ordinal"), "all_tied"),
        last_key=table.choice("last_key", ("digest",), "digest"),
    )
    table.close()
    return made


def _board(table: Reader | None) -> BoardRule:
    if table is None:
        return BoardRule("publication", "first_character")
    made = BoardRule(
        public_from=table.choice("public_from", ("at_once", "recheck", "publication", "never")),
        mask=table.choice("mask", ("first_character", "none"), "first_character"),
    )
    table.close()
    return made


def _award(table: Reader) -> Award:
    made = Award(
        code=table.code("code"),
        title=table.texts("title"),
        kind=table.choice("kind", AWARD_KINDS),
        stage=table.text("stage"),
        rank_from=table.integer("rank_from", 1, 1_000_000, 1),
        rank_to=table.integer("rank_to", 1, 1_000_000, 1_000_000),
        classes=table.names("classes", needed=False),
        amount=table.optional_integer("amount", 0, 10_000_000),
        conditions=read_conditions(table.table("conditions", needed=False)),
        look=table.choice("look", AWARD_LOOKS, AWARD_LOOKS[0]),
    )
    table.close()
    return made


def _practical(table: Reader | None) -> Practical | None:
    if table is None:
        return None
    made = Practical(
        modules=table.optional_integer("modules", 1, 100),
        take_home_h=table.optional_integer("take_home_h", 1, 10_000),
    )
    table.close()
    return made


def _exams(table: Reader | None) -> dict[str, Blueprint]:
    """The exams that an event has of its own, by stage code."""
    if table is None:
        return {}
    found = {code: read_exam(table.table(code)) for code in table.data}
    return {code: exam for code, exam in found.items() if exam is not None}


def _event(table: Reader) -> EventRules:
    windows = table.table("windows", needed=False)
    made = EventRules(
        code=table.code("code"),
        title=table.texts("title"),
        event_class=table.text("class"),
        profile=table.text("profile"),
        trade=table.text("trade", needed=False),
        organiser=table.text("organiser", needed=False),
        is_sample=table.flag("sample", default=False),
        has_national_standard=table.optional_flag("national_standard"),
        bank=table.text("bank", needed=False),
        windows=read_windows(windows),
        undecided_windows=frozenset(
            name for name, value in (windows.data if windows else {}).items() if value == UNDECIDED
        ),
        industry=table.text("industry", needed=False),
        is_team=table.flag("team", default=False),
        note=table.texts("note", needed=False),
        practical=_practical(table.table("practical", needed=False)),
        bank_topics=table.names("bank_topics", needed=False),
        exams=_exams(table.table("exam", needed=False)),
        modules=read_event_modules(table.table("modules", needed=False)),
        booking=read_event_booking(table.table("booking", needed=False)),
        attendance=read_event_attendance(table.table("attendance", needed=False)),
    )
    table.close()
    return made
