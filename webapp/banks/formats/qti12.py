"""QTI 1.2: files with any number of items in assessments, sections and object banks (FORMATS section 10)."""

from collections import Counter
from dataclasses import replace

from webapp.banks.formats.options import ReadOptions
from webapp.banks.formats.qti2_model import Element, Unsupported, with_one_set_of_names
from webapp.banks.formats.qti12_item import Information, read_item
from webapp.banks.formats.qti_text import Media, plain
from webapp.banks.formats.result import FormatResult, Skipped
from webapp.banks.formats.xml import line, parse_xml
from webapp.core.problems import WARNING, Problem, shorten
from webapp.core.words import N_, Message

GROUPS = frozenset({"assessment", "section", "objectbank"})


def read_qti12(content: bytes, file: str, options: ReadOptions) -> FormatResult:
    """The items of a QTI 1.2 file; titles of assessments and sections are the topics.

    Raise FileRefused for XML that cannot be read."""
    result = FormatResult()
    read_items_file(content, file, result, Media())
    return result


def read_items_file(content: bytes, file: str, result: FormatResult, media: Media) -> None:
    """Add the questions of a file, and what is wrong with others, to a result."""
    root = parse_xml(content, file)
    items = [element for element in root.iter() if str(element.tag).rpartition("}")[2] == "item"]
    lines = [line(item) for item in items]
    # In a file without line breaks the number of an item tells more than its line.
    shared = any(count > 1 for count in Counter(lines).values())
    with_one_set_of_names(root)
    shared_texts = {str(item.get("ident") or ""): item for item in items}
    for number, (item, start) in enumerate(zip(items, lines, strict=True), start=1):
        row = number if shared else start
        try:
            question, changes = read_item(item, media, shared_texts)
        except Information:
            why = Message(N_("A text without a question."))
            result.skipped.append(Skipped(f"{file}: {shorten(item.get('ident') or row)}", why))
            continue
        except Unsupported as error:
            result.rows += 1
            value = shorten(error.kind)
            result.problems.append(Problem(error.code, error.reason, sheet=file, row=row, value=value))
            continue
        result.rows += 1
        result.problems += [Problem("changed", reason, WARNING, sheet=file, row=row) for reason in changes]
        result.questions.append(replace(question, sheet=file, row=row, topic=_topic(item)))
    result.files.update(media.used)
    missing = list(root.iter("bankentry_item", "itemref"))
    if missing:
        why = Message(
            N_("%(count)s questions are only named here; they stand in another file."),
            {"count": len(missing)},
        )
        result.skipped.append(Skipped(file, why))
    if not items and not missing:
        why = Message(N_("The file holds no items."))
        result.skipped.append(Skipped(file, why))


def _topic(item: Element) -> str:
    titles = []
    for above in item.iterancestors():
        if above.tag in GROUPS:
            title = str(above.get("title") or "").strip() or _bank_title(above)
            titles.append(title.replace("/", "／"))
    return "/".join(title for title in reversed(titles) if title)


def _bank_title(group: Element) -> str:
    """The title of an object bank stands in its metadata."""
    for entry in group.findall("qtimetadata/qtimetadatafield"):
        label, value = entry.find("fieldlabel"), entry.find("fieldentry")
        if label is not None and value is not None and plain(label) == "bank_title":
            return plain(value)
    return ""
