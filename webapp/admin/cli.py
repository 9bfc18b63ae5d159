"""Commands that need more than one package: loading a contest, and its events from a workbook."""

import difflib
import json
import sys
from pathlib import Path

import click
from flask import current_app

from webapp.access.permissions import Permission
from webapp.accounts.errors import WorkbookUnreadable
from webapp.accounts.formats.cells import open_workbook
from webapp.accounts.service.sign_in import who_is
from webapp.banks.errors import FileRefused
from webapp.contests.cli import cli as contests
from webapp.contests.cli import read_definition, show
from webapp.contests.errors import ContestInvalid, NotManaged, RulesInUse
from webapp.contests.formats.event_rows import read_events
from webapp.contests.formats.event_tables import write_events
from webapp.contests.queries.proposals import proposal_by_id, proposal_path
from webapp.contests.service.proposing import Change, Submitted, submit
from webapp.core.errors import DomainError
from webapp.core.i18n import say
from webapp.core.transaction import transaction

commands: tuple[click.Command, ...] = ()
"""No group of its own: `load` and `events` belong to `jiangsai contests`."""
LOADS = "jiangsai contests load"
WAITS = 3
"""Exit status where the change waits for a second person."""


@contests.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--because", default="", help="Why rules of a contest that has begun change (理由).")
@click.option(
    "--as",
    "asker",
    default="",
    help="Who asks for the change of a contest that has begun: the phone or document number with which an"
    " administrator signs in (由谁提出).",
)
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def load(ctx: click.Context, file: Path, because: str, asker: str, as_json: bool) -> None:
    """Load FILE as a new version of its contest. The same text again changes nothing.

    Where the contest has begun and changes need two people, nothing changes: a proposal is made, a second
    administrator confirms it on its page, and the exit status is 3. Refused: 1."""
    text = read_definition(file)
    result: dict[str, object] = {"problems": [], "changes": []}
    with ctx.find_root().obj().app_context():
        try:
            with transaction():
                done = _submitted(Change(text, file.name, because, None, program=LOADS), asker)
            result |= _told(done)
        except ContestInvalid as error:
            result["problems"] = [problem.to_json() for problem in error.problems]
            if not as_json:
                show(error.problems)
        except DomainError as error:
            changes = [say(change) for change in error.changes] if isinstance(error, RulesInUse) else []
            result |= {"changes": changes, "refused": say(error.message)}
            if not as_json:
                click.echo("\n".join([say(error.message), *changes]), err=True)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    elif "proposal" in result:
        click.echo(
            f"{file.name}: nothing has changed yet; a second administrator confirms at {result['page']}"
            " / 尚未生效，请由另一名管理员在此页确认"
        )
    elif "version" in result:
        state = "loaded / 已载入" if result["is_new"] else "unchanged / 没有变化"
        click.echo(f"{file.name}: version {result['version']} {state}")
    sys.exit(WAITS if "proposal" in result else 0 if "version" in result else 1)


def _submitted(change: Change, asker: str) -> Submitted:
    """Load or propose. raise (NotManaged): whoever is named does not manage this contest."""
    who = who_is(asker) if asker else None
    account_id = who.account_id if who else None
    named = Change(change.text, change.name, change.reason, account_id, program=change.program)
    done = submit(named, bool(current_app.config["TWO_PERSON"]))
    contest_id = done.loaded.contest_id if done.loaded else proposal_by_id(done.proposal_id or 0).contest_id
    if who is not None and not who.allows(Permission.MANAGE_CONTESTS, contest_id=contest_id):
        raise NotManaged
    return done


def _told(done: Submitted) -> dict[str, object]:
    if done.loaded is not None:
        return {"version": done.loaded.version, "is_new": done.loaded.is_new}
    path = proposal_path(done.proposal_id or 0)
    return {"proposal": done.proposal_id, "page": current_app.extensions["settings"].public_url + path}


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
