"""Files that strangers might send: each is small, and each means harm."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

import xlsxwriter

NOT_A_TABLE = b"%PDF-1.7\n1 0 obj <</JS (app.alert(1))>> endobj"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
PHP = b"<?php system($_GET['c']); ?>"


def workbook(*rows: tuple[str, ...], sheet: str = "名单") -> bytes:
    """A plain good workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        made = book.add_worksheet(sheet)
        for place, row in enumerate(rows or (("姓名", "证件号码"), ("王芳", "1"))):
            made.write_row(place, 0, row)
    return out.getvalue()


def with_parts(parts: Mapping[str, bytes]) -> bytes:
    """A workbook with parts added, or one of its own replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return out.getvalue()


def zip_bomb() -> bytes:
    """48 MB of noughts in the only sheet, packed a thousand times smaller."""
    return with_parts({"xl/worksheets/sheet1.xml": bytes(48 * 1024 * 1024)})


def lying_bomb() -> bytes:
    """The same in 64 MB, but the directory says that it is small."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(b"0" * (64 * 1024 * 1024)) + packed.flush()
    name = b"xl/worksheets/sheet1.xml"
    head = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, 0, len(body), 1000, len(name), 0)
    central = struct.pack(
        "<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 0, 0, len(body), 1000, len(name), 0, 0, 0, 0, 0, 0
    )
    start = len(head) + len(name) + len(body)
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(central) + len(name), start, 0)
    return head + name + body + central + name + end


def million_rows() -> bytes:
    """A million rows, each with one number: packed small, because they are alike."""
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 1_000_001))
    return with_parts({"xl/worksheets/sheet1.xml": _sheet(rows)})


def far_corner() -> bytes:
    """Two cells, as far from each other as the format allows: seventeen thousand million in between."""
    return with_parts(
        {
            "xl/worksheets/sheet1.xml": _sheet(
                b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
            )
        }
    )


def wide_rows() -> bytes:
    """Few cells, each at the right end of its row."""
    rows = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, 4_001))
    return with_parts({"xl/worksheets/sheet1.xml": _sheet(rows)})


def _sheet(rows: bytes) -> bytes:
    return (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<sheetData>" + rows + b"</sheetData></worksheet>"
    )


def external_entity() -> bytes:
    """An XML part that asks for a file of the server and an address elsewhere."""
    part = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">'
        b'<!ENTITY b SYSTEM "http://127.0.0.1:9/x">]><sst xmlns="http://schemas.openxmlformats.org/'
        b'spreadsheetml/2006/main"><si><t>&a;&b;</t></si></sst>'
    )
    return with_parts({"xl/sharedStrings.xml": part})


def billion_laughs() -> bytes:
    lines = [b'<!ENTITY l0 "ha">']
    lines += [b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)]
    part = b'<?xml version="1.0"?><!DOCTYPE x [' + b"".join(lines) + b"]><sst><si><t>&l9;</t></si></sst>"
    return with_parts({"xl/sharedStrings.xml": part})


def macros() -> bytes:
    return with_parts({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Attribute VB_Name"})


def zip_slip() -> bytes:
    return with_parts({"../../../../tmp/jiangsai-slipped": b"owned", "..\\..\\x.txt": b"owned"})


def link_in_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("xl/workbook.xml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("course.toml", "x")
    return out.getvalue()


def encrypted() -> bytes:
    """A zip that says that its members need a password."""
    content = bytearray(workbook())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 4)
    return bytes(content)


def many_members() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for n in range(6_000):
            archive.writestr(f"xl/{n}.xml", b"")
    return out.getvalue()


def picture_bomb() -> bytes:
    """A PNG of a few kilobytes that says it is 60,000 by 60,000 points."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
        + chunk(b"IEND", b"")
    )


ARCHIVES: Mapping[str, Callable[[], bytes]] = {
    "zip bomb": zip_bomb,
    "zip bomb that lies": lying_bomb,
    "a million rows": million_rows,
    "the far corner": far_corner,
    "wide rows": wide_rows,
    "XXE": external_entity,
    "billion laughs": billion_laughs,
    "macros": macros,
    "zip slip": zip_slip,
    "link in a zip": link_in_zip,
    "password": encrypted,
    "six thousand members": many_members,
}
PLAIN: Mapping[str, Callable[[], bytes]] = {
    "SVG": lambda: SVG,
    "PDF": lambda: NOT_A_TABLE,
    "PHP": lambda: PHP,
    "program": lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 200,
    "nothing": lambda: b"",
    "broken zip": lambda: b"PK\x03\x04broken",
    "broken OLE": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
    "picture bomb": picture_bomb,
}
