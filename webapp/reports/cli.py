"""`jiangsai archive`: check the archive of an event anywhere, without the database."""

import json
import sys
from pathlib import Path

import click

from webapp.reports.formats.archive import ArchiveUnreadable, Verdict
from webapp.reports.formats.archive import verify as check

MOST_SHOWN = 20
DIFFERS, UNREADABLE = 1, 2


@click.group()
def archive() -> None:
    """Archives of events."""


@archive.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--digest", default="", help="Digest of the manifest as its page or the audit trail shows it.")
@click.option("--json", "as_json", is_flag=True, help="Say it as JSON.")
def verify(file: Path, digest: str, as_json: bool) -> None:
    """Compare every file in FILE with the digests of its manifest.

    Ends with 0 when all agree, 1 when something differs, 2 when FILE is no archive or cannot be read."""
    try:
        found = check(file, digest)
    except ArchiveUnreadable as error:
        if as_json:
            click.echo(json.dumps({"ok": False, "error": str(error)}, ensure_ascii=False))
        else:
            click.echo(f"{error} · 文件无法读取", err=True)
        sys.exit(UNREADABLE)
    click.echo(_as_json(found) if as_json else _as_words(found))
    sys.exit(DIFFERS if found.faults else 0)


def _as_json(found: Verdict) -> str:
    told = {
        "ok": not found.faults,
        "contest": found.about.get("contest"),
        "event": found.about.get("event"),
        "made_at": found.about.get("made_at"),
        "manifest_sha256": found.manifest,
        "content_sha256": found.content,
        "members": found.members,
        "faults": [{"member": fault.member, "what": fault.what} for fault in found.faults],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def _as_words(found: Verdict) -> str:
    head = f"{found.about.get('contest')} / {found.about.get('event')}, {found.about.get('made_at')}"
    lines = [head, f"manifest {found.manifest}", f"content  {found.content}"]
    lines += [f"{fault.member}: {fault.what}" for fault in found.faults[:MOST_SHOWN]]
    if found.faults:
        lines.append(f"{len(found.faults)} differences · 有 {len(found.faults)} 处不符")
    else:
        lines.append(f"all {found.members} files agree · {found.members} 个文件全部相符")
    return "\n".join(lines)


commands = [archive]
