"""`jiangsai contests`: check definition files. Commands that need other packages are added by `admin`."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from webapp.contests.service.checking import Checked, check_definition
from webapp.core.problems import Problem
from webapp.core.words import Message

cli = click.Group("contests", help="Contest definition files (赛事定义文件).")


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option(
    "--banks", is_flag=True, help="Also ask the banks of this installation (同时核对题库，需要数据库)."
)
@click.pass_context
def check(ctx: click.Context, file: Path, as_json: bool, banks: bool) -> None:
    """Check FILE: every problem with its place, contradictions too, and what is still undecided with what waits
    for it. Exit status 1 when there is an error; warnings and open questions are 0."""
    text = read_definition(file)
    if banks:
        with ctx.find_root().obj().app_context():
            checked = check_definition(text, file.name, further=True)
    else:
        checked = check_definition(text, file.name)
    if as_json:
        click.echo(json.dumps(_as_json(checked), ensure_ascii=False))
    else:
        _tell(checked, file)
    sys.exit(1 if checked.errors else 0)


def _as_json(checked: Checked) -> dict[str, object]:
    return {
        "problems": [problem.to_json() for problem in map(_plain_problem, checked.problems)],
        "open": [
            {"path": one.path, "line": one.line, "blocks": [in_english(message) for message in one.blocks]}
            for one in checked.questions
        ],
        "banks_checked": checked.is_complete,
    }


def _plain_problem(problem: Problem) -> Problem:
    hint = Message(in_english(problem.hint)) if problem.hint else None
    return replace(problem, reason=Message(in_english(problem.reason)), hint=hint)


def _tell(checked: Checked, file: Path) -> None:
    show(list(checked.problems))
    for question in checked.questions:
        waits = ", ".join(in_english(message) for message in question.blocks)
        blocked = f" — waits for it / 待此项: {waits}" if waits else ""
        click.echo(f"{file.name}:{question.line or '-'} {question.path}: undecided / 待定{blocked}")
    if checked.rules is None:
        return
    if not checked.is_complete:
        click.echo("The banks were not checked: add --banks / 未核对题库：请加 --banks")
    verdict = "no problems / 没有问题" if not checked.problems else f"{len(checked.errors)} errors / 处错误"
    click.echo(f"{file.name}: {checked.rules.code}, {len(checked.rules.events)} events, {verdict}")


def read_definition(file: Path) -> str:
    """The text of a definition file. Raise UsageError when it is not UTF-8."""
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
        words = in_english(problem.reason)
        hint = f" {in_english(problem.hint)}" if problem.hint else ""
        mark = "" if problem.is_error else "warning / 提醒: "
        value = f" [{problem.value}]" if problem.value else ""
        click.echo(f"{place}{value}: {mark}{words}{hint}", err=True)


def in_english(message: Message) -> str:
    """A message without an app: parts that are messages are said first, of a pair of texts the first is taken."""
    params = {
        name: in_english(value) if isinstance(value, Message) else getattr(value, "zh", value)
        for name, value in message.params.items()
    }
    return message.text % params if params else message.text
