"""Halls from a file: every problem is named with its row."""

import pytest

from webapp.banks.errors import FileRefused
from webapp.halls.errors import FileEmpty, HeaderWrong
from webapp.halls.formats.workbook import read_halls, template

HEAD = "考点,地址,考场,座位,作答方式,网段,须签到\n"


def test_a_csv_of_halls_is_read() -> None:
    text = (
        HEAD + "职教中心,长春路1号,301 机房,6×5,机考,203.0.113.0/24,是\n职教中心,,二楼大厅,1 2 3,纸笔,,否\n"
    )
    read = read_halls(text.encode(), "halls.csv", ())
    assert read.problems == ()
    first, second = read.rows
    assert (first.name, len(first.seats.labels), first.seats.columns) == ("301 机房", 30, 5)
    assert (first.networks, first.needs_check_in) == (("203.0.113.0/24",), True)
    assert (second.medium, second.needs_check_in) == ("paper", False)


def test_every_problem_is_named_by_row() -> None:
    text = (
        HEAD
        + "职教中心,,甲,6×5,机考,,是\n,,乙,0x3,口试,nowhere,也许\n职教中心,,甲,5×5,,,\n职教中心,,旧,5×5,,,\n"
    )
    read = read_halls(text.encode(), "halls.csv", ("旧",))
    assert [(problem.row, problem.column) for problem in read.problems] == [
        (3, "考点"), (3, "座位"), (3, "网段"), (3, "作答方式"), (3, "须签到"), (4, "考场"), (5, "考场"),
    ]  # fmt: skip
    assert [row.row for row in read.rows] == [2]


def test_the_template_reads_back_as_headings_only() -> None:
    with pytest.raises(FileEmpty):
        read_halls(template(), "halls.xlsx", ())


def test_missing_columns_and_other_files_are_refused() -> None:
    with pytest.raises(HeaderWrong):
        read_halls("考点,地址\n甲,乙\n".encode(), "halls.csv", ())
    with pytest.raises(FileRefused):
        read_halls(b"%PDF-1.7", "halls.pdf", ())
