"""Events from a table: read with every problem and its cell, written into a definition without losing a comment."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from webapp.contests.errors import ContestInvalid
from webapp.contests.formats.event_rows import column_letters, read_events
from webapp.contests.formats.event_tables import write_events
from webapp.contests.rules.parse import parse_contest

DEFINITIONS = Path(__file__).resolve().parents[3] / "webapp/contests/definitions"
JILIN = (DEFINITIONS / "jilin-5.toml").read_text(encoding="utf-8")
HEAD = ("赛项代码", "赛项名称", "类别", "规则组")
SMALL = """schema = 1
code = "small"
title = "小型竞赛"

[windows]
all = ["2026-05-01", "2026-05-21"]

[[classes]]
code = "one"
title = "一类"

[[profiles]]
code = "plain"
track = "competition"
title = "一般"

[profiles.registration]
window = "all"

[[profiles.stages]]
code = "final"
title = "决赛"
kind = "selection"
window = "all"

# The events of this contest.

[[events]]
code = "first"
title = "旧名" # by letter of 3 May
class = "one"
profile = "plain"
windows = {all = ["2026-05-02", "2026-05-03"]}

[[events]]
code = "second"
title = "第二"
class = "one"
profile = "plain"
bank = "old-bank"
"""


def numbered(*rows: tuple[str, ...]) -> list[tuple[int, tuple[str, ...]]]:
    return list(enumerate(rows, start=1))


def shipped() -> list[tuple[int, list[str]]]:
    with (DEFINITIONS / "jilin-5-events.csv").open(encoding="utf-8", newline="") as file:
        return list(enumerate(csv.reader(file), start=1))


def test_the_shipped_file_is_what_its_table_makes() -> None:
    written = write_events(JILIN, read_events(shipped()))
    assert (written.added, written.changed, written.dropped) == ((), (), ())
    assert written.text == JILIN


def test_jilin_has_165_events_ten_open_ones_and_27_labour_competitions() -> None:
    contest = parse_contest(JILIN)
    assert Counter(event.event_class for event in contest.events) == {
        "class-1": 20, "class-2": 20, "filed": 14, "city-filed": 111, "popularisation": 10,
    }  # fmt: skip
    assert all(event.is_sample for event in contest.events)
    assert Counter(campaign.level for campaign in contest.campaigns) == {"provincial": 21, "city": 6}
    assert all(list(one.phases) == ["mobilise", "advance", "summarise"] for one in contest.campaigns)
    city = contest.event("grinder")
    assert contest.registration(city) is None
    assert contest.registration(contest.event("welding")) is not None


def test_every_event_can_be_written_from_nothing() -> None:
    start = JILIN.index("[[events]]")
    end = JILIN.index("# ------", start)
    bare = JILIN[:start] + JILIN[end:]
    made = parse_contest(write_events(bare, read_events(shipped())).text)
    assert made.events == parse_contest(JILIN).events


def test_a_changed_cell_changes_only_its_key_and_comments_stay() -> None:
    rows = numbered(
        (*HEAD, "题库", "实操模块数", "时间：all"),
        ("second", "第二", "one", "plain", "", "3", "2026-05-02 .. 2026-05-04"),
        ("first", "新名", "one", "plain", "", "", ""),
    )
    table = read_events(rows)
    assert table.problems == ()
    written = write_events(SMALL, table)
    assert (written.added, set(written.changed), written.dropped) == ((), {"first", "second"}, ())
    assert "# The events of this contest." in written.text
    assert "# by letter of 3 May" in written.text
    made = parse_contest(written.text)
    assert [event.code for event in made.events] == ["second", "first"]
    assert made.event("second").bank == ""
    assert made.event("second").practical is not None
    assert made.event("first").windows == {}
    assert made.event("second").windows
    assert write_events(written.text, read_events(rows)).text == written.text


def test_columns_that_the_table_lacks_leave_their_keys_alone() -> None:
    rows = numbered(HEAD, ("first", "旧名", "one", "plain"), ("second", "第二", "one", "plain"))
    assert write_events(SMALL, read_events(rows)).text == SMALL


def test_events_are_taken_out_only_when_asked() -> None:
    rows = numbered(HEAD, ("second", "第二", "one", "plain"))
    with pytest.raises(ContestInvalid) as refused:
        write_events(SMALL, read_events(rows), "events.csv")
    assert [(one.code, one.value, one.file) for one in refused.value.problems] == [
        ("not-in-table", "first", "events.csv")
    ]
    assert write_events(SMALL, read_events(rows), drop=True).dropped == ("first",)


@pytest.mark.parametrize(
    ("heading", "cell", "code"),
    [
        ("样例", "也许", "bad-cell"),
        ("国家职业标准", "不知道", "bad-cell"),
        ("实操模块数", "三", "bad-cell"),
        ("时间：final", "5月", "bad-cell"),
        ("奇怪的列", "1", "unknown-heading"),
        ("类别", "one", "heading-twice"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named_with_row_and_column(heading: str, cell: str, code: str) -> None:
    table = read_events(numbered((*HEAD, heading), ("first", "一", "one", "plain", cell)), "events.xlsx")
    assert [(one.code, one.column, one.file) for one in table.problems] == [
        (code, f"E {heading}", "events.xlsx")
    ]
    assert table.problems[0].row == (2 if code == "bad-cell" else 1)


def test_empty_needed_cells_codes_that_stand_twice_and_missing_headings_are_named() -> None:
    rows = numbered(HEAD, ("first", "", "one", "plain"), ("first", "二", "one", "plain"))
    found = [(one.code, one.row, one.column) for one in read_events(rows).problems]
    assert found == [("empty-cell", 2, "B 赛项名称"), ("code-twice", 3, "A 赛项代码")]
    assert {one.code for one in read_events(numbered(HEAD[:3])).problems} == {"missing-column", "no-rows"}
    assert [one.code for one in read_events(numbered(("x", "y"))).problems] == ["no-headings"]
    assert [one.code for one in read_events([]).problems] == ["no-headings"]


def test_what_the_definition_does_not_know_is_told_at_its_cell() -> None:
    rows = numbered(HEAD, ("first", "旧名", "one", "plain"), ("second", "第二", "nine", "plain"))
    with pytest.raises(ContestInvalid) as refused:
        write_events(SMALL, read_events(rows), "events.csv")
    assert [(one.code, one.row, one.column) for one in refused.value.problems] == [("no-class", 3, "C 类别")]


def test_columns_have_letters_like_a_spreadsheet() -> None:
    assert [column_letters(at) for at in (0, 25, 26, 51, 52)] == ["A", "Z", "AA", "AZ", "BA"]
