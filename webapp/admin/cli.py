"""Commands that need more than one package: a contest's events from a workbook."""

import difflib
import sys
from pathlib import Path

import click

from webapp.accounts.errors import WorkbookUnreadable
from webapp.accounts.formats.cells import open_workbook
from webapp.banks.errors import FileRefused
from webapp.contests.cli import cli as contests
from webapp.contests.cli import show
from webapp.contests.errors import ContestInvalid
from webapp.contests.formats.event_rows import read_events
from webapp.contests.formats.event_tables import write_events

commands: tuple[click.Command, ...] = ()
"""No group of its own: `events` belongs to `jiangsai contests`."""


@contests.command()
@click.argument("workbook", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--into",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The definition file to write into (写入的赛事定义文件).",
)
@click.option("--drop", is_flag=True, help="Take out events that the workbook does not name (移除表外赛项).")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing (只预览).")
def events(workbook: Path, file: Path, drop: bool, dry_run: bool) -> None:
    """Write the [[events]] tables of a definition from WORKBOOK (.xlsx, .xls, .csv), one row an event.

    Everything else in the file stays, comments too. Nothing is written when there is a problem."""
    try:
        sheets = open_workbook(workbook.read_bytes())
    except (WorkbookUnreadable, FileRefused) as error:
        raise click.ClickException(f"{workbook.name}: {error}") from error
    sheet = next((one for one in sheets if one.rows), None)
    cells = (
        [(sheet.number(at), [cell.text for cell in row]) for at, row in enumerate(sheet.rows)]
        if sheet
        else []
    )
    text = file.read_text(encoding="utf-8-sig")
    try:
        written = write_events(text, read_events(cells, workbook.name), workbook.name, drop)
    except ContestInvalid as error:
        show(error.problems)
        sys.exit(1)
    if dry_run:
        lines = difflib.unified_diff(
            text.splitlines(), written.text.splitlines(), file.name, file.name, lineterm=""
        )
        click.echo("\n".join(lines))
    elif written.text != text:
        file.write_text(written.text, encoding="utf-8")
    click.echo(
        f"{file.name}: {len(written.added)} added, {len(written.changed)} changed, {len(written.dropped)} dropped "
        f"/ 新增 {len(written.added)} 个，修改 {len(written.changed)} 个，移除 {len(written.dropped)} 个",
        err=dry_run,
    )
