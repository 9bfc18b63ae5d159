"""PDF documents from typst templates: one door for notices and certificates.

A template is a file of ours. People's text reaches it only as data, never as source, so nobody's name
can become an instruction. A template begins with:

    #let data = json(bytes(sys.inputs.data))
    #let fonts = json(bytes(sys.inputs.fonts))
    #set text(font: fonts.serif, lang: "zh", region: "cn")

Pictures lie beside the template (`image("seal.svg")`) or come as data (`image(bytes(data.code))`)."""

import json
import re
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import typst

SANS = "Noto Sans CJK SC"
SERIF = "Noto Serif CJK SC"
_FONT_WHEEL = "noto_cjk_sans_otc"
_KEPT_FOR = 10
"""So many compilations the compiler keeps what it has made."""
_JOINED = frozenset({"Mn", "Me", "Mc", "Cf"})
_PRIVATE = "Co"
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_NO_PICTURE = "could not be displayed with"
_PROBE = b"""#let fonts = json(bytes(sys.inputs.fonts))
#set page(width: 20cm, height: auto)
#for sign in json(bytes(sys.inputs.data)) {
  box(text(font: fonts.serif, weight: "bold", sign)); h(2pt)
}"""
_PRINTABLE: set[str] = set()
_MISSING: set[str] = set()


@dataclass(frozen=True)
class _Press:
    """A compiler that is used again and again, and the families it has. It works for one thread at a time."""

    compiler: typst.Compiler
    families: str
    lock: threading.Lock


def pdf(template: Path, data: Mapping[str, Any], *, at: datetime | None = None) -> bytes:
    """The PDF that a template makes of `data`; fonts embedded, text selectable.

    template: a .typ file; it may read files of its own folder only. data: JSON values.
    at: the time of making that is written into the file; with it, equal data give equal bytes.
    raise (typst.TypstError): the template is wrong. A page takes some milliseconds, the first one more."""
    return _made(template, data, "pdf", at=at)


def png(template: Path, data: Mapping[str, Any], *, ppi: float = 96) -> bytes:
    """The picture of the one page that a template makes of `data`, for looking at before downloading.

    ppi: pixels per inch. raise (typst.TypstError): the template is wrong. TypeError: more than one page."""
    return _made(template, data, "png", ppi=ppi)


def _made(
    template: Path,
    data: Mapping[str, Any],
    form: Literal["pdf", "png"],
    at: datetime | None = None,
    ppi: float | None = None,
) -> bytes:
    press = _press()
    inputs = {"data": json.dumps(data, ensure_ascii=False), "fonts": press.families}
    with press.lock:
        made = press.compiler.compile(
            input=str(template),
            root=str(template.parent),
            format=form,
            ppi=ppi,
            sys_inputs=inputs,
            timestamp=at.astimezone(UTC).replace(microsecond=0) if at else None,
        )
    if not isinstance(made, bytes):
        raise TypeError(f"the compiler gave no single {form}")
    return made


def forget() -> None:
    """Free what the compiler keeps of earlier documents, after one of many pages (half a gigabyte for 500 certificates).

    The compiler lets go of what ten compilations did not use; so it is given that many of nothing."""
    press = _press()
    with press.lock:
        for _ in range(_KEPT_FOR + 1):
            press.compiler.compile(input=b"", format="svg")


def unprintable(texts: Iterable[str]) -> set[str]:
    """The signs in these texts that would print as a box, each with the marks that belong to it.

    Asked of the compiler with the fonts that documents are set in and all it falls back on: in an archival PDF it
    refuses a sign without a picture. Signs of private use count as missing: whatever a font shows there, it cannot
    know what is meant. What was found to have one is remembered for the life of the process."""
    signs = {sign for words in texts for sign in _signs(words) if not sign.isspace()}
    missing = {sign for sign in signs if sign in _MISSING or unicodedata.category(sign[0]) == _PRIVATE}
    open_ones = sorted(signs - _PRINTABLE - missing)
    while open_ones:
        refused = _refused(open_ones)
        if refused is None:
            _PRINTABLE.update(open_ones)
            break
        _MISSING.update(refused)
        missing |= refused
        open_ones = [sign for sign in open_ones if sign not in refused]
    return missing


def has_serif() -> bool:
    """Whether the system brings the face that certificates are meant to be set in."""
    return SERIF in json.loads(_press().families)["serif"]


def _signs(words: str) -> Iterator[str]:
    """The signs of a text, each with the combining marks and selectors after it."""
    sign = ""
    for letter in words:
        if sign and unicodedata.category(letter) in _JOINED:
            sign += letter
            continue
        if sign:
            yield sign
        sign = letter
    if sign:
        yield sign


def _refused(signs: Sequence[str]) -> set[str] | None:
    """Those of these signs that the compiler names as having no picture, at least one; None: all have one."""
    press = _press()
    inputs = {"data": json.dumps(list(signs), ensure_ascii=False), "fonts": press.families}
    try:
        with press.lock:
            press.compiler.compile(input=_PROBE, format="pdf", pdf_standards="a-3u", sys_inputs=inputs)
    except typst.TypstError as error:
        said, found, _rest = str(error.message).partition(_NO_PICTURE)
        if not found:
            raise
        letters = set(
            _ESCAPED.sub(lambda code: chr(int(code[1], 16)), said.partition('`"')[2].rpartition('"`')[0])
        )
        named = {sign for sign in signs if letters & set(sign)}
        # What it names is one of them; should it ever write one in a way unknown here, each is asked about alone.
        return named or {sign for sign in signs if len(signs) == 1 or _refused([sign])}
    return None


@cache
def _press() -> _Press:
    """Fonts are looked for once a process: the wheel's always; Noto Serif CJK where the system has it."""
    folders = [_wheel_folder()]
    system = typst.Fonts(include_system_fonts=True, include_embedded_fonts=False)
    serif = next((font.path for font in system.fonts() if font.family == SERIF and font.path), None)
    if serif is not None:
        folders.append(str(Path(serif).parent))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
    known = set(fonts.families())
    if SANS not in known:
        raise RuntimeError(f"the font {SANS} is missing: install the locked requirements again")
    families = {"serif": [SERIF, SANS] if SERIF in known else [SANS], "sans": [SANS]}
    return _Press(
        typst.Compiler(font_paths=fonts, ignore_system_fonts=True), json.dumps(families), threading.Lock()
    )


def _wheel_folder() -> str:
    spec = find_spec(_FONT_WHEEL)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the package {_FONT_WHEEL} is missing: install the locked requirements again")
    return str(Path(spec.origin).parent)
