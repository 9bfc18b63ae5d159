"""Both languages are complete: every English sentence has its Chinese, with the same places."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2] / "webapp"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "N_": None,
    "ngettext": (1, 2),
}
PLACE = re.compile(r"%\((\w+)\)")

PACKAGES = sorted(path for path in ROOT.iterdir() if path.is_dir() and (path / "__init__.py").exists())


@cache
def catalogue(package: Path) -> dict[str, tuple[str, bool]]:
    """msgid -> (Chinese text, is fuzzy) of a package."""
    path = package / "translations" / "zh_CN" / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return {}
    with path.open("rb") as source:
        return {
            _single(entry.id): (_all(entry.string), entry.fuzzy)
            for entry in read_po(source, locale="zh_CN")
            if entry.id
        }


def _single(message: object) -> str:
    return message[0] if isinstance(message, (tuple, list)) else str(message)


def _all(message: object) -> str:
    return " ".join(message) if isinstance(message, (tuple, list)) else str(message)


@cache
def wanted(package: Path) -> dict[str, str]:
    """msgid -> where it stands, of a package's code and templates (core: the base templates too)."""
    folders = [package]
    if package.name == "core":
        folders += [ROOT / "templates"]
    found: dict[str, str] = {}
    for folder in folders:
        for name, line, message, _comments, _context in extract_from_dir(
            str(folder), method_map=METHODS, keywords=KEYWORDS, options_map={"**.html": {"encoding": "utf-8"}}
        ):
            found.setdefault(_single(message), f"{folder.name}/{name}:{line}")
    return found


@cache
def every_catalogue() -> dict[str, tuple[str, bool]]:
    merged: dict[str, tuple[str, bool]] = {}
    for package in PACKAGES:
        merged.update(catalogue(package))
    return merged


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_sentence_has_its_chinese(package: Path) -> None:
    known = every_catalogue()
    missing = [
        f"{where}: {message}"
        for message, where in sorted(wanted(package).items())
        if message and (message not in known or not known[message][0].strip() or known[message][1])
    ]
    assert missing == []


def test_translations_keep_the_places_for_values() -> None:
    wrong = [
        f"{message} -> {chinese}"
        for message, (chinese, _fuzzy) in every_catalogue().items()
        if chinese and not set(PLACE.findall(chinese)) <= set(PLACE.findall(message))
    ]
    assert wrong == []


def test_catalogues_hold_nothing_that_nobody_says() -> None:
    said: set[str] = set()
    for package in PACKAGES:
        said |= set(wanted(package))
    stale = {
        package.name: sorted(message for message in catalogue(package) if message not in said)
        for package in PACKAGES
    }
    assert {name: messages for name, messages in stale.items() if messages} == {}


def test_one_sentence_has_one_chinese_everywhere() -> None:
    """Catalogues are merged: two packages that translate a sentence apart would change each other's pages."""
    seen: dict[str, dict[str, str]] = {}
    for package in PACKAGES:
        for message, (chinese, _fuzzy) in catalogue(package).items():
            seen.setdefault(message, {})[chinese] = package.name
    assert {message: texts for message, texts in seen.items() if len(texts) > 1} == {}


def test_no_chinese_text_has_an_english_sentence_in_it() -> None:
    """A merge that glued two entries of a catalogue together would show both languages on one page."""
    english = re.compile(r"[a-z]{2,} [a-z]{2,} [a-z]{2,} [a-z]{2,}")
    glued = {
        message: chinese
        for package in PACKAGES
        for message, (chinese, _fuzzy) in catalogue(package).items()
        if english.search(PLACE.sub("", chinese))
    }
    assert glued == {}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_every_entry_of_a_catalogue_has_one_text(package: Path) -> None:
    path = package / "translations" / "zh_CN" / "LC_MESSAGES" / "messages.po"
    entries = re.split(r"\n(?=msgid )", path.read_text(encoding="utf-8")) if path.exists() else []
    assert [entry for entry in entries if entry.count("\nmsgstr ") > 1] == []
