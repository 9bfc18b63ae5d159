"""`jiangsai contests`: check and load definition files."""

import json
import sys
from pathlib import Path

import click

from webapp.contests import service
from webapp.contests.errors import ContestInvalid, RulesInUse
from webapp.contests.rules.parse import parse_contest
from webapp.core.i18n import say
from webapp.core.problems import Problem
from webapp.core.transaction import transaction

cli = click.Group("contests", help="Contest definition files (赛事定义文件).")


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print problems as JSON.")
def check(file: Path, as_json: bool) -> None:
    """Check FILE and list every problem with its place. Exit status 1 when there is one."""
    problems: list[Problem] = []
    try:
        contest = parse_contest(_read(file), file.name)
    except ContestInvalid as error:
        problems = error.problems
    if as_json:
        click.echo(json.dumps([problem.to_json() for problem in problems], ensure_ascii=False))
    elif problems:
        show(problems)
    else:
        click.echo(f"{file.name}: {contest.code}, {len(contest.events)} events, no problems / 没有问题")
    sys.exit(1 if problems else 0)


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--because", default="", help="Why rules that people already take part under change (理由).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def load(ctx: click.Context, file: Path, because: str, as_json: bool) -> None:
    """Load FILE as a new version of its contest. The same text again changes nothing."""
    text = _read(file)
    app = ctx.find_root().obj()
    result: dict[str, object] = {"problems": [], "changes": []}
    try:
        with app.app_context(), transaction():
            loaded = service.load_contest(text, file.name, because=because, program="jiangsai contests load")
        result |= {"version": loaded.version, "is_new": loaded.is_new}
    except ContestInvalid as error:
        result["problems"] = [problem.to_json() for problem in error.problems]
        if not as_json:
            show(error.problems)
    except RulesInUse as error:
        with app.app_context():
            result["changes"] = [say(change) for change in error.changes]
            if not as_json:
                click.echo("\n".join([say(error.message), *map(say, error.changes)]), err=True)
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
    elif "version" in result:
        state = "loaded / 已载入" if result["is_new"] else "unchanged / 没有变化"
        click.echo(f"{file.name}: version {result['version']} {state}")
    sys.exit(0 if "version" in result else 1)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.UsageError(
            f"{file.name} is not UTF-8 (byte {error.start}) / 文件不是 UTF-8 编码"
        ) from error


def show(problems: list[Problem]) -> None:
    """One line a problem: file, line, path, value, reason, hint."""
    for problem in problems:
        place = f"{problem.file}:{problem.row or '-'} {problem.column}".rstrip()
        words = problem.reason.text % problem.reason.params if problem.reason.params else problem.reason.text
        hint = ""
        if problem.hint:
            hint = " " + (
                problem.hint.text % problem.hint.params if problem.hint.params else problem.hint.text
            )
        value = f" [{problem.value}]" if problem.value else ""
        click.echo(f"{place}{value}: {words}{hint}", err=True)
