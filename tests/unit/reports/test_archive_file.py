"""An archive says of itself whether it is whole, and of every change which file it is in."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from webapp.reports.cli import archive as command
from webapp.reports.formats.archive import MANIFEST, ArchiveUnreadable, Writer, verify

MEMBERS = {"README.txt": "words\n", "contest/rules-v1.toml": "title = 1\n", "audit/rows.jsonl": ""}


def written(path: Path, members: dict[str, str] = MEMBERS, made_at: str = "now") -> str:
    writer = Writer(path)
    for name, text in members.items():
        published = hashlib.sha256(text.encode()).hexdigest() if name.endswith(".toml") else ""
        writer.add(name, [text[:3], text[3:].encode()], published)
    return writer.finish({"made_at": made_at, "contest": "c", "event": "e"})[0]


def rewritten(
    source: Path, target: Path, changes: dict[str, bytes | None], extra: dict[str, bytes] | None = None
) -> None:
    """The same file with members changed (None: left out) and others put in."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            data = changes.get(info.filename, old.read(info.filename))
            if data is not None:
                new.writestr(info.filename, data)
        for name, data in (extra or {}).items():
            new.writestr(name, data)


def test_a_whole_archive_agrees_with_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    digest = written(path)
    found = verify(path, digest)
    assert found.faults == ()
    assert (found.manifest, found.members) == (digest, len(MEMBERS))
    with zipfile.ZipFile(path) as opened:
        assert hashlib.sha256(opened.read(MANIFEST)).hexdigest() == digest


def test_only_the_making_time_tells_two_archives_of_one_state_apart(tmp_path: Path) -> None:
    first, second, third = (tmp_path / f"{name}.zip" for name in "abc")
    assert written(first) == written(second)
    assert first.read_bytes() == second.read_bytes()
    assert written(third, made_at="later") != written(first)
    assert verify(first).content == verify(third).content


@pytest.mark.parametrize(
    ("changes", "extra", "member", "what"),
    [
        ({"README.txt": b"w0rds\n"}, {}, "README.txt", "has the digest"),
        ({"README.txt": b"words and more\n"}, {}, "README.txt", "is longer"),
        ({"README.txt": b""}, {}, "README.txt", "has 0 bytes"),
        ({"README.txt": None}, {}, "README.txt", "is missing"),
        ({}, {"more.txt": b""}, "more.txt", "is not in the manifest"),
    ],
    ids=["changed", "longer", "shorter", "gone", "slipped in"],
)
def test_each_change_is_named(
    tmp_path: Path, changes: dict[str, bytes | None], extra: dict[str, bytes], member: str, what: str
) -> None:
    path, bad = tmp_path / "a.zip", tmp_path / "b.zip"
    written(path)
    rewritten(path, bad, changes, extra)
    (fault,) = verify(bad).faults
    assert fault.member == member
    assert what in fault.what


def test_a_manifest_made_to_fit_is_betrayed_by_its_known_digest(tmp_path: Path) -> None:
    path, forged = tmp_path / "a.zip", tmp_path / "b.zip"
    known = written(path)
    written(forged, {**MEMBERS, "README.txt": "other\n"})
    assert verify(forged).faults == ()
    assert [fault.member for fault in verify(forged, known).faults] == [MANIFEST]


def test_rules_that_differ_from_what_was_published_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    writer = Writer(path)
    writer.add("contest/rules-v1.toml", ["x"], published="0" * 64)
    writer.finish({})
    assert "was made known" in verify(path).faults[0].what


@pytest.mark.parametrize(
    "text", [b"", b"PK", b"{}", b"x" * 1000], ids=["empty", "two bytes", "json", "noise"]
)
def test_what_is_no_archive_is_refused(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(text)
    with pytest.raises(ArchiveUnreadable):
        verify(path)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"format": "x", "version": 1, "members": []}'])
def test_a_manifest_of_something_else_is_refused(tmp_path: Path, manifest: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(MANIFEST, manifest)
    with pytest.raises(ArchiveUnreadable):
        verify(path)


@given(st.data())
def test_no_changed_byte_goes_unnoticed(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Wherever a byte of a member changes, its digest or the file's own checks say so."""
    path = tmp_path_factory.mktemp("a") / "a.zip"
    known = written(path, {"a.txt": "some words that stand here\n" * 3, "b.txt": "more\n"})
    whole = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as opened:
        info = opened.getinfo(data.draw(st.sampled_from(["a.txt", "b.txt", MANIFEST])))
        before = opened.read(info.filename)
    start = info.header_offset + 30 + len(info.filename.encode())
    at = data.draw(st.integers(start, start + info.compress_size - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(whole))
    try:
        found = verify(path, known)
    except ArchiveUnreadable:
        return
    if not found.faults:
        with zipfile.ZipFile(path) as opened:
            assert opened.read(info.filename) == before, "a bit that says nothing of the content"


def test_the_command_says_it_by_its_exit_status(tmp_path: Path) -> None:
    path, bad, none = (tmp_path / f"{name}.zip" for name in "abc")
    digest = written(path)
    rewritten(path, bad, {"README.txt": b""})
    none.write_bytes(b"none")
    run = CliRunner().invoke
    assert run(command, ["verify", str(path), "--digest", digest]).exit_code == 0
    assert run(command, ["verify", str(bad)]).exit_code == 1
    assert run(command, ["verify", str(none)]).exit_code == 2
    assert run(command, ["verify", str(tmp_path / "missing.zip")]).exit_code == 2
    told = json.loads(run(command, ["verify", str(bad), "--json"]).output)
    assert (told["ok"], told["faults"][0]["member"]) == (False, "README.txt")
    assert json.loads(run(command, ["verify", str(path), "--json"]).output)["manifest_sha256"] == digest
    assert json.loads(run(command, ["verify", str(none), "--json"]).output)["ok"] is False
