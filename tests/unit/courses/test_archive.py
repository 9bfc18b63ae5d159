"""Zips from strangers: what leaves its folder, links, locks or swells is refused before it is kept."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from webapp.courses.errors import CourseInvalid
from webapp.courses.formats import archive
from webapp.courses.formats.archive import unpack


def zipped(**members: bytes) -> io.BytesIO:
    return of_names(dict(members))


def of_names(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return made


def refusal(content: io.BytesIO, into: Path) -> str:
    with pytest.raises(CourseInvalid) as caught:
        unpack(content, into, "course.zip")
    return caught.value.problems[0].reason.text


def test_the_course_is_found_in_its_folder_and_strange_files_stay_out(tmp_path: Path) -> None:
    content = of_names({
        "消防/course.toml": b"schema = 1", "消防/media/a.png": b"x", "消防/run.exe": b"x",
        "__MACOSX/消防/._a.png": b"x", "消防/.rendered.toml": b"x",
    })  # fmt: skip
    folder = unpack(content, tmp_path, "course.zip")
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == ["a.png", "course.toml"]


@pytest.mark.parametrize("name", ["../course.toml", "/etc/course.toml", "a/../../course.toml", "C:/course.toml", "..\\course.toml"])  # fmt: skip
def test_a_path_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    into = tmp_path / "room"
    into.mkdir()
    assert "leaves its folder" in refusal(of_names({name: b"schema = 1"}), into)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_link_is_refused(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as target:
        info = zipfile.ZipInfo("course.toml")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        target.writestr(info, "/etc/passwd")
    assert "link" in refusal(made, tmp_path)


def test_what_swells_is_refused_by_its_ratio_and_by_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = of_names({"course.toml": b"0" * (8 * archive.MEBIBYTE)})
    assert "unpacks to more" in refusal(bomb, tmp_path)
    monkeypatch.setattr(archive, "MAX_EXPANDED", 10)
    assert "unpacks to more" in refusal(of_names({"course.toml": b"schema = 1 # long"}), tmp_path)


def test_bytes_are_counted_while_reading_whatever_the_zip_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_EXPANDED", 64)
    monkeypatch.setattr(archive, "_check", lambda members, name: None)
    assert "unpacks to more" in refusal(of_names({"course.toml": b"x" * 65}), tmp_path)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 cut off"])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "no zip" in refusal(io.BytesIO(content), tmp_path)


def test_a_zip_without_a_course_is_refused(tmp_path: Path) -> None:
    assert "no course.toml" in refusal(zipped(readme=b"x"), tmp_path)
