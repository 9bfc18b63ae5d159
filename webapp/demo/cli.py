"""`jiangsai demo`: the invented contest that a first start shows."""

import json
import signal
import threading
import time

import click

from webapp.core.transaction import transaction
from webapp.demo import service
from webapp.demo.rules import LIVING, PASSWORD, PEOPLE
from webapp.demo.visitors import run

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


@cli.command()
@click.option("--address", default="", help="Where the site answers; default: the public address.")
@click.option("--minutes", default=10.0, type=click.FloatRange(0.1, 60), help="How long a run lasts.")
@click.option(
    "--people", default=sum(LIVING.values()), type=click.IntRange(3, run.MOST_PEOPLE), help="How many come."
)
@click.option("--at-once", is_flag=True, help="Ask for a run at the start.")
@click.pass_context
def visitors(ctx: click.Context, address: str, minutes: float, people: int, at_once: bool) -> None:
    """Invented contestants learn and sit exams over HTTP whenever a run is asked for; stays until stopped."""
    app = ctx.find_root().obj()
    if not app.config["DEMO"]:
        raise click.UsageError("JIANGSAI_DEMO=0: this installation has no demo / 本系统未启用演示")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with app.app_context(), transaction():
        run.close_left_open()
        if at_once:
            run.ask()
    run.serve(app, address or app.extensions["settings"].public_url, minutes, people, stop)
