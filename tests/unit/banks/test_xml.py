"""The one XML parser: what it obeys, what it refuses, and that nothing in a file surprises it (I01, I02)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.banks.errors import FileRefused
from webapp.banks.formats import xml
from webapp.banks.formats.xml import inner_html, line, local, parse_xml, text_of
from webapp.core.problems import Problem


def refusal(content: bytes) -> Problem:
    with pytest.raises(FileRefused) as caught:
        parse_xml(content, "quiz.xml")
    return caught.value.problem


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("ISO-8859-1", "iso-8859-1", "Élève à l'école"),
        ("GB2312", "gb2312", "安全生产"),
        ("GB2312", "gb18030", "䶮字不在国标一级"),
        ("gbk", "gbk", "鎔炉"),
        ("GB18030", "gb18030", "𠮷野家"),
        ("UTF-16", "utf-16", "安全 🔧"),
        ("windows-1252", "cp1252", "“quoted” – €5"),
        ("Big5", "big5", "電工"),
        ("utf-8", "utf-8-sig", "安全 🔧"),
    ],
)
def test_i02_the_declared_encoding_is_obeyed(label: str, codec: str, text: str) -> None:
    content = f'<?xml version="1.0" encoding="{label}"?>\n<quiz>{text}</quiz>'.encode(codec)
    assert parse_xml(content, "quiz.xml").text == text


def test_i02_a_file_without_declaration_is_utf_8_and_nothing_else() -> None:
    assert parse_xml("<quiz>题</quiz>".encode(), "quiz.xml").text == "题"
    problem = refusal("<quiz>\n题目</quiz>".encode("gbk"))
    assert (problem.code, problem.row, problem.column) == ("not-text", 2, "1")


def test_i02_damaged_signs_are_refused_with_their_place() -> None:
    problem = refusal(b'<?xml version="1.0" encoding="GB2312"?>\n<quiz>ab\xff\xff</quiz>')
    assert (problem.code, problem.row, problem.column) == ("not-text", 2, "9")


@pytest.mark.parametrize("label", ["rot13", "zip", "unicode_escape", "punycode", "utf-7", "nonsense"])
def test_an_encoding_that_is_no_plain_character_set_is_refused(label: str) -> None:
    assert refusal(f'<?xml version="1.0" encoding="{label}"?><q/>'.encode()).code == "encoding-unknown"


def test_i02_a_wide_encoding_that_is_only_declared_is_utf_8() -> None:
    content = '<?xml version="1.0" encoding="utf-16"?>\n<quiz>题</quiz>'.encode()
    assert parse_xml(content, "quiz.xml").text == "题"


def test_a_syntax_error_names_line_and_column() -> None:
    problem = refusal(b'<?xml version="1.0"?>\n<quiz>\n  <question></quiz>\n')
    assert (problem.code, problem.row) == ("not-well-formed", 3)
    assert int(problem.column) > 10
    said = problem.reason.text % problem.reason.params
    assert said.startswith(f"The XML is not well-formed at line 3, column {problem.column}: ")
    assert "question" in said


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
        b'<?xml version="1.0"?><!-- c --><?pi x?>\n<!DOCTYPE quiz SYSTEM "http://127.0.0.1/evil.dtd"><quiz/>',
        b"<!doctype quiz><quiz/>",
        b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>',
        b'<!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2.dtd" [<!ENTITY a "ha">]><questestinterop>&a;</questestinterop>',
        '<!DOCTYPE quiz [<!ENTITY % p SYSTEM "http://127.0.0.1/x">%p;]><quiz/>'.encode("utf-16"),
    ],
)
def test_i01_document_types_and_entities_are_refused(content: bytes) -> None:
    assert refusal(content).code in {"dtd", "not-well-formed"}


def test_the_document_type_of_ims_questions_is_let_through_unread() -> None:
    content = (
        b'<?xml version="1.0"?>\n<!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2p1.dtd">\n<questestinterop/>'
    )
    assert local(parse_xml(content, "a.xml")) == "questestinterop"


def test_an_entity_nobody_declared_is_a_syntax_error() -> None:
    assert refusal(b"<quiz>\n&nbsp;</quiz>").code == "not-well-formed"


def test_i01_deep_nesting_and_masses_of_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(b"<a>" * 5000 + b"</a>" * 5000).code == "too-deep"
    monkeypatch.setattr(xml, "MAX_SIGNS", 100)
    assert refusal(b"<a>" + b"<b/>" * 200 + b"</a>").code == "too-large-inside"
    assert (
        refusal(b"<a " + b" ".join(b"a%d=''" % number for number in range(200)) + b"/>").code
        == "too-large-inside"
    )
    monkeypatch.setattr(xml, "MAX_XML_BYTES", 10)
    assert refusal(b"<quiz>long enough</quiz>").code == "too-large-inside"


def test_lines_are_true_beyond_65535_and_after_blanks_before_the_declaration() -> None:
    root = parse_xml(b'\n\n<?xml version="1.0"?>\n<a>' + b"\n" * 70_000 + b"<b/></a>", "a.xml")
    assert (line(root), line(root[0])) == (4, 70_004)


def test_inner_html_has_no_prefixes_and_keeps_text_after_elements() -> None:
    root = parse_xml(
        b'<q:a xmlns:q="urn:x">5 &lt; 6 <q:p class="k">x<q:br/>y</q:p> end<q:img src="a&quot;.png"/></q:a>',
        "a.xml",
    )
    assert inner_html(root) == '5 &lt; 6 <p class="k">x<br>y</p> end<img src="a&quot;.png">'
    assert text_of(root) == "5 < 6 xy end"
    assert inner_html(parse_xml(b"<a>&lt;b&gt;bold&lt;/b&gt;</a>", "a.xml")) == "<b>bold</b>"


SIGNS = st.text(alphabet="<>/&;!?[]='\"ab \n-xmlDOCTYPE题", max_size=80)


@given(
    st.one_of(
        st.binary(max_size=200),
        SIGNS.map(str.encode),
        SIGNS.map(lambda text: b"<quiz>" + text.encode() + b"</quiz>"),
    )
)
def test_nothing_but_a_refusal_comes_out_of_any_bytes(content: bytes) -> None:
    try:
        root = parse_xml(content, "any.xml")
    except FileRefused:
        return
    for element in root.iter():
        assert line(element) >= 1
        assert isinstance(inner_html(element), str)
