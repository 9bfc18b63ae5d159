"""`jiangsai demo`: the invented contest that a first start shows."""

import json
import time

import click

from webapp.demo import service
from webapp.demo.rules import PASSWORD, PEOPLE

cli = click.Group("demo", help="The invented contest of a first start (演示数据).")


@cli.command()
@click.pass_context
def load(ctx: click.Context) -> None:
    """Load or refresh the demo: windows move to today, everything else stays."""
    app = ctx.find_root().obj()
    if not app.config["DEMO"]:
        raise click.UsageError("JIANGSAI_DEMO=0: this installation has no demo / 本系统未启用演示")
    started = time.monotonic()
    with app.app_context():
        for step in service.steps():
            click.echo(f"  demo 演示: {step}")
    accounts = [
        {
            "role": person.label,
            "login": service.phone_of_person(person),
            "password": PASSWORD,
            "note": f"{person.name}, {person.note}",
        }
        for person in PEOPLE
    ]
    path = app.extensions["settings"].var / "demo-accounts.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"accounts": accounts}, ensure_ascii=False, indent=1), encoding="utf-8")
    click.echo(f"  demo 演示: ready in {time.monotonic() - started:.1f} s")
