"""Exported courses and libraries of Open edX: many small files in a .tar.gz or zip."""

import io
import tarfile
import zipfile
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.banks.tables import png
from webapp.banks.formats.files import read_bank_file


def problem(stem: str) -> str:
    return (
        f'<problem display_name="x"><multiplechoiceresponse><label>{stem}</label><choicegroup>'
        '<choice correct="true">甲</choice><choice correct="false">乙</choice></choicegroup></multiplechoiceresponse></problem>'
    )


def tarred(members: Mapping[str, str | bytes], links: Mapping[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in members.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, target in (links or {}).items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return out.getvalue()


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


COURSE: dict[str, str | bytes] = {
    "course/course.xml": '<course url_name="run" org="o" course="c"/>',
    "course/course/run.xml": '<course display_name="课"><chapter url_name="c1"/></course>',
    "course/chapter/c1.xml": '<chapter display_name="安全"><sequential url_name="s1"/></chapter>',
    "course/sequential/s1.xml": '<sequential display_name="用电"><vertical url_name="v1"/></sequential>',
    "course/vertical/v1.xml": (
        f'<vertical><problem url_name="b"/><html url_name="h"/>{problem("就地写的题")}<problem url_name="a"/></vertical>'
    ),
    "course/html/h.xml": '<html filename="h"/>',
    "course/problem/a.xml": problem("一"),
    "course/problem/b.xml": problem('<img src="/static/p.png"/> 二'),
    "course/problem/c.xml": problem("没有列出的题"),
    "course/drafts/problem/d.xml": problem("草稿"),
    "course/static/p.png": png(),
}


def test_a_course_is_read_in_its_order_with_chapter_and_section_as_topic() -> None:
    for content, name in ((tarred(COURSE), "course.tar.gz"), (zipped(COURSE), "course.zip")):
        parsed = read_bank_file(content, name)
        assert (parsed.format, parsed.problems) == ("olx-package", ())
        assert [(one.public.stem, one.topic) for one in parsed.questions] == [
            ("[[media:p.png]] 二", "安全/用电"),
            ("就地写的题", "安全/用电"),
            ("一", "安全/用电"),
            ("没有列出的题", ""),
        ]
        assert list(parsed.pictures) == ["p.png"]
        assert [one.name for one in parsed.skipped] == ["course/drafts/problem/d.xml"]


def test_a_library_names_its_problems() -> None:
    members = {
        "library/library.xml": '<library><problem url_name="a"/></library>',
        "library/problem/a.xml": problem("一"),
    }
    parsed = read_bank_file(tarred(members), "library.tar.gz")
    assert ([one.public.stem for one in parsed.questions], parsed.rows, parsed.skipped) == (["一"], 1, ())


def test_a_library_may_lie_at_the_top_of_its_archive() -> None:
    members = {
        "library.xml": '<library><problem url_name="a"/></library>',
        "problem/a.xml": problem("一"),
        "x.xml": "<x/>",
    }
    for content in (tarred(members), zipped(members)):
        assert [one.public.stem for one in read_bank_file(content, "l.gz").questions] == ["一"]


NAMES = st.sampled_from(
    ["course.xml", "library.xml", "a/course.xml", "problem/a.xml", "a/problem/b.xml", "x/problem/c.xml", "course/r.xml",
     "a/course/r.xml", "vertical/v.xml", "static/p.png", "readme", "drafts/problem/d.xml", "a.xml"]
)  # fmt: skip
TEXTS = st.sampled_from(
    ['<course url_name="r"/>', '<library><problem url_name="a"/></library>', '<course><vertical url_name="v"/></course>',
     '<vertical><vertical url_name="v"/><problem url_name="../a"/></vertical>', problem("一"), "<problem>", "", "\x00"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(members=st.dictionaries(NAMES, TEXTS, min_size=1, max_size=6))
def test_no_mixture_of_files_raises_anything(members: dict[str, str]) -> None:
    for content in (tarred(members), zipped(members)):
        parsed = read_bank_file(content, "any.gz")
        assert len(parsed.questions) <= parsed.rows


def test_a_damaged_problem_is_one_error_and_the_rest_goes_on() -> None:
    parsed = read_bank_file(tarred({**COURSE, "course/problem/a.xml": "<problem>\n<p>"}), "c.tar.gz")
    assert [(one.code, one.file) for one in parsed.problems] == [("not-well-formed", "course/problem/a.xml")]
    assert (len(parsed.questions), parsed.rows) == (3, 4)


def test_unsafe_archives_are_refused() -> None:
    cases = {
        "unsafe-path": tarred({**COURSE, "../out.xml": "x"}),
        "link-in-zip": tarred(COURSE, {"course/problem/l.xml": "/etc/passwd"}),
        "no-course": tarred({"a.txt": "x"}),
        "damaged": tarred(COURSE)[:400],
    }
    for code, content in cases.items():
        parsed = read_bank_file(content, "c.tar.gz")
        assert ([one.code for one in parsed.problems], parsed.questions) == ([code], ())


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 2000), junk=st.binary(max_size=20))
def test_no_damage_to_an_archive_raises_anything(place: int, junk: bytes) -> None:
    content = tarred(COURSE)
    read_bank_file(content[:place] + junk + content[place + len(junk) :], "c.tar.gz")
