"""Banks as QTI packages: a manifest, one item file a question, and their media. 2.1 and 3.0 from one tree."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from posixpath import normpath
from typing import cast
from urllib.parse import quote

from lxml import etree

from webapp.banks.formats.pictures import Picture
from webapp.banks.formats.qti_metadata import EXTERNAL_ID, KEY, TOPICS
from webapp.banks.formats.sanitise import INLINE
from webapp.banks.formats.template import put
from webapp.banks.formats.write_qti_item import item_element
from webapp.banks.formats.write_qti_text import Element, element
from webapp.banks.rules.schema import BankFile, Difficulty, Question, QuestionType, TopicTitle, media_names

DIFFICULTIES = {Difficulty.EASY: "easy", Difficulty.MEDIUM: "medium", Difficulty.HARD: "difficult"}
HTML = frozenset({"p", "div", "span", "br", "img", "audio", "object", "ul", "li", *INLINE})
LOM = "http://ltsc.ieee.org/xsd/LOM"
RULES_3 = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/"


class QtiVersion(StrEnum):
    V2_1 = "2.1"
    V3_0 = "3.0"


NAMESPACES = {
    QtiVersion.V2_1: "http://www.imsglobal.org/xsd/imsqti_v2p1",
    QtiVersion.V3_0: "http://www.imsglobal.org/xsd/imsqtiasi_v3p0",
}
MANIFESTS = {
    QtiVersion.V2_1: "http://www.imsglobal.org/xsd/imscp_v1p1",
    QtiVersion.V3_0: "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
}
SCHEMAS = {QtiVersion.V2_1: ("QTIv2.1 Package", "1.0.0"), QtiVersion.V3_0: ("QTI Package", "3.0.0")}
KINDS = {QtiVersion.V2_1: "imsqti_item_xmlv2p1", QtiVersion.V3_0: "imsqti_item_xmlv3p0"}


def write_qti(bank: BankFile, pictures: Mapping[str, Picture], version: QtiVersion) -> bytes:
    """The package of a bank. Reading it back gives the same questions but for what `qti_losses` names;
    questions that it says are refused are left out."""
    questions = [question for question in bank.questions if not is_refused(question)]
    media = {
        name: picture for name, picture in pictures.items() if normpath(name) == name and name[0] not in "/."
    }
    folder = "items"
    while any(name.startswith(f"{folder}/") for name in media):
        folder += "_"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        put(archive, "imsmanifest.xml", _manifest(bank, questions, media, folder, version))
        for number, question in enumerate(questions, start=1):
            root = item_element(question, _identifier(question, number))
            _as_sounds(root, media, version)
            put(archive, f"{folder}/{_file(number)}", _finished(root, version))
        for name, picture in sorted(media.items()):
            put(archive, name, picture.content)
    return out.getvalue()


def is_refused(question: Question) -> bool:
    """Whether an item cannot carry the question: a list that does not hold what is right."""
    pairs = [
        (question.public, question.secret),
        *zip(question.public.parts, question.secret.parts, strict=False),
    ]
    return any(
        text not in texts
        for public, secret in pairs
        if public.type == QuestionType.FILL
        for texts, blank in zip(public.choices, secret.blanks, strict=False)
        if texts
        for text in blank.accepted
    )


def _file(number: int) -> str:
    return f"q{number:05d}.xml"


def _identifier(question: Question, number: int) -> str:
    """The key, where QTI allows it as an identifier."""
    fits = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]{0,79}", question.key)
    return question.key if fits else f"q{number:05d}"


def _as_sounds(root: Element, media: Mapping[str, Picture], version: QtiVersion) -> None:
    """Sounds are no images."""
    sounds = {f"../{quote(name)}": one.media_type for name, one in media.items() if "audio" in one.media_type}
    for image in list(root.iter("img")):
        source = str(image.get("src"))
        if source in sounds:
            words = str(image.get("alt"))
            image.attrib.clear()
            if words:
                image.set("title" if version == QtiVersion.V3_0 else "aria-label", words)
            if version == QtiVersion.V3_0:
                image.tag = "audio"
                image.set("src", source)
                image.set("controls", "controls")
            else:
                image.tag = "object"
                image.set("data", source)
                image.set("type", sounds[source])


def _finished(root: Element, version: QtiVersion) -> bytes:
    """The item as a file, in the names of its generation."""
    if version == QtiVersion.V2_1:
        for body in list(root.iter("contentBody")):
            _unwrap(body)
    for one in root.iter():
        if version == QtiVersion.V3_0 and one.tag not in HTML:
            for name, value in list(one.attrib.items()):
                del one.attrib[name]
                one.set(_kebab(str(name)), _kebab(str(value)) if name == "baseType" else str(value))
            if one.get("template"):
                one.set("template", f"{RULES_3}{str(one.get('template')).rsplit('/', 1)[-1]}.xml")
            one.tag = "qti-" + _kebab(str(one.tag))
    return _written(root, NAMESPACES[version])


def _unwrap(wrapper: Element) -> None:
    """Put the children of an element in its place: QTI 2 knows no content body."""
    above = wrapper.getparent()
    assert above is not None
    place = above.index(wrapper)
    above[place : place + 1] = list(wrapper)


def _kebab(name: str) -> str:
    return re.sub("[A-Z]", lambda sign: "-" + sign[0].lower(), name)


def _written(root: Element, namespace: str, more: Mapping[str, str] | None = None) -> bytes:
    """A file with every element that has no namespace yet in the given one."""
    prefixes: dict[str | None, str] = {None: namespace}
    prefixes.update(more or {})
    # The stubs know no default namespace, the library does.
    top = etree.Element(f"{{{namespace}}}{root.tag}", nsmap=cast(dict[str, str], prefixes))
    for name, value in root.attrib.items():
        top.set(name, value)
    top.text = "\n"
    for child in list(root):
        child.tail = "\n"
        top.append(child)
    for one in top.iter():
        if not str(one.tag).startswith("{"):
            one.tag = f"{{{namespace}}}{one.tag}"
    return etree.tostring(top, encoding="UTF-8", xml_declaration=True)


def _manifest(
    bank: BankFile,
    questions: Sequence[Question],
    media: Mapping[str, Picture],
    folder: str,
    version: QtiVersion,
) -> bytes:
    schema, schema_version = SCHEMAS[version]
    titles = {topic.key: topic for topic in bank.topics}
    resources = element("resources")
    for number, question in enumerate(questions, start=1):
        href = quote(f"{folder}/{_file(number)}")
        files = [element("file", href=href)]
        named = [question.public.picture, *media_names(question)]
        files += [element("file", href=quote(name)) for name in dict.fromkeys(named) if name in media]
        metadata = element("metadata", _lom(question, titles.get(question.topic)))
        identifier = f"RES-{number:05d}"
        resources.append(
            element("resource", metadata, *files, identifier=identifier, type=KINDS[version], href=href)
        )
    metadata = element("metadata", element("schema", schema), element("schemaversion", schema_version))
    root = element("manifest", metadata, element("organizations"), resources, identifier="MANIFEST-1")
    return _written(root, MANIFESTS[version], {"lom": LOM})


def _lom(question: Question, title: TopicTitle | None) -> Element:
    """What stands in no item: identifiers, tags, difficulty, topic, source."""
    general = element("general", *_identifiers(question))
    for tag in question.tags:
        general.append(element("keyword", element("string", tag)))
    lom = element("lom", general)
    level = element("value", DIFFICULTIES[question.difficulty])
    lom.append(element("educational", element("difficulty", element("source", "LOMv1.0"), level)))
    if question.source:
        kind = element("kind", element("source", "LOMv1.0"), element("value", "isbasedon"))
        described = element("resource", element("description", element("string", question.source)))
        lom.append(element("relation", kind, described))
    if question.topic:
        entry = element("entry")
        for language, text in (("zh-CN", title.zh), ("en", title.en)) if title else ():
            if text:
                entry.append(element("string", text, language=language))
        taxon = element("taxon", element("id", question.topic), entry)
        path = element("taxonPath", element("source", element("string", TOPICS)), taxon)
        lom.append(element("classification", path))
    for one in lom.iter():
        one.tag = f"{{{LOM}}}{one.tag}"
    return lom


def _identifiers(question: Question) -> Iterator[Element]:
    for catalog, entry in ((KEY, question.key), (EXTERNAL_ID, question.external_id)):
        if entry:
            yield element("identifier", element("catalog", catalog), element("entry", entry))
