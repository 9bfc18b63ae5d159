"""Files of a course are what their names say."""

from pathlib import Path

import pytest
from PIL import Image

from tests.integration.courses.sample import make_folder
from webapp.courses.errors import CourseInvalid
from webapp.courses.formats.captions import is_captions
from webapp.courses.formats.folder import read_folder
from webapp.courses.formats.markdown import pictures_of, to_html
from webapp.courses.formats.video import duration_s, is_h264

GOOD_CUE = "00:00.000 --> 00:02.000\n你好\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"WEBVTT\n\n{GOOD_CUE}", True),
        (f"\ufeffWEBVTT - 标题\r\n\r\n{GOOD_CUE}", True),
        ("WEBVTT\n\n01:00:00.000 --> 01:00:02.000 align:start\nx", True),
        ("WEBVTT\n\n", False),
        (GOOD_CUE, False),
        ("1\n00:00:00,000 --> 00:00:02,000\nSubRip\n", False),
        ("WEBVTTX\n\n" + GOOD_CUE, False),
    ],
)
def test_captions_are_webvtt_with_a_cue(tmp_path: Path, text: str, expected: bool) -> None:
    place = tmp_path / "a.vtt"
    place.write_text(text, encoding="utf-8")
    assert is_captions(place) is expected


def test_the_length_and_the_coding_of_a_video_are_read_from_it(tmp_path: Path) -> None:
    video = make_folder(tmp_path, seconds=3) / "media/see.mp4"
    assert duration_s(video) == 3
    assert is_h264(video)
    other = tmp_path / "other.mp4"
    other.write_bytes(video.read_bytes().replace(b"avc1", b"hvc1"))
    assert duration_s(other) == 3
    assert not is_h264(other)


@pytest.mark.parametrize("cut", [0, 7, 40, 400, -1])
def test_a_cut_off_video_is_no_video(tmp_path: Path, cut: int) -> None:
    video = make_folder(tmp_path) / "media/see.mp4"
    video.write_bytes(video.read_bytes()[:cut])
    with pytest.raises(ValueError, match="mp4"):
        duration_s(video)


def found_in(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(CourseInvalid) as caught:
        read_folder(folder)
    assert all(problem.row for problem in caught.value.problems if problem.value)
    return [(problem.file, problem.value) for problem in caught.value.problems]


def test_each_wrong_file_is_named(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    (folder / "media/see.zh.vtt").write_text("no captions", encoding="utf-8")
    (folder / "media/shop.png").write_bytes(b"GIF89a")
    (folder / "texts/read.md").write_bytes("停机".encode("gb18030"))
    (folder / "drills/do.toml").write_text('kind = "order"', encoding="utf-8")
    named = {file for file, _ in found_in(folder)}
    assert named == {"media/see.zh.vtt", "media/shop.png", "texts/read.md", "drills/do.toml"}


def test_a_text_names_its_missing_picture(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    (folder / "texts/read.md").write_text('![图](media/none.png "题")', encoding="utf-8")
    assert found_in(folder) == [("texts/read.md", "media/none.png")]


def test_only_what_the_course_uses_is_kept(tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    Image.new("RGB", (4, 4)).save(folder / "media/unused.png")
    (folder / "README.md").write_text("x", encoding="utf-8")
    (folder / "media/link.png").symlink_to("/etc/passwd")
    assert sorted(read_folder(folder).files) == [
        "media/see.mp4", "media/see.zh.vtt", "media/shop.png", "texts/read.md", "texts/see.md",
    ]  # fmt: skip


def test_markdown_shows_only_pictures_of_the_course_and_nothing_that_acts() -> None:
    text = (
        '# 标题\n\n<b onclick="x">粗</b> [链接](javascript:alert(1)) [外](https://example.org)\n\n'
        '![图](media/a.png "说明") ![外](https://example.org/x.png)\n\n| 甲 | 乙 |\n| - | - |\n| 1 | 2 |\n'
    )
    html = to_html(text, {"media/a.png": "/media/abc"})
    assert pictures_of(text) == ("media/a.png", "https://example.org/x.png")
    assert '<img src="/media/abc" alt="图" title="说明">' in html
    assert "<h2>标题</h2>" in html
    assert "<td>1</td>" in html
    for bad in ("<b ", "<a ", "href", "example.org"):
        assert bad not in html


def test_pictures_may_have_chinese_names() -> None:
    assert pictures_of("![图](media/灭火器.png)") == ("media/灭火器.png",)
    assert 'src="/media/x"' in to_html("![图](media/灭火器.png)", {"media/灭火器.png": "/media/x"})


@pytest.mark.parametrize("first", [1, 2, 3])
def test_the_highest_heading_of_a_text_is_the_second_of_the_page(first: int) -> None:
    html = to_html(f"{'#' * first} 甲\n\n{'#' * (first + 1)} 乙\n", {})
    assert "<h2>甲</h2>" in html
    assert "<h3>乙</h3>" in html
