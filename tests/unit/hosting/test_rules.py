"""What the files of Haidian, Tongliao and Jilin ask of organisers, and the quotas of a programme."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.schema import Window
from webapp.hosting.rules.checks import Context, check, refusals
from webapp.hosting.rules.form import BudgetLine, Form, Judge, PrizeLine, read_form
from webapp.hosting.rules.shares import Trade, halves, is_kept, lines, pct
from webapp.hosting.rules.states import Outcome, State, after
from webapp.hosting.rules.terms import Terms, terms_of

DEFINITIONS = Path(__file__).resolve().parents[3] / "webapp/contests/definitions"
AT = datetime(2026, 7, 1, tzinfo=UTC)
OPEN = Window(AT - timedelta(days=1), AT + timedelta(days=30))
CONTEXT = Context("trade", AT, AT.date())


def terms(name: str) -> Terms:
    found = terms_of(parse_contest((DEFINITIONS / f"{name}.toml").read_text("utf-8")))
    assert found is not None
    return replace(found, window=OPEN)


HAIDIAN, TONGLIAO, JILIN = terms("haidian-2026"), terms("tongliao-2025"), terms("jilin-5")
GOOD = Form(
    title="人工智能训练师",
    event_class="innovative",
    name_source="catalogue-2022",
    name_reference="4-04-05-05",
    certificate="yes",
    role="host",
    first_day=date(2026, 9, 1),
    last_day=date(2026, 9, 3),
    venue="体育馆",
    contestants=200,
    parts=dict.fromkeys(
        ("purpose", "course", "recordings", "emergency", "conditions", "equipment", "service"), "有"
    ),
    judges=tuple(Judge(name, "高级技师") for name in "甲乙丙"),
    groups=dict.fromkeys(("judges", "publicity", "supervision", "safety"), "某某"),
    lines=(BudgetLine("场地", 100, 60),),
    prizes=(PrizeLine("first-prize", 5000, 1),),
)


def codes(form: Form, of: Terms = HAIDIAN, context: Context = CONTEXT) -> set[tuple[str, str]]:
    return {(one.code, one.force) for one in check(form, of, context)}


def test_a_complete_application_has_nothing_to_say() -> None:
    assert codes(GOOD) == set()
    assert codes(GOOD, TONGLIAO, replace(CONTEXT, offer="event")) == set()


@pytest.mark.parametrize(
    ("form", "found"),
    [
        (replace(GOOD, contestants=199), {("min-contestants", "normal")}),
        (replace(GOOD, contestants=399, more=("other",)), {("min-contestants", "normal")}),
        (replace(GOOD, contestants=400, more=("other",)), set()),
        (replace(GOOD, judges=GOOD.judges[:2]), {("min-judges", "normal")}),
        (replace(GOOD, judges=(*GOOD.judges, Judge("丁", ""))), {("min-judges", "normal")}),
        (replace(GOOD, certificate="no"), {("certificate-trades", "normal")}),
        (replace(GOOD, name_source="industry-standard"), {("trade-names", "normal")}),
        (replace(GOOD, event_class="traditional", lines=(BudgetLine("场地", 100, 40),), prizes=(PrizeLine("first-prize", 5001, 1),)), {("max-prize", "normal")}),
        (replace(GOOD, event_class="traditional", lines=(BudgetLine("场地", 1000, 401),)), {("traditional-trades", "normal")}),
        (replace(GOOD, lines=(BudgetLine("场地", 1000, 599),)), {("innovative-trades", "normal")}),
        (replace(GOOD, prizes=(PrizeLine("first-prize", 50000, 1),)), set()),
        (replace(GOOD, lines=(BudgetLine("场地", 100, 101),)), {("form", "hard")}),
        (replace(GOOD, role=""), {("form", "hard")}),
        (replace(GOOD, last_day=date(2026, 8, 1)), {("form", "hard")}),
        (replace(GOOD, parts={}), {("form", "hard")}),
    ],
    ids=["few", "few-in-each", "enough-in-each", "two-judges", "no-proof", "no-certificate", "other-name", "traditional-prize", "traditional-support", "innovative-support", "innovative-prize", "too-much-support", "no-role", "backwards", "no-plan"],
)  # fmt: skip
def test_what_haidian_refuses_and_what_it_only_warns_of(form: Form, found: set[tuple[str, str]]) -> None:
    assert codes(form) == found


def test_a_third_of_the_trades_leads_to_a_certificate_in_haidian() -> None:
    without = replace(GOOD, certificate="no")
    assert codes(without, context=replace(CONTEXT, own_trades=2, own_certificates=1)) == set(), "1 of 3"
    warned = codes(without, context=replace(CONTEXT, own_trades=3, own_certificates=1))
    assert warned == {("certificate-trades", "normal")}, "1 of 4"


def test_tongliao_wants_four_groups_and_bars_poor_organisers() -> None:
    context = replace(CONTEXT, offer="event")
    assert codes(replace(GOOD, groups={"judges": "甲"}), TONGLIAO, context) == {("working-groups", "hard")}
    barred = replace(context, barred_until=date(2027, 5, 1), barred_why="赛事组织不力")
    [told] = refusals(check(GOOD, TONGLIAO, barred))
    assert (told.code, told.reason.params["until"]) == ("organiser-ban", "2027-05-01")


def test_jilin_names_who_hosts_semi_finals_and_invites_for_finals() -> None:
    semi = replace(CONTEXT, offer="stage", stage="semi-final", kind="union", level="city")
    assert codes(replace(GOOD, applies_as="city-union"), JILIN, semi) == set()
    assert codes(replace(GOOD, applies_as="school"), JILIN, semi) == {("hosting", "hard")}
    county = replace(semi, level="county")
    assert codes(replace(GOOD, applies_as="city-union"), JILIN, county) == {("hosting", "hard")}
    final = replace(semi, stage="final", kind="unit", level="unit")
    assert codes(replace(GOOD, applies_as="school"), JILIN, final) == set()
    assert codes(replace(GOOD, applies_as="other"), JILIN, final) == {("hosting", "normal")}
    window = Window(datetime(2026, 9, 1, 16, tzinfo=UTC), datetime(2026, 9, 30, 16, tzinfo=UTC))
    outside = replace(final, stage_window=window)
    assert codes(replace(GOOD, applies_as="school"), JILIN, outside) == {("form", "hard")}, (
        "begins a day before"
    )
    inside = replace(GOOD, applies_as="school", first_day=date(2026, 9, 2), last_day=date(2026, 9, 30))
    assert codes(inside, JILIN, outside) == set()


@pytest.mark.parametrize(
    "window",
    [None, Window(AT + timedelta(days=1), AT + timedelta(days=2)), Window(AT - timedelta(days=2), AT)],
)
def test_nothing_is_sent_outside_the_days_of_applications(window: Window | None) -> None:
    assert codes(GOOD, replace(HAIDIAN, window=window)) == {("window", "hard")}


@pytest.mark.parametrize(
    ("context", "code"),
    [
        (replace(CONTEXT, open_partners=("小微企业",)), ("joint-application", "hard")),
        (replace(CONTEXT, taken_by="别的单位"), ("taken", "hard")),
        (replace(CONTEXT, same_trade_of="别的单位"), ("same-trade", "normal")),
    ],
)
def test_what_others_did_is_checked_too(context: Context, code: tuple[str, str]) -> None:
    assert codes(GOOD, context=context) == {code}


def test_the_steps_of_haidian_end_with_two_people_and_an_agreement() -> None:
    assert HAIDIAN.steps == ("feasibility-review", "collective-decision", "party-group-decision")
    assert HAIDIAN.needs_agreement
    assert not TONGLIAO.needs_agreement
    assert after(0, 3, Outcome.GO_ON) is State.IN_REVIEW
    assert after(2, 3, Outcome.GO_ON) is State.WAITING
    assert after(0, 3, Outcome.REFUSE) is State.WAITING
    assert after(2, 3, Outcome.RETURN) is State.RETURNED
    with pytest.raises(ValueError, match="no step"):
        after(3, 3, Outcome.GO_ON)


TRADES = st.lists(
    st.builds(
        Trade,
        st.sampled_from(["traditional", "innovative"]),
        st.integers(0, 10**7),
        st.integers(0, 10**7),
        st.booleans(),
    ),
    max_size=12,
)


@given(TRADES)
def test_the_shares_by_kind_add_up(trades: list[Trade]) -> None:
    found = {(line.code, line.of): line for line in lines(trades, HAIDIAN)}
    traditional, innovative = found["traditional-trades", "trades"], found["innovative-trades", "trades"]
    assert traditional.part + innovative.part == traditional.whole == innovative.whole
    # At most 40 % of one is at least 60 % of the other.
    assert traditional.is_kept == innovative.is_kept
    for kind in ("traditional", "innovative"):
        line = found[f"{kind}-trades", "budget"]
        assert line.part == sum(trade.support for trade in trades if trade.event_class == kind)
        assert line.whole == sum(trade.budget for trade in trades if trade.event_class == kind)
    assert found["certificate-trades", "trades"].part == sum(trade.leads for trade in trades)


def test_the_quotas_of_haidian_at_their_edges() -> None:
    kinds = ["traditional"] * 2 + ["innovative"] * 3
    trades = [Trade(kind, 40 if kind == "traditional" else 60, 100, kind == "innovative") for kind in kinds]
    assert all(line.is_kept for line in lines(trades, HAIDIAN)), "exactly 40 and 60 percent"
    broken = {
        (line.code, line.of)
        for line in lines([*trades, Trade("traditional", 41, 100, leads=False)], HAIDIAN)
        if not line.is_kept
    }
    assert broken == {
        ("traditional-trades", "trades"),
        ("innovative-trades", "trades"),
        ("traditional-trades", "budget"),
    }


def test_what_is_granted_is_measured_in_place_of_what_was_asked_for() -> None:
    """该工种总预算: of what this trade costs, not of the year's budget."""
    assert codes(GOOD, context=replace(CONTEXT, granted=59)) == {("innovative-trades", "normal")}
    traditional = replace(GOOD, event_class="traditional")
    assert codes(traditional) == {("traditional-trades", "normal")}
    assert codes(traditional, context=replace(CONTEXT, granted=40)) == set()


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 100))
def test_a_share_is_kept_exactly_when_the_fraction_is(part: int, rest: int, bound: int) -> None:
    whole = part + rest
    if whole:
        assert is_kept(part, whole, bound, None) == (part / whole * 100 >= bound - 1e-9)
        assert is_kept(part, whole, bound, None) or is_kept(part, whole, None, bound)
    assert 0 <= pct(part, whole) <= 100


@given(st.integers(0, 10**9), st.integers(0, 100))
def test_the_halves_of_the_support_are_the_support(granted: int, before: int) -> None:
    first, second = halves(granted, before)
    assert first + second == granted
    assert first * 100 <= granted * before < (first + 1) * 100


def test_an_empty_form_can_be_read_and_is_refused_in_every_section() -> None:
    assert {one.section for one in refusals(check(read_form({}), HAIDIAN, CONTEXT))} == {
        "what",
        "plan",
        "money",
    }


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('offers = ["trade"]', "offers = []", "no-offers"),
        ('offers = ["trade"]', 'offers = ["trade", "stage"]', "no-stage-rule"),
        ('window = "applications"', 'window = "nowhere"', "no-window"),
        ("remind_days = [7, 2]", 'remind_days = [7, 2]\nsteps = ["agreement"]', "steps"),
        ("before_start_pct = 50", "before_start_pct = 60", "bad-rule-value"),
        ("photos = [50, 100]", "photos = [100, 50]", "bad-rule-value"),
        ("weeks = 2", "days = 2", "bad-rule-value"),
        ('"feasibility-review"', '"feasability-review"', "bad-rule-value"),
        ("trades_pct_at_most = 40", "trades_pct = 40", "bad-rule-value"),
        ('classes = ["traditional"]\nvalue', 'classes = ["old"]\nvalue', "no-class"),
        ("remind_days = [7, 2]", 'remind_days = ["a week"]', "not-days"),
    ],
)
def test_what_does_not_fit_together_is_named(old: str, new: str, code: str) -> None:
    text = (DEFINITIONS / "haidian-2026.toml").read_text("utf-8")
    assert old in text
    with pytest.raises(ContestInvalid) as refused:
        parse_contest(text.replace(old, new))
    assert code in {problem.code for problem in refused.value.problems}
