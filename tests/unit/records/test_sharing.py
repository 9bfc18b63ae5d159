"""What a link to a skill record may show, for every record and every choice."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.records.rules.record import (
    Earlier,
    Given,
    Held,
    Level,
    Reached,
    Record,
    Taking,
    as_json,
    record_from,
)
from webapp.records.rules.sharing import MOST_DAYS, Choice, NameShown, end_of, is_open, shown

NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
DAY = date(2026, 6, 1)
CONTESTS = st.integers(1, 4)


def words(contest_id: int) -> dict[str, str]:
    """A title in which the contest can be found again."""
    return {"zh": f"竞赛«{contest_id}»", "en": f"Contest «{contest_id}»"}


def taking(contest_id: int, combined: str | None, points: Decimal | None) -> Taking:
    stages = (Reached(words(contest_id), rank=3, of=30, combined=combined, final_on=DAY),)
    return Taking(
        contest_id, words(contest_id), words(contest_id), 2026, "000123", "样例机械厂", stages, points
    )


SCORES = st.none() | st.sampled_from(["91.37", "64.02"])
POINTS = st.none() | st.sampled_from([Decimal("41.7")])
RECORDS = st.builds(
    Record,
    name=st.sampled_from(["欧阳䶮", "王芳", "阿卜杜热合曼·艾力"]),
    takings=st.lists(st.builds(taking, CONTESTS, SCORES, POINTS), max_size=4).map(tuple),
    certificates=st.lists(
        st.builds(
            lambda contest, valid: Held(
                contest, f"JS26-{contest}", words(contest), words(contest), DAY, valid
            ),
            CONTESTS,
            st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    awards=st.lists(
        st.builds(
            lambda contest: Given(contest, words(contest), words(contest), words(contest), 1, DAY), CONTESTS
        ),
        max_size=3,
    ).map(tuple),
    levels=st.lists(
        st.builds(
            lambda contest: Level(contest, "焊工", "technician", DAY, words(contest) if contest else None),
            st.none() | CONTESTS,
        ),
        max_size=3,
    ).map(tuple),
    earlier=st.lists(st.just(Earlier("往届竞赛«0»", "第三届", 2020, "焊工", 1, "")), max_size=2).map(tuple),
)
CHOICES = st.builds(Choice, st.none() | CONTESTS, st.booleans(), st.sampled_from(NameShown))


def said(record: Record) -> str:
    return json.dumps(as_json(record), ensure_ascii=False)


@given(RECORDS)
def test_what_a_copy_keeps_is_the_record(record: Record) -> None:
    assert record_from(json.loads(said(record))) == record


@given(RECORDS, CHOICES)
def test_a_link_to_one_contest_names_no_other(record: Record, choice: Choice) -> None:
    text = said(shown(record, choice))
    if choice.contest_id is not None:
        assert all(f"«{other}»" not in text for other in {0, 1, 2, 3, 4} - {choice.contest_id})


@given(RECORDS, CHOICES)
def test_scores_and_points_stand_only_where_they_were_chosen(record: Record, choice: Choice) -> None:
    text = said(shown(record, choice))
    if not choice.with_scores:
        assert not any(number in text for number in ("91.37", "64.02", "41.7"))


@given(RECORDS, CHOICES)
def test_a_masked_link_never_says_the_whole_name(record: Record, choice: Choice) -> None:
    text = said(shown(record, choice))
    assert (record.name in text) == (choice.name is NameShown.FULL)


@given(RECORDS, CHOICES)
def test_revoked_certificates_are_never_shown(record: Record, choice: Choice) -> None:
    assert all(one.is_valid for one in shown(record, choice).certificates)


@given(RECORDS, CHOICES)
def test_a_link_adds_nothing_and_showing_twice_changes_nothing(record: Record, choice: Choice) -> None:
    once = shown(record, choice)
    plain = shown(record, Choice(None, choice.with_scores, NameShown.FULL))
    assert all(one in plain.takings for one in once.takings)
    assert {one.serial for one in once.certificates} <= {one.serial for one in record.certificates}
    again = Choice(choice.contest_id, choice.with_scores, NameShown.FULL)
    assert shown(once, again) == once


@given(RECORDS)
def test_everything_with_scores_and_name_is_the_record_without_what_was_revoked(record: Record) -> None:
    whole = shown(record, Choice(None, True, NameShown.FULL))
    assert (whole.takings, whole.awards, whole.levels, whole.earlier) == (
        record.takings, record.awards, record.levels, record.earlier,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("seconds", "withdrawn", "opens"),
    [(-1, None, True), (0, None, False), (1, None, False), (-60, NOW, False)],
    ids=["before its end", "at its end", "after it", "withdrawn"],
)
def test_a_link_opens_until_its_end_unless_withdrawn(
    seconds: int, withdrawn: datetime | None, opens: bool
) -> None:
    assert is_open(NOW + timedelta(seconds=seconds), NOW, withdrawn) is opens


@pytest.mark.parametrize("days", [0, -1, MOST_DAYS + 1])
def test_no_link_opens_for_ever_or_not_at_all(days: int) -> None:
    with pytest.raises(ValueError, match="1 to"):
        end_of(NOW, days)
