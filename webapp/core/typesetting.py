"""PDF documents from typst templates: one door for notices and certificates.

A template is a file of ours. People's text reaches it only as data, never as source, so nobody's name
can become an instruction. A template begins with:

    #let data = json(bytes(sys.inputs.data))
    #let fonts = json(bytes(sys.inputs.fonts))
    #set text(font: fonts.serif, lang: "zh", region: "cn")

Pictures lie beside the template (`image("seal.svg")`) or come as data (`image(bytes(data.code))`)."""

import json
import threading
from collections.abc import Mapping
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


def has_serif() -> bool:
    """Whether the system brings the face that certificates are meant to be set in."""
    return SERIF in json.loads(_press().families)["serif"]


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
