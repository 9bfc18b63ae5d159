"""`jiangsai rehearse`: a whole contest with invented people, on a scratch database."""

import json
import resource
import signal
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import flask_migrate
from flask import Flask

from webapp.config import ROOT, environment
from webapp.contests.errors import ContestInvalid
from webapp.contests.rules.parse import parse_contest
from webapp.contests.rules.undecided import open_questions
from webapp.rehearsal import setting
from webapp.rehearsal.decisions import DecisionMisplaced, decided, read_decisions
from webapp.rehearsal.gauge import Gauge, database_cpu_s
from webapp.rehearsal.play import Play, Progress
from webapp.rehearsal.report import Rehearsal, text
from webapp.rehearsal.running import Runner, most_processes
from webapp.rehearsal.scratch import scratch

DEFINITIONS = ROOT / "webapp" / "contests" / "definitions"
CHEAP = {"ARGON2_TIME_COST": 1, "ARGON2_MEMORY_KIB": 8, "RATELIMIT_ENABLED": False}


@click.command()
@click.argument("contest")
@click.option(
    "--contestants",
    type=click.IntRange(1, 1_000_000),
    default=200,
    show_default=True,
    help="People over all events.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same result.")
@click.option(
    "--events",
    type=click.IntRange(1),
    help="Play only so many events, chosen evenly; default: as many as there are people for.",
)
@click.option("--full", is_flag=True, help="Every answer of every paper, one save each.")
@click.option("--keep", is_flag=True, help="Keep the scratch database, where its server is not ours.")
@click.option("--processes", type=click.IntRange(1, 32), help="How many processes play; default 2.")
@click.option(
    "--decisions",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Invented values for what the file leaves open; default: those shipped for it.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
@click.pass_context
def rehearse(
    ctx: click.Context,
    contest: str,
    contestants: int,
    seed: int,
    events: int | None,
    full: bool,
    keep: bool,
    processes: int | None,
    decisions: Path | None,
    as_json: bool,
) -> None:
    """Play all of CONTEST (a code that is shipped, or a file) with invented people.

    Everything happens on a scratch database, which is gone afterwards; the site's own data is never touched.
    Exit status 1 when an invariant is broken or a step fails, 2 when the rehearsal cannot begin."""
    stop = Stop()
    done, text_of_file = read(contest, decisions)
    done.seed, done.contestants = seed, contestants
    with scratch(environment(), keep) as place:
        if keep:
            click.echo(f"database {place.database}", err=True)
        make: Any = ctx.obj
        app: Flask = make(dict(place.environ), **CHEAP)
        with Gauge() as gauge:
            rehearsed(
                app,
                done,
                text_of_file,
                events,
                full,
                processes or most_processes(),
                stop.checked(progress_on_stderr()),
            )
        done.peak_mib, done.database_cpu_seconds = gauge.peak_mib, database_cpu_s()
    click.echo(json.dumps(done.as_json(), ensure_ascii=False) if as_json else "\n".join(text(done)))
    sys.exit(1 if done.problems else 0)


def read(contest: str, decisions: Path | None = None) -> tuple[Rehearsal, str]:
    """A rehearsal that has not begun, and the decided text. Raise UsageError."""
    path = Path(contest) if contest.endswith(".toml") else DEFINITIONS / f"{contest}.toml"
    if not path.exists():
        raise click.UsageError(f"there is no definition {contest} · 没有这个竞赛定义")
    try:
        assumed = read_decisions(decisions or DEFINITIONS / "rehearsal" / path.name)
        written = decided(path.read_text(encoding="utf-8-sig"), assumed)
        rules = parse_contest(written, path.name)
    except ContestInvalid as error:
        first = error.problems[0]
        raise click.UsageError(
            f"{path.name}: {len(error.problems)} problems, the first in line {first.row}; see: jiangsai contests check"
        ) from error
    except (DecisionMisplaced, tomllib.TOMLDecodeError, KeyError) as error:
        raise click.UsageError(f"the decisions for {path.name} cannot be used: {error}") from error
    left = tuple(question.path for question in open_questions(written) if question.blocks)
    return Rehearsal(rules.code, 0, 0, 0, assumed, left), written


def rehearsed(
    app: Flask,
    done: Rehearsal,
    text_of_file: str,
    most_events: int | None,
    full: bool,
    processes: int,
    progress: Progress,
) -> Rehearsal:
    """Migrate, prepare and play; everything goes into `done`. app: on an empty database of its own."""
    began, spent = time.monotonic(), _cpu()
    app.extensions["jobs_inline"] = []
    rules = parse_contest(text_of_file)
    play = Play(rules, 0, done.seed, done.contestants, {}, full=full, progress=progress)
    with app.app_context():
        flask_migrate.upgrade()
        windows = [window for event in rules.events if (window := rules.registration(event))]
        if not windows:
            raise click.UsageError(f"{rules.code}: nobody can register, no event has a window · 没有报名时间")
        first = play.travel(min(window.opens_at for window in windows) - setting.BEFORE)
        setting.prepare(play, text_of_file, f"{rules.code}.toml", first)
        events = setting.events_of(play, first, most_events)
    done.events = len(events)
    if len(events) < len(windows):
        done.notes.append(
            f"{len(events)} of {len(windows)} events, at least {setting.least(rules)} people each · "
            f"演练 {len(windows)} 个赛项中的 {len(events)} 个"
        )
    if events and done.contestants // len(events) < setting.least(rules):
        done.notes.append(
            f"with less than {setting.least(rules)} people an event a stage may not open · "
            f"每个赛项不足 {setting.least(rules)} 人时，可能有阶段不能开赛"
        )
    for report in Runner(app, play, events, processes).run():
        done.steps.append(report)
    done.seconds, done.cpu_seconds = time.monotonic() - began, _cpu() - spent
    return done


def _cpu() -> float:
    """Seconds of CPU of this process and its ended children, the database not counted."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


class Stop:
    """SIGTERM and Ctrl-C end a rehearsal in the orderly way, so that what was made is removed.

    The exception that says so may be lost where Python drops exceptions (in a destructor, say); it is then raised
    again when the next part of a step is done."""

    def __init__(self) -> None:
        self._asked: BaseException | None = None
        signal.signal(signal.SIGTERM, lambda *told: self._end(SystemExit(128 + signal.SIGTERM)))
        signal.signal(signal.SIGINT, lambda *told: self._end(KeyboardInterrupt()))

    def _end(self, how: BaseException) -> None:
        self._asked = how
        raise how

    def checked(self, progress: Progress) -> Progress:
        """The same progress; it raises what was asked for before."""

        def tell(label: str, done: int, total: int) -> None:
            if self._asked is not None:
                raise self._asked
            progress(label, done, total)

        return tell


def progress_on_stderr() -> Callable[[str, int, int], None]:
    """One line that is written over on a terminal; a line for each tenth elsewhere."""
    stream = sys.stderr
    last = [""]

    def tell(label: str, done: int, total: int) -> None:
        if stream.isatty():
            stream.write(f"\r\x1b[K{label} {done}/{total}")
            stream.flush()
            return
        said = f"{label} {10 * done // max(1, total) * 10} %"
        if said != last[0]:
            last[0] = said
            stream.write(f"{said}\n")
            stream.flush()

    return tell


commands = (rehearse,)
