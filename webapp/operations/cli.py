"""Commands for whoever runs an installation: release, doctor, backup, restore."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask

from webapp.config import ROOT, SettingInvalid, Settings, described
from webapp.core.transaction import transaction
from webapp.core.words import Message
from webapp.operations import service
from webapp.operations.rules.readiness import Item, Light, in_english
from webapp.operations.service import gate
from webapp.operations.service.base import back_up_base, note_backup, restore_base
from webapp.supervisor.processes import StartFailed

DEFINITIONS = ROOT / "webapp" / "contests" / "definitions"
MARKS = {"green": "green ", "yellow": "YELLOW", "red": "RED   "}


@click.command()
@click.pass_context
def release(ctx: click.Context) -> None:
    """Bring the database to the newest migration, and load the demo when JIANGSAI_DEMO is 1."""
    app: Flask = ctx.obj()
    with app.app_context():
        click.echo(f"database at migration {service.release()} · 数据库已更新")
    if app.config["DEMO"]:
        assert ctx.parent is not None
        _load_demo(ctx.parent)


def _load_demo(ctx: click.Context) -> None:
    """The demo is a package of its own; this calls its command `demo load`."""
    group = ctx.command
    assert isinstance(group, click.Group)
    demo = group.get_command(ctx, "demo")
    load = demo.get_command(ctx, "load") if isinstance(demo, click.Group) else None
    if load is not None:
        ctx.invoke(load)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Is everything ready for an exam? Settings with their sources, every check as green, yellow or red with
    what to do, and the exams of the next seven days. Exit 1 when something is red."""
    try:
        app: Flask = ctx.obj()
    except (SettingInvalid, StartFailed) as error:
        settings = described()
        items = [Item("settings", Light.RED, Message("%(said)s", {"said": str(error)}))]
    else:
        settings = described(app.extensions["environ"])
        with app.app_context():
            items = [Item("settings", Light.GREEN, Message("readable and complete")), *gate.everything()]
    spoken = [_spoken(item) for item in items]
    show = _show_json if as_json else _show_text
    show(settings, spoken)
    sys.exit(1 if any(line["light"] == Light.RED for line in spoken) else 0)


def _spoken(item: Item) -> dict[str, Any]:
    """One item for the terminal: English, as the commands are."""
    return {
        "name": item.key,
        "state": {"green": "ok", "yellow": "warning", "red": "failed"}[item.light],
        "light": item.light.value,
        "exam": item.exam_id or None,
        "said": in_english(item.said),
        "todo": in_english(item.todo) if item.todo else "",
    }


def _show_json(settings: Sequence[tuple[str, str, str, str]], lines: Sequence[dict[str, Any]]) -> None:
    names = ("name", "value", "source", "help")
    told = {
        "settings": [dict(zip(names, row, strict=True)) for row in settings],
        "checks": lines,
        "ok": all(line["light"] != Light.RED for line in lines),
    }
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))


def _show_text(settings: Sequence[tuple[str, str, str, str]], lines: Sequence[dict[str, Any]]) -> None:
    click.echo("Settings · 设置")
    for name, value, source, _help in settings:
        click.echo(f"  {name:<28} {value or '-':<36} {source}")
    click.echo("\nChecks · 检查")
    for line in lines:
        name = line["name"] + (f" (exam {line['exam']})" if line["exam"] else "")
        click.echo(f"  {MARKS[line['light']]}  {name:<20} {line['said']}")
        if line["todo"]:
            click.echo(f"{'':32}→ {line['todo']}")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--keys",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the keys go; default FOLDER.keys.json.",
)
@click.option("--no-keys", is_flag=True, help="Leave the keys out.")
@click.option("--base", is_flag=True, help="The whole cluster as files, for restoring to an instant.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.pass_context
def backup(
    ctx: click.Context, folder: Path, keys: Path | None, no_keys: bool, base: bool, as_json: bool
) -> None:
    """Write database and files to FOLDER, and the keys to a file of their own beside it.

    The site may go on. Keep the keys apart from the folder: without them no document number in the
    backup can be read, with both all can."""
    if keys is not None and no_keys:
        raise click.UsageError("--keys and --no-keys exclude each other")
    folder = folder.absolute()
    keys_file = None if no_keys else (keys or folder.with_name(f"{folder.name}.keys.json"))
    with ctx.obj().app_context():
        if base:
            size = back_up_base(folder, keys_file)
            with transaction():
                note_backup("base", folder, size)
            told = {"folder": str(folder), "bytes": size, "keys": str(keys_file) if keys_file else None}
            click.echo(json.dumps(told) if as_json else f"{size / 1e6:.0f} MB are in {folder} · 基础备份完成")
            return
        manifest = service.back_up(folder, keys_file)
        with transaction():
            note_backup("dump", folder, manifest.dump_bytes)
    rows, files = sum(manifest.tables.values()), len(manifest.files)
    if as_json:
        told = {
            "folder": str(folder),
            "keys": str(keys_file) if keys_file else None,
            "rows": rows,
            "files": files,
        }
        click.echo(json.dumps({**told, "revision": manifest.revision, "sha256": manifest.dump_sha256}))
        return
    click.echo(f"{rows} rows and {files} files are in {folder} · 备份完成")
    click.echo(
        f"The keys are in {keys_file}: keep them apart · 密钥请另行保管"
        if keys_file
        else "No keys were written."
    )


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--keys", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="The key file of the backup."
)
@click.option("--replace", is_flag=True, help="Put the backup in the place of the data that is here.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.pass_context
def restore(ctx: click.Context, folder: Path, keys: Path | None, replace: bool, as_json: bool) -> None:
    """Verify the backup in FOLDER and put it in place. Stop the site first."""
    folder = folder.absolute()
    beside = folder.with_name(f"{folder.name}.keys.json")
    keys_file = keys or (beside if beside.exists() else None)
    with ctx.obj().app_context():
        manifest = service.restore(folder, keys_file, replace)
    rows, files = sum(manifest.tables.values()), len(manifest.files)
    if as_json:
        click.echo(json.dumps({"rows": rows, "files": files, "revision": manifest.revision}))
        return
    click.echo(f"{rows} rows and {files} files are back, as of {manifest.made_at} · 恢复完成")
    click.echo("Before opening the site: jiangsai release, then jiangsai doctor.")


@click.command("restore-base")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--archive",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder that JIANGSAI_ARCHIVE named; without it the state is that of the backup.",
)
@click.option(
    "--until", type=datetime.fromisoformat, help="An instant with its zone: 2026-11-21T09:30:00+08:00."
)
@click.option(
    "--keys", type=click.Path(dir_okay=False, exists=True, path_type=Path), help="The key file of the backup."
)
def restore_base_command(
    folder: Path, archive: Path | None, until: datetime | None, keys: Path | None
) -> None:
    """Put a base backup into an empty JIANGSAI_VAR; the next start replays the changes up to an instant.

    Only for the database that `jiangsai up` runs itself."""
    if until is not None and (archive is None or until.tzinfo is None):
        raise click.UsageError("--until needs --archive, and an instant with its zone (+08:00)")
    data = restore_base(Settings.from_env(), folder.absolute(), archive, until, keys)
    click.echo(f"The cluster is in {data} · 已放回")
    click.echo(
        "Start with: jiangsai up. Then jiangsai doctor, and look at the last answers in the control room."
    )


@click.command()
@click.option("--undo", is_flag=True, help="This node stays after all.")
def drain(undo: bool) -> None:
    """Turn /readyz to 503, so that a proxy sends nobody to this node any more; stop it afterwards."""
    mark = Settings.from_env().stopping_file
    if undo:
        mark.unlink(missing_ok=True)
    else:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    click.echo(
        "ready again · 已恢复接收"
        if undo
        else "unready: stop it when its requests have ended · 已停止接收新请求"
    )


commands = (release, doctor, backup, restore, restore_base_command, drain)
