"""QTI packages: manifests, media, all generations in one zip (FORMATS section 10)."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.banks.tables import png
from tests.unit.banks.test_qti2 import choice, declared, item
from tests.unit.banks.test_qti12 import equal, gives, lid
from tests.unit.banks.test_qti12 import item as item12
from tests.unit.banks.third_party import third_party
from webapp.banks.cli import cli
from webapp.banks.formats.detect import detect
from webapp.banks.formats.files import Parsed, read_bank_file, read_bank_folder
from webapp.banks.rules.schema import Difficulty


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def manifest(*resources: str) -> str:
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"><resources>\n'
        + "\n".join(resources)
        + "</resources></manifest>"
    )


def resource(href: str, kind: str = "imsqti_item_xmlv2p1", inside: str = "") -> str:
    return f'<resource identifier="x" type="{kind}" href="{href}">{inside}<file href="{href}"/></resource>'


def read(members: Mapping[str, str | bytes]) -> Parsed:
    content = zipped(members)
    assert detect(content, "package.zip") == "qti-package"
    return read_bank_file(content, "package.zip")


def folder(*path: str) -> tuple[Path, Parsed]:
    """A shared folder as it lies there, and the same read from a zip of it."""
    place = third_party("formats", *path)
    members = {
        file.relative_to(place).as_posix(): file.read_bytes() for file in place.rglob("*") if file.is_file()
    }
    parsed = read(members)
    assert read_bank_folder(place).questions == parsed.questions
    return place, parsed


def test_folder_package_canvas() -> None:
    place, parsed = folder("qti12", "package_canvas")
    assert (parsed.format, parsed.rows, parsed.problems) == ("qti-package", 4, ())
    first, second, third, fourth = parsed.questions
    assert (first.public.type, first.secret.truth) == ("true_false", True)
    assert second.public.options["ABC".index(second.secret.letters)] == "True"
    assert (third.public.type, third.secret.letters, len(third.public.options)) == ("multiple", "AB", 3)
    assert fourth.public.type == "essay"
    done = CliRunner().invoke(cli, ["check", str(place), "--json"])
    assert done.exit_code == 0, done.output
    assert '"qti-package"' in done.output


def test_folder_package_2_2() -> None:
    _, parsed = folder("qti21", "package_2.2")
    (question,) = parsed.questions
    assert (parsed.problems, question.secret.letters, question.external_id) == ((), "A", "choice")
    assert "[[media:images/sign.png|NEVER LEAVE LUGGAGE UNATTENDED]]" in question.public.stem
    assert parsed.pictures["images/sign.png"].media_type == "image/png"


THREE = item(choice(), declared("R", "C")).replace('"q1"', '"q3"').replace("assessmentItem", "qti-assessment-item").replace(
    "<qti-assessment-item", '<qti-assessment-item xmlns="http://www.imsglobal.org/xsd/imsqtiasi_v3p0"'
)  # fmt: skip
LISTED = manifest(
    resource("one/a%20b.xml"),
    resource("two.xml", "imsqti_xmlv1p2"),
    resource("three.xml", "imsqti_item_xmlv3p0"),
    resource("one/p.png", "webcontent"),
)
GOOD: dict[str, str | bytes] = {
    "imsmanifest.xml": LISTED,
    "one/a b.xml": item('<p><img src="p.png"/></p>' + choice(), declared("R", "A")),
    "two.xml": item12(lid(), gives(equal("y")), stem='&lt;img src="$IMS_CC_FILE_BASE$one/p.png"&gt; 二'),
    "three.xml": THREE.replace("选哪个", "第三题选哪个"),
    "one/p.png": png(),
}


def test_all_generations_in_one_package_with_their_pictures() -> None:
    parsed = read(GOOD)
    assert parsed.problems == ()
    assert [(question.sheet, question.secret.letters) for question in parsed.questions] == [
        ("one/a b.xml", "A"), ("two.xml", "B"), ("three.xml", "C"),
    ]  # fmt: skip
    stems = [question.public.stem for question in parsed.questions]
    assert [stem.count("[[media:one/p.png]]") for stem in stems] == [1, 1, 0]
    assert list(parsed.pictures) == ["one/p.png"]


def test_a_wrong_entry_is_one_error_and_the_rest_goes_on() -> None:
    broken: dict[str, str | bytes] = {
        **GOOD,
        "imsmanifest.xml": LISTED.replace(
            "</resources>",
            resource("nowhere.xml") + resource("bad.xml") + resource("../out.xml") + "</resources>",
        ),
        "bad.xml": "<assessmentItem>\n<itemBody></assessmentItem>",
    }
    parsed = read(broken)
    assert len(parsed.questions) == 3
    assert [(one.code, one.file, one.row) for one in parsed.problems if one.is_error] == [
        ("not-well-formed", "bad.xml", 2), ("manifest-entry", "imsmanifest.xml", 5),
        ("manifest-entry", "imsmanifest.xml", 5),
    ]  # fmt: skip
    assert parsed.bad_rows == 3


def test_an_item_alone_finds_its_pictures_in_the_folder_beside_it(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "p.png").write_bytes(png())
    found = tmp_path / "item.xml"
    for name, exit_code in (("images/p.png", 0), ("images/q.png", 1)):
        found.write_text(item(f'<p><img src="{name}"/></p>{choice()}', declared("R", "A")))
        done = CliRunner().invoke(cli, ["check", str(found), "--json"])
        assert done.exit_code == exit_code, done.output


def test_a_folder_inside_the_zip_and_a_picture_that_is_missing() -> None:
    moved = {f"folder/{name}": content for name, content in GOOD.items() if not name.endswith(".png")}
    parsed = read(moved)
    assert [question.sheet for question in parsed.questions] == ["folder/three.xml"]
    assert {(one.code, one.file) for one in parsed.problems} == {
        ("picture-missing", "folder/one/a b.xml"), ("picture-missing", "folder/two.xml"),
    }  # fmt: skip


def test_metadata_of_the_manifest_are_topic_difficulty_and_tags() -> None:
    lom = (
        '<metadata><m:lom xmlns:m="urn:lom"><m:general><m:keyword><m:string>电工</m:string></m:keyword></m:general>'
        "<m:educational><m:difficulty><m:value>very difficult</m:value></m:difficulty></m:educational>"
        "<m:classification><m:taxonPath><m:taxon><m:entry><m:string>安全</m:string></m:entry></m:taxon>"
        "<m:taxon><m:entry><m:string>用电</m:string></m:entry></m:taxon></m:taxonPath></m:classification>"
        "</m:lom></metadata>"
    )
    members = {
        "imsmanifest.xml": manifest(resource("a.xml", inside=lom)),
        "a.xml": item(choice(), declared("R", "A")),
    }
    (question,) = read(members).questions
    assert (question.topic, question.difficulty, question.tags) == ("安全/用电", Difficulty.HARD, ("电工",))


def test_entries_without_a_type_of_qti_are_told_by_their_content() -> None:
    members = {
        "imsmanifest.xml": manifest(resource("a.xml", "webcontent"), resource("b.xml", "webcontent")),
        "a.xml": item(choice(), declared("R", "A")),
        "b.xml": "<note/>",
    }
    parsed = read(members)
    assert (len(parsed.questions), parsed.problems) == (1, ())
    assert [one.name for one in parsed.skipped] == ["b.xml"]


def test_a_manifest_that_is_no_xml_is_one_error() -> None:
    parsed = read({"imsmanifest.xml": "<manifest>\n<"})
    assert [(one.code, one.file, one.row) for one in parsed.problems] == [
        ("not-well-formed", "imsmanifest.xml", 2)
    ]


@settings(max_examples=60, deadline=None)
@given(
    place=st.integers(0, 900),
    byte=st.binary(max_size=8),
    cut=st.integers(0, 30),
    member=st.sampled_from(sorted(GOOD)),
)
def test_no_damage_to_a_package_raises(place: int, byte: bytes, cut: int, member: str) -> None:
    content = GOOD[member]
    raw = content if isinstance(content, bytes) else content.encode()
    parsed = read({**GOOD, member: raw[:place] + byte + raw[place + cut :]})
    assert len(parsed.questions) <= parsed.rows


@settings(max_examples=60, deadline=None)
@given(place=st.integers(0, 3000), byte=st.binary(min_size=1, max_size=4))
def test_no_damage_to_the_zip_raises(place: int, byte: bytes) -> None:
    content = zipped(GOOD)
    read_bank_file(content[:place] + byte + content[place + len(byte) :], "package.zip")


def test_a_text_shared_by_several_items_stands_in_each() -> None:
    stimulus = (
        '<qti-assessment-stimulus xmlns="urn:3" identifier="s"><qti-stimulus-body><p>共用材料</p>'
        '<img src="../one/p.png"/></qti-stimulus-body></qti-assessment-stimulus>'
    )
    reference = '<qti-assessment-stimulus-ref identifier="s" href="texts/s.xml"/>'
    three = THREE.replace("<itemBody>", f"{reference}<itemBody>")
    assert reference in three
    members: dict[str, str | bytes] = {
        "imsmanifest.xml": manifest(resource("three.xml", "imsqti_item_xmlv3p0")),
        "three.xml": three,
        "texts/s.xml": stimulus,
        "one/p.png": png(),
    }
    (question,) = read(members).questions
    assert question.public.stem == "共用材料\n[[media:one/p.png]]\n选哪个？"
    lonely = read({name: content for name, content in members.items() if name != "texts/s.xml"})
    assert [problem.code for problem in lonely.problems] == ["changed"]


def test_blackboard_names_its_files_in_an_attribute_and_its_folders_of_pictures_in_another() -> None:
    listed = (
        '<manifest xmlns:bb="urn:bb"><resources>'
        '<resource bb:file="res1.dat" xml:base="res1" identifier="res1" type="assessment/x-bb-qti-pool"/>'
        '<resource bb:file="res2.dat" xml:base="res2" identifier="res2" type="course/x-bb-rubrics"/>'
        "</resources></manifest>"
    )
    members: dict[str, str | bytes] = {
        "imsmanifest.xml": listed,
        "res1.dat": item12(lid(), gives(equal("y")), stem='&lt;img src="p.png"&gt; 题'),
        "res2.dat": "<rubrics/>",
        "res1/p.png": png(),
    }
    parsed = read(members)
    assert parsed.problems == ()
    assert [question.public.stem for question in parsed.questions] == ["[[media:res1/p.png]] 题"]
    assert list(parsed.pictures) == ["res1/p.png"]


def test_canvas_writes_a_quiz_twice_and_its_banks_beside() -> None:
    whole = item12(lid(), gives(equal("y"))).replace("题干", "所有题型")
    bank = item12(lid(), gives(equal("x"))).replace("题干", "题库里的题")
    listed = manifest(
        resource("q1/assessment_qti.xml", "imsqti_xmlv1p2/imscc_xmlv1p1/assessment"),
        resource(
            "q1/assessment_meta.xml", "associatedcontent/imscc_xmlv1p1/x", '<file href="non_cc/q1.xml.qti"/>'
        ),
        resource("non_cc/b1.xml.qti", "associatedcontent/imscc_xmlv1p1/x"),
    )
    members = {
        "imsmanifest.xml": listed,
        "q1/assessment_qti.xml": item12(lid(), gives(equal("y"))),
        "q1/assessment_meta.xml": "<quiz/>",
        "non_cc/q1.xml.qti": whole,
        "non_cc/b1.xml.qti": bank,
    }
    parsed = read(members)
    assert [question.public.stem for question in parsed.questions] == ["所有题型", "题库里的题"]
    assert parsed.error_count == 0


def test_an_item_that_the_manifest_does_not_name_is_told() -> None:
    parsed = read({**GOOD, "more/lost.xml": item(choice(), declared("R", "A"))})
    assert len(parsed.questions) == 3
    assert [one.name for one in parsed.skipped] == ["more/lost.xml"]


def test_titles_of_the_sections_of_a_test_are_topics() -> None:
    test = (
        '<assessmentTest><testPart><assessmentSection title="电工"><assessmentSection title="安全">'
        '<assessmentItemRef href="../items/a.xml"/></assessmentSection></assessmentSection></testPart></assessmentTest>'
    )
    members: dict[str, str | bytes] = {
        "imsmanifest.xml": manifest(resource("tests/t.xml", "imsqti_test_xmlv2p1"), resource("items/a.xml")),
        "tests/t.xml": test,
        "items/a.xml": item(choice(), declared("R", "A")),
    }
    assert [question.topic for question in read(members).questions] == ["电工/安全"]
