"""After the event: deadlines, reminders, bars, and the checklist of the performance file."""

import io
import struct
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from tests.unit.hosting.test_rules import HAIDIAN, JILIN, TONGLIAO
from webapp.core.holidays import read_calendar
from webapp.core.working_days import SHANGHAI, WorkCalendar
from webapp.courses.formats.video import duration_of
from webapp.hosting.formats.joined import Joined
from webapp.hosting.formats.photos import read_photo
from webapp.hosting.rules.deadlines import (
    after_weeks,
    after_working_days,
    barred_until,
    days_left,
    longest_bar,
    reminders,
)
from webapp.hosting.rules.performance import (
    Delivered,
    FileRules,
    Photo,
    Video,
    checklist,
    file_rules,
    is_about,
    is_complete,
    length,
)

TABLES = Path(__file__).resolve().parents[3] / "webapp/core/calendars"
CALENDAR = read_calendar((TABLES / "2026.toml").read_text("utf-8"))
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def rules_of(terms: Any) -> FileRules:
    found = file_rules(terms)
    assert found is not None
    return found


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_haidian_wants_its_file_within_two_weeks() -> None:
    assert after_weeks(date(2026, 6, 1), rules_of(HAIDIAN).weeks or 0).at == at("2026-06-16 00:00")


@pytest.mark.parametrize(
    ("ended", "due"),
    [
        pytest.param(date(2026, 6, 1), "2026-06-16 00:00", id="two plain weeks"),
        pytest.param(date(2026, 9, 21), "2026-10-13 00:00", id="Mid-Autumn, National Day, a worked Saturday"),
        pytest.param(date(2026, 4, 30), "2026-05-19 00:00", id="May Day and the worked Saturday 9 May"),
    ],
)
def test_tongliao_wants_the_scores_within_ten_working_days(ended: date, due: str) -> None:
    found = after_working_days(ended, rules_of(TONGLIAO).filing_days or 0, CALENDAR)
    assert found.at == at(due)
    assert found.without_table == ()


def test_a_year_without_holidays_is_named() -> None:
    assert after_working_days(date(2026, 12, 24), 10, CALENDAR).without_table == (2027,)


@given(DAYS, st.integers(1, 30), st.sets(DAYS, max_size=20))
def test_working_days_never_end_before_as_many_plain_days(ended: date, days: int, off: set[date]) -> None:
    due = after_working_days(ended, days, WorkCalendar(off=frozenset(off)))
    assert due.at >= datetime(ended.year, ended.month, ended.day, tzinfo=UTC) + timedelta(days=days)
    last = (due.at - timedelta(seconds=1)).astimezone(SHANGHAI).date()
    assert WorkCalendar(off=frozenset(off)).is_working(last), "it ends with a day that is worked"
    assert after_working_days(ended, days + 1, WorkCalendar(off=frozenset(off))).at > due.at


@given(
    st.lists(st.integers(0, 60), max_size=5, unique=True),
    st.lists(st.integers(-80, 80), min_size=1, max_size=12),
)
def test_every_reminder_is_sent_once_whenever_the_clock_runs(days: list[int], hours: list[int]) -> None:
    due = datetime(2026, 6, 16, tzinfo=UTC)
    sent: list[str] = []
    for hour in sorted(hours):
        keys = reminders("file", due, days, sent, due + timedelta(hours=hour * 12))
        assert not set(keys) & set(sent)
        sent += keys
    assert len(sent) == len(set(sent))
    if max(hours) >= 0:
        assert "file-overdue" in sent
    else:
        assert set(sent) == {
            f"file-{day}"
            for day in days
            if due + timedelta(hours=max(hours) * 12) >= due - timedelta(days=day)
        }


def test_days_left_are_begun_days() -> None:
    due = datetime(2026, 6, 16, tzinfo=UTC)
    assert [days_left(due, due - timedelta(hours=hours)) for hours in (49, 48, 1, 0, -5)] == [3, 2, 1, 0, 0]


@pytest.mark.parametrize(
    ("since", "until"), [(date(2025, 11, 3), date(2027, 11, 3)), (date(2028, 2, 29), date(2030, 3, 1))]
)
def test_a_poor_organiser_of_tongliao_may_not_apply_for_two_years(since: date, until: date) -> None:
    assert barred_until(since, TONGLIAO.value("organiser-ban")) == until


@given(st.lists(st.tuples(DAYS, DAYS), max_size=6), DAYS)
def test_the_longest_bar_in_force_counts(bars: list[tuple[date, date]], on: date) -> None:
    found = longest_bar(bars, on)
    live = [until for since, until in bars if since <= on < until]
    assert found == (max(live) if live else None)


REPORT = dict.fromkeys(rules_of(HAIDIAN).headings, "字" * 167)
FINE = [Photo(f"{n}.jpg", 3_000_000, 300) for n in range(50)]
WHOLE = Delivered(REPORT, FINE, [Video("a.mp4", 1200)], recordings_kept=True)


def lacking(given_: Delivered) -> set[tuple[str, bool]]:
    return {(item.key, item.is_hard) for item in checklist(given_, rules_of(HAIDIAN)) if not item.is_done}


def test_a_whole_file_lacks_nothing() -> None:
    assert lacking(WHOLE) == set()
    assert [item.key for item in checklist(WHOLE, rules_of(HAIDIAN))] == [
        "report", "length", "photos", "video", "recordings",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "lacks"),
    [
        ({"report": {**REPORT, "money": " "}}, {("report", True)}),
        ({"report": dict.fromkeys(REPORT, "短")}, {("length", False)}),
        ({"photos": FINE[:49]}, {("photos", True)}),
        ({"photos": FINE * 2 + FINE[:1]}, {("photos", True)}),
        ({"photos": [*FINE[1:], Photo("x.jpg", 1, 299)]}, {("photos", True)}),
        ({"photos": [*FINE[1:], Photo("x.jpg", 1, None)]}, {("photos", True)}),
        ({"photos": [*FINE[1:], Photo("x.jpg", 10 * 1024 * 1024 + 1, 300)]}, {("photos", True)}),
        ({"videos": []}, {("video", True)}),
        ({"videos": [Video("a.mp4", 1199)]}, {("video", True)}),
        ({"videos": [Video("a.mp4", 1199), Video("b.mp4", 1200)]}, set()),
        ({"videos": [Video("a.avi", None)]}, {("video", False)}),
        ({"recordings_kept": False}, {("recordings", True)}),
    ],
)
def test_what_the_file_of_haidian_lacks(changes: dict[str, Any], lacks: set[tuple[str, bool]]) -> None:
    made = replace(WHOLE, **changes)
    assert lacking(made) == lacks
    assert is_complete(checklist(made, rules_of(HAIDIAN))) == (not any(hard for _key, hard in lacks))


def test_tongliao_asks_for_the_scores_only_and_jilin_for_nothing() -> None:
    rules = rules_of(TONGLIAO)
    assert [(item.key, item.is_done) for item in checklist(Delivered({}), rules)] == [("scores", False)]
    assert is_complete(checklist(Delivered({}, scores_filed=True), rules))
    assert file_rules(JILIN) is None


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=30), max_size=5))
def test_a_report_is_counted_without_white_space(report: dict[str, str]) -> None:
    assert length(report) == sum(not character.isspace() for words in report.values() for character in words)


@given(st.integers(0, 5000), st.integers(1, 3000))
def test_about_means_within_a_fifth(count: int, wanted: int) -> None:
    assert is_about(count, wanted) == (wanted * 0.8 - 1e-6 <= count <= wanted * 1.2 + 1e-6)


def picture(kind: str, **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind, **more)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (picture("JPEG", dpi=(300, 300)), ("image/jpeg", 300)),
        (picture("PNG", dpi=(299.9994, 299.9994)), ("image/png", 300)),
        (picture("JPEG", dpi=(300, 72)), ("image/jpeg", 72)),
        (picture("PNG"), ("image/png", None)),
        (picture("TIFF", dpi=(600, 600)), ("image/tiff", 600)),
        (picture("GIF"), None),
        (b"no picture", None),
        (b"", None),
    ],
    ids=["jpeg", "png", "the coarser side", "says nothing", "tiff", "gif", "text", "empty"],
)
def test_a_photo_says_how_fine_it_is(content: bytes, found: tuple[str, int | None] | None) -> None:
    assert read_photo(content) == found


@given(st.binary(max_size=200))
def test_hostile_bytes_are_no_photo_and_no_error(content: bytes) -> None:
    read_photo(content)
    read_photo(b"\xff\xd8\xff\xe0\x00\x10JFIF" + content)


def mp4(seconds: int) -> bytes:
    """The heads of an mp4 of this length."""
    body = struct.pack(">IIIII", 0, 0, 0, 1000, seconds * 1000) + b"\0" * 80
    mvhd = struct.pack(">I4s", len(body) + 8, b"mvhd") + body
    moov = struct.pack(">I4s", len(mvhd) + 8, b"moov") + mvhd
    return (
        struct.pack(">I4s4sI", 16, b"ftyp", b"isom", 0)
        + struct.pack(">I4s", 308, b"mdat")
        + b"\0" * 300
        + moov
    )


def joined(folder: Path, content: bytes, piece: int) -> Joined:
    paths = []
    for number, start in enumerate(range(0, len(content), piece)):
        path = folder / str(number)
        path.write_bytes(content[start : start + piece])
        paths.append(path)
    return Joined(paths, piece, len(content))


def test_a_video_in_pieces_tells_its_length(tmp_path: Path) -> None:
    content = mp4(1201)
    file = joined(tmp_path, content, 37)
    assert duration_of(file, len(content)) == 1201
    with pytest.raises(ValueError, match="mp4"):
        duration_of(joined(tmp_path, content[:-9], 37), len(content) - 9)


@given(st.binary(min_size=1, max_size=60), st.integers(1, 70), st.integers(0, 80), st.integers(-1, 80))
def test_pieces_read_like_the_whole(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, piece: int, start: int, size: int
) -> None:
    file = joined(tmp_path_factory.mktemp("pieces"), content, piece)
    plain = io.BytesIO(content)
    file.seek(start)
    plain.seek(start)
    assert file.read(size) == plain.read(size)
    assert file.tell() == max(start, plain.tell())
