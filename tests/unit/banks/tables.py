"""Small files for the tests of this folder."""

import csv
import io
import zipfile
from typing import Any

import openpyxl
from PIL import Image

HEAD = ["题型", "题干", "选项A", "选项B", "选项C", "正确答案", "解析"]


def csv_file(*rows: list[str], head: list[str] | None = None, encoding: str = "utf-8") -> bytes:
    """A comma-separated table."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head or HEAD, *rows])
    return out.getvalue().encode(encoding)


def book(sheets: dict[str, list[list[Any]]], hidden: tuple[str, ...] = ()) -> bytes:
    """A workbook of these sheets."""
    made: Any = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    return saved(made)


def saved(made: Any) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def png(side: int = 8) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), "red").save(out, "PNG")
    return out.getvalue()
