"""Aligned tables and whole lines."""

import io
import threading

from webapp.supervisor.screen import Screen, table, width


def test_chinese_characters_take_two_columns() -> None:
    assert width("匠赛 ok") == 7
    assert table([("角色", "x"), ("host", "y")]) == ["角色  x", "host  y"]


def test_lines_of_many_writers_are_never_mixed() -> None:
    stream = io.StringIO()
    screen = Screen(stream=stream)

    def write(n: int) -> None:
        for _ in range(200):
            screen.line(f"p{n}", str(n) * 50)

    writers = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = stream.getvalue().splitlines()
    assert len(lines) == 800
    assert {line.partition("| ")[2] for line in lines} == {str(n) * 50 for n in range(4)}
