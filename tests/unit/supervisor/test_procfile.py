"""Reading the Procfile."""

from pathlib import Path

import pytest

from webapp.supervisor.procfile import ProcfileInvalid, parse_procfile


def test_processes_come_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "Procfile"
    path.write_text("# a remark\nrelease: one two\n\nweb: serve --port $PORT: yes\n", encoding="utf-8")
    assert list(parse_procfile(path).items()) == [("release", "one two"), ("web", "serve --port $PORT: yes")]


@pytest.mark.parametrize("line", ["web", "web:", ": serve", "Web: serve", "web: a\nweb: b"])
def test_a_wrong_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "Procfile"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(ProcfileInvalid, match=r"line [12]"):
        parse_procfile(path)
