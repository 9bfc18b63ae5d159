"""`jiangsai courses`: check, render, import and export course folders."""

import json
import sys
from pathlib import Path

import click
from flask import Flask

from webapp.core.db import keys_scope
from webapp.core.errors import NotFound
from webapp.core.i18n import init_i18n, say
from webapp.core.problems import Problem
from webapp.core.transaction import transaction
from webapp.courses import service
from webapp.courses.errors import CourseInvalid
from webapp.courses.formats.folder import read_folder
from webapp.courses.formats.slides import render_course

cli = click.Group("courses", help="Courses as files (课程文件).")

IMPORT = "jiangsai courses import"
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@cli.command()
@click.argument("folder", type=FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print problems as JSON.")
def check(folder: Path, as_json: bool) -> None:
    """Check the rendered course in FOLDER. Exit status 1 when there is a problem."""
    problems: list[Problem] = []
    try:
        found = read_folder(folder)
    except CourseInvalid as error:
        problems = error.problems
    if as_json:
        click.echo(json.dumps([problem.to_json() for problem in problems], ensure_ascii=False))
    elif problems:
        _show(problems)
    else:
        click.echo(
            f"{found.course.code}: {len(found.course.lessons)} lessons, {len(found.files)} files,"
            " no problems / 没有问题"
        )
    sys.exit(1 if problems else 0)


@cli.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--into", required=True, type=click.Path(file_okay=False, path_type=Path), help="The finished folder."
)
def render(folder: Path, into: Path) -> None:
    """Make the slides of FOLDER into videos, captions and text versions; what did not change is kept."""
    try:
        render_course(folder, into, click.echo)
    except CourseInvalid as error:
        _show(error.problems)
        sys.exit(1)
    click.echo(f"{into}: ready to import / 可以导入")


@cli.command("import")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.option("--publish", is_flag=True, help="Publish the version at once (立即发布).")
@click.option("--because", default="", help="What changed (变更说明).")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def import_(ctx: click.Context, source: Path, publish: bool, because: str, as_json: bool) -> None:
    """Keep the rendered course in SOURCE, a folder or a zip, as a new version.

    The same content again changes nothing."""
    app = ctx.find_root().obj()
    try:
        with app.app_context(), keys_scope(), transaction():
            if source.is_dir():
                made = service.import_folder(source, None, IMPORT, because)
            else:
                with source.open("rb") as content:
                    made = service.import_zip(content, source.name, None, IMPORT, because)
            if publish:
                service.publish(made.version_id, because, program=IMPORT)
    except CourseInvalid as error:
        _show(error.problems)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps({"version": made.number, "is_new": made.is_new, "published": publish}))
    else:
        click.echo(f"version {made.number}{'' if made.is_new else ' (already there / 已存在)'}")


@cli.command()
@click.argument("code")
@click.option(
    "--into", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The zip to write."
)
@click.pass_context
def export(ctx: click.Context, code: str, into: Path) -> None:
    """Write the published version of the course CODE into a zip. It holds the drills' answers; it is logged."""
    app = ctx.find_root().obj()
    try:
        with app.app_context(), keys_scope(), transaction():
            count = service.write_zip(service.export(code), into)
    except NotFound as error:
        raise click.UsageError(f"no published course: {code}") from error
    click.echo(f"{into}: {count} files")


@cli.command()
@click.pass_context
def assign(ctx: click.Context) -> None:
    """Look up the events of every published course again, for example after a contest was loaded."""
    app = ctx.find_root().obj()
    with app.app_context(), transaction():
        service.assign_again()
    click.echo("done / 已更新")


def _show(problems: list[Problem]) -> None:
    # Words need no servers: a bare app with the catalogues is enough.
    app = Flask(__name__)
    init_i18n(app)
    with app.app_context():
        for problem in problems:
            place = ":".join(str(part) for part in (problem.file, problem.row) if part)
            click.echo(f"{place} {problem.column} {say(problem.reason)} {problem.value}".rstrip(), err=True)
