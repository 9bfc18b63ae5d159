"""Commands about results: files that anybody can check."""

import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
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
from webapp.leaderboard.rules.verify import Line, faults
from webapp.results.formats import document
from webapp.results.queries.document import events, heading
from webapp.results.rules.lines import lines_of

MOST_SHOWN = 20
WHOLE = "json"


@dataclass
class Written:
    """What an export came to. rows: results; digest: as its last line states."""

    rows: int = 0
    digest: str = ""


@click.group("results")
def cli() -> None:
    """Export results, and check an exported file."""


@cli.command("export")
@click.argument("contest")
@click.option("--event", default="", help="Only this event.")
@click.option("--stage", default="", help="Only this stage (jsonl and csv).")
@click.option(
    "--format",
    "form",
    type=click.Choice([WHOLE, *(one.value for one in Format)]),
    default=WHOLE,
    help="json: rules, boards, lists, places and awards, to be recomputed; jsonl, csv: the present boards only.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; default: the screen."
)
@click.pass_context
def export(ctx: click.Context, contest: str, event: str, stage: str, form: str, out: Path | None) -> None:
    """Write the results of CONTEST, without names, with a digest in the last line.

    The default is one JSON document from which scripts/recompute.py works out every score, rank, promotion
    and award anew; webapp/docs/results-format.md describes it."""
    if form == WHOLE and stage:
        raise click.ClickException(
            "a document holds whole events; use --event, or --format jsonl · 请使用 --event"
        )
    app: Flask = ctx.find_root().obj()
    told = Written()
    with app.app_context(), transaction():
        try:
            contest_id = contests.contest_by_code(contest, clock.now()).contest_id
        except NotFound:
            raise click.ClickException(f"there is no contest {contest} · 没有这个竞赛") from None
        lines = (
            _document(contest, event, told) if form == WHOLE else _boards(contest, event, stage, form, told)
        )
        _write(lines, out)
        record(
            "results.export", "contest", contest_id, actor="results export",
            rows=told.rows, digest=told.digest, event=event, stage=stage,
        )  # fmt: skip
    click.echo(f"{told.rows} results, digest {told.digest} · 共 {told.rows} 条成绩", err=True)


def _document(contest: str, event: str, told: Written) -> Iterator[str]:
    """The pieces of the whole document."""
    for line in document.written(heading(contest, clock.now()), events(contest, event)):
        told.rows += line.count('"sort_key":')
        told.digest = line.rpartition(':"')[2].rstrip('"}\n')
        yield line


def _boards(contest: str, event: str, stage: str, form: str, told: Written) -> list[str]:
    lines = list(written(all_results(contest, event, stage), Format(form)))
    _, told.digest = read("".join(lines))
    told.rows = len(lines) - (2 if form == Format.CSV else 1)
    return lines


def _write(lines: Iterable[str], out: Path | None) -> None:
    if out is None:
        sys.stdout.writelines(lines)
        return
    with out.open("w", encoding="utf-8", newline="") as target:
        target.writelines(lines)


@cli.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def verify(file: Path) -> None:
    """Compute every combined score, order and rank in FILE anew. Exit 1 when anything differs.

    Of a JSON document the boards are checked; scripts/recompute.py checks lists, places and awards too."""
    try:
        lines, digest = _reader(file)(file.read_bytes().decode("utf-8"))
    except (ResultsUnreadable, document.DocumentUnreadable, UnicodeDecodeError) as error:
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


def _reader(file: Path) -> Callable[[str], tuple[list[Line], str]]:
    with file.open("rb") as start:
        is_document = start.read(len(document.START)) == document.START.encode()
    return _read_document if is_document else read


def _read_document(text: str) -> tuple[list[Line], str]:
    told, digest = document.read(text)
    return lines_of(told), digest
