"""Commands about results: files that anybody can check."""

import sys
from pathlib import Path

import click
from flask import Flask

from webapp.audit.service import record
from webapp.contests import queries as contests
from webapp.core import clock
from webapp.core.errors import NotFound
from webapp.core.transaction import transaction
from webapp.leaderboard.formats.results import Format, ResultsUnreadable, read, written
from webapp.leaderboard.queries.results import results as all_results
from webapp.leaderboard.rules.verify import faults

MOST_SHOWN = 20


@click.group("results")
def cli() -> None:
    """Export results, and check an exported file."""


@cli.command("export")
@click.argument("contest")
@click.option("--event", default="", help="Only this event.")
@click.option("--stage", default="", help="Only this stage.")
@click.option(
    "--format", "form", type=click.Choice([one.value for one in Format]), default=Format.JSONL.value
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; default: the screen."
)
@click.pass_context
def export(ctx: click.Context, contest: str, event: str, stage: str, form: str, out: Path | None) -> None:
    """Write the results of CONTEST, without names, with a digest in the last line."""
    app: Flask = ctx.find_root().obj()
    with app.app_context(), transaction():
        try:
            contest_id = contests.contest_by_code(contest, clock.now()).contest_id
        except NotFound:
            raise click.ClickException(f"there is no contest {contest} · 没有这个竞赛") from None
        lines = list(written(all_results(contest, event, stage), Format(form)))
        _, digest = read("".join(lines))
        rows = len(lines) - (2 if form == Format.CSV else 1)
        record(
            "results.export", "contest", contest_id, actor="results export",
            rows=rows, digest=digest, event=event, stage=stage,
        )  # fmt: skip
    if out is None:
        sys.stdout.writelines(lines)
    else:
        out.write_text("".join(lines), encoding="utf-8", newline="")
    click.echo(f"{rows} results, digest {digest} · 共 {rows} 条成绩", err=True)


@cli.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Compute every combined score, order and rank in FILE anew. Exit 1 when anything differs."""
    try:
        lines, digest = read(file.read_bytes().decode("utf-8"))
    except (ResultsUnreadable, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from None
    found = list(faults(lines))
    for fault in found[:MOST_SHOWN]:
        click.echo(
            f"result {fault.line}, number {fault.number}: {fault.what}"
            + (f" is {fault.stated}, computed {fault.computed}" if fault.computed else " is wrong")
        )
    if found:
        click.echo(f"{len(found)} differences · 有 {len(found)} 处不符")
        sys.exit(1)
    click.echo(f"{len(lines)} results agree, digest {digest} · {len(lines)} 条成绩全部相符")
