"""The door to PDF documents."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import typst

from webapp.core.typesetting import pdf, png

HEAD = """
#let data = json(bytes(sys.inputs.data))
#let fonts = json(bytes(sys.inputs.fonts))
#set text(font: fonts.serif, lang: "zh", region: "cn")
"""
AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "page.typ"
    path.write_text(HEAD + "#data.name", encoding="utf-8")
    return path


def test_equal_data_at_one_time_give_equal_bytes(template: Path) -> None:
    first = pdf(template, {"name": "王芳"}, at=AT)
    assert first.startswith(b"%PDF-")
    assert first == pdf(template, {"name": "王芳"}, at=AT)
    assert first != pdf(template, {"name": "李芳"}, at=AT)


def test_a_name_is_text_and_never_an_instruction(template: Path) -> None:
    evil = '#panic("x") #read("/etc/passwd") $x$ *b* = "\\'
    assert pdf(template, {"name": evil}).startswith(b"%PDF-")


def test_a_template_reads_nothing_outside_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "page.typ").write_text(HEAD + '#read("../secret.txt")', encoding="utf-8")
    with pytest.raises(typst.TypstError):
        pdf(folder / "page.typ", {})


def test_several_threads_may_ask_at_once(template: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: pdf(template, {"name": "张伟"}, at=AT), range(40)))
    assert len(set(made)) == 1


def test_embeds_a_chinese_font(template: Path) -> None:
    assert b"CJK" in pdf(template, {"name": "龘䶮"})


def test_a_picture_of_one_page_is_a_png_of_the_size_asked_for(template: Path) -> None:
    small, large = (png(template, {"name": "王芳"}, ppi=ppi) for ppi in (36, 72))
    widths = [int.from_bytes(picture[16:20], "big") for picture in (small, large)]
    assert small.startswith(b"\x89PNG")
    assert widths[1] in range(widths[0] * 2 - 1, widths[0] * 2 + 2)


def test_a_picture_of_several_pages_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "two.typ"
    path.write_text(HEAD + "#data.name #pagebreak() #data.name", encoding="utf-8")
    with pytest.raises(TypeError, match="png"):
        png(path, {"name": "王芳"})


def test_any_instant_can_be_the_time_of_making(template: Path) -> None:
    shanghai = timezone(timedelta(hours=8))
    exact = datetime(2026, 6, 1, 17, 30, 0, 123456, tzinfo=shanghai)
    assert pdf(template, {"name": "王芳"}, at=exact) == pdf(template, {"name": "王芳"}, at=AT)
