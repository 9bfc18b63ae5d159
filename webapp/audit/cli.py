"""`jiangsai audit`: prove that the audit trail is as it was written."""

from pathlib import Path

import click

from webapp.audit import queries, service
from webapp.audit.queries import Findings
from webapp.audit.rules import Anchor
from webapp.core import clock
from webapp.core.transaction import transaction


@click.group()
def audit() -> None:
    """The audit trail."""


@audit.command()
@click.option(
    "--anchors",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    help="A copy of the anchors kept elsewhere; by default the file in the folder of data.",
)
@click.pass_context
def verify(ctx: click.Context, anchors: Path | None) -> None:
    """Recompute the chain and compare it with the heads kept outside the database.

    Ends with 0 when every row is as it was, with 1 when one is not; the first bad row is named."""
    with ctx.find_root().obj().app_context():
        try:
            kept = queries.read_anchors(anchors or queries.anchors_path())
        except ValueError as error:
            raise click.ClickException(f"a line of the anchors cannot be read: {error}") from error
        found = queries.verify(kept)
    if found.is_sound:
        click.echo(f"sound: {found.sealed} sealed rows, {len(kept)} anchors")
        return
    click.echo(_said(found, found.broken_anchor))
    ctx.exit(1)


@audit.command()
@click.pass_context
def anchor(ctx: click.Context) -> None:
    """Write the present head down outside the database, and print it for a notice or a witness."""
    with ctx.find_root().obj().app_context():
        path = queries.anchors_path()
        with transaction():
            service.write_anchor(path, clock.now())
        kept = queries.read_anchors(path)
    click.echo(kept[-1].line() if kept else "nothing is sealed yet")


def _said(found: Findings, broken: Anchor | None) -> str:
    text = f"BROKEN: the first bad row is {found.bad_row_id}"
    if broken is not None:
        text += (
            f"; the head written down at {broken.at.isoformat()} (row {broken.last_row_id}) is not in the"
            " chain: the tail was cut off or the chain was written anew"
        )
    return text


cli = audit
