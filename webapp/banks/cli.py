"""`jiangsai banks`: check files, import them, export versions."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import Flask

from webapp.audit import service as audit
from webapp.banks import queries, service
from webapp.banks.errors import FileRefused, SealedBank
from webapp.banks.formats import pictures, sounds
from webapp.banks.formats.files import Parsed, read_bank_file, read_bank_folder
from webapp.banks.formats.options import ReadOptions, parse_options
from webapp.banks.formats.writers import ExportFormat, write
from webapp.banks.rules.schema import BankFile
from webapp.core.db import keys_scope
from webapp.core.errors import DomainError, NotFound
from webapp.core.i18n import init_i18n, say
from webapp.core.problems import Problem
from webapp.core.transaction import transaction
from webapp.core.words import Message

cli = click.Group("banks", help="Question banks (题库).")

_file = click.argument("file", type=click.Path(exists=True, path_type=Path))
_map = click.option(
    "--map",
    "mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What the file leaves open, as TOML: see `jiangsai banks check --help`.",
)
_json = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")


@cli.command()
@_file
@_map
@_json
def check(file: Path, mapping: Path | None, as_json: bool) -> None:
    """Check FILE (a file, or a folder with a bank.toml or with other files) and list every problem with its
    place.

    With --json: format, counts by type, errors, warnings, skipped. Exit status 1 when there is an error.

    What a file leaves open is assumed with a warning, unless --map says it; a key that is not listed here is
    refused by its name:

    \b
      [columns]                 # meaning = heading of the column, or key of a JSON file
      stem = "题目内容"          # type stem options answer explanation difficulty mark
      "option:A" = "甲"          # topic category category2 category3 tags source
      "blank:1" = "第一空"       # picture picture_alt external_id number keywords
      "share:1" = "甲得分"       # passage tolerance fill_rules right option_label enabled
      [types]                   # name in the file (* and ? stand for any signs) = type
      "甲字题" = "single"        # single multiple true_false fill matching ordering
      "说明" = "skip"            # numeric passage essay, or skip: rows left out
      [difficulties]            # name in the file = easy, medium or hard
      "三星" = "medium"
    \b
    and above the tables:
    \b
      ignored = ["备注"]         # headings that are not read
      between_blanks = "|"      # between the blanks of one fill-in
      alternatives = ";"        # between accepted answers of one blank
      between_options = "##"    # between options in one cell; "labels": at A. B. C.
      between_answers = "&"     # between the right options of a choice
      first_option = 1          # what answers in numbers count from, 0 or 1
    """
    parsed = _read(file, mapping)
    # Words need no servers: a bare app with the catalogues is enough.
    app = Flask(__name__)
    init_i18n(app)
    with app.app_context():
        _show(file, parsed, as_json)
    sys.exit(1 if parsed.error_count else 0)


@cli.command("import")
@_file
@click.option("--bank", "code", required=True, help="Code of the bank; it is made when there is none.")
@click.option("--title", default="", help="Title of a new bank.")
@click.option("--valid-part", is_flag=True, help="Import what is valid although other rows have errors.")
@click.option("--replace", is_flag=True, help="Questions that FILE does not hold leave the bank.")
@click.option("--submit", is_flag=True, help="Hand the new version in for review.")
@_map
@_json
@click.pass_context
def import_(
    ctx: click.Context,
    file: Path,
    code: str,
    title: str,
    valid_part: bool,
    replace: bool,
    submit: bool,
    mapping: Path | None,
    as_json: bool,
) -> None:
    """Import FILE into a bank as a new draft version. A second person approves it in the staff area.

    Exit status 1 when nothing was imported because of errors."""
    parsed = _read(file, mapping)
    with _words(ctx):
        if not parsed.questions or (parsed.error_count and not valid_part):
            _show(file, parsed, as_json)
            sys.exit(1)
        with keys_scope(), transaction():
            bank_id = _bank(code, title, parsed)
            stored = service.store_version(
                bank_id, _bank_file(parsed), None, file.name, keep_rest=not replace
            )
            if submit and stored.is_new:
                service.submit(stored.version_id, None)
        facts = {
            "bank": code,
            "version": stored.number,
            "is_new": stored.is_new,
            "questions": stored.questions,
            "new": stored.new_questions,
            "changed": stored.changed_questions,
            "left_out": parsed.bad_rows,
        }
        if as_json:
            click.echo(json.dumps(facts | _summary(parsed), ensure_ascii=False))
        else:
            click.echo(", ".join(f"{name}: {value}" for name, value in facts.items()))


@cli.command()
@click.argument("code")
@click.option(
    "--format",
    "form",
    type=click.Choice([form.value for form in ExportFormat]),
    default="xlsx",
    show_default=True,
)
@click.option("--version", "number", type=int, help="Number of the version; the approved one when left out.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="File to write.")
@click.pass_context
def export(ctx: click.Context, code: str, form: str, number: int | None, output: Path | None) -> None:
    """Write a version of the bank CODE to a file, with answers: handle it as a secret. It is logged."""
    with _words(ctx):
        try:
            with keys_scope(), transaction():
                bank = _open_bank(code)
                version_id = _version_id(bank, number)
                file, pictures = queries.bank_file(version_id)
                written = write(file, pictures, ExportFormat(form))
                audit.record(
                    "bank.export", "bank", bank.bank_id, actor="cli", version=version_id, format=form
                )
        except NotFound as error:
            raise click.UsageError(f"no such bank or version: {code}") from error
        for problem in written.problems:
            click.echo(f"{problem.severity}: {problem.column}: {say(problem.reason)}", err=True)
    target = output or Path(written.name)
    target.write_bytes(written.content)
    click.echo(f"{target}: {len(file.questions)} questions")


def _open_bank(code: str) -> queries.BankView:
    """A bank that people may look into. raise (SealedBank, NotFound)."""
    bank = queries.bank(code)
    if bank.is_sealed:
        raise SealedBank(code)
    return bank


def _version_id(bank: queries.BankView, number: int | None) -> int:
    if number is None:
        chosen = bank.approved_version_id or bank.newest_version_id
    else:
        found = [item for item in queries.versions(bank.bank_id) if item.number == number]
        chosen = found[0].version_id if found else None
    if chosen is None:
        raise NotFound
    return chosen


def _bank(code: str, title: str, parsed: Parsed) -> int:
    try:
        return _open_bank(code).bank_id
    except NotFound:
        head = parsed.head
        return service.create_bank(
            code,
            {
                "zh": title or (head.title_zh if head else code),
                "en": head.title_en if head else title or code,
            },
            None,
            {"zh": head.description_zh, "en": head.description_en} if head else {},
            language=head.language if head else "zh-CN",
            licence=head.licence if head else "",
        )


def _bank_file(parsed: Parsed) -> BankFile:
    questions = tuple(question for question in parsed.questions if question.key not in parsed.repeats)
    pictures = {name: picture.content for name, picture in parsed.pictures.items()}
    return BankFile("", "", "", "", "", "", "", parsed.topics, questions, pictures)


def _read(file: Path, mapping: Path | None) -> Parsed:
    try:
        options = parse_options(mapping.read_text("utf-8-sig"), mapping.name) if mapping else ReadOptions()
    except (FileRefused, UnicodeDecodeError) as error:
        raise click.UsageError(f"{mapping}: {error}") from error
    if file.is_dir():
        return read_bank_folder(file, options=options)
    near = [*file.parent.iterdir()]
    if file.suffix.lower() == ".xml":
        # Such files name their pictures by folder.
        near += file.parent.glob("*/*")
    beside = {
        path.relative_to(file.parent).as_posix(): path.read_bytes()
        for path in sorted(near)
        if path.suffix.lower() in {*pictures.SUFFIXES, *sounds.SUFFIXES} and path.is_file()
    }
    return read_bank_file(file.read_bytes(), file.name, options, beside=beside)


def _show(file: Path, parsed: Parsed, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_summary(parsed), ensure_ascii=False))
        return
    for problem in parsed.problems:
        click.echo(_line(problem), err=True)
    for item in parsed.skipped:
        click.echo(f"{item.name}: {say(item.why)}", err=True)
    if parsed.said:
        click.echo(f"--map: {json.dumps(parsed.said, ensure_ascii=False)}", err=True)
    if parsed.problem_count > len(parsed.problems):
        click.echo(f"… {parsed.problem_count} in all", err=True)
    warnings = parsed.problem_count - parsed.error_count
    click.echo(
        f"{file.name}: {parsed.rows} rows, {len(parsed.questions)} questions, "
        f"{parsed.error_count} errors, {warnings} warnings"
    )


def _line(problem: Problem) -> str:
    place = " ".join(part for part in (problem.sheet, str(problem.row or ""), problem.column) if part)
    value = f" [{problem.value}]" if problem.value else ""
    hint = f" {say(problem.hint)}" if problem.hint else ""
    return f"{problem.severity}: {problem.file}: {place}{value}: {say(problem.reason)}{hint}"


def _summary(parsed: Parsed) -> dict[str, Any]:
    """What a program reads. counts: questions that can be imported, by type. The two last figures are true
    also where the lists are cut off."""
    counts = Counter(question.public.type.value for question in parsed.questions)
    return {
        "format": parsed.format,
        "counts": dict(sorted(counts.items())),
        "errors": [_spoken(problem) for problem in parsed.problems if problem.is_error],
        "warnings": [_spoken(problem) for problem in parsed.problems if not problem.is_error],
        "skipped": [{"name": item.name, "why": say(item.why)} for item in parsed.skipped],
        "rows": parsed.rows,
        "mapping": parsed.said,
        "error_count": parsed.error_count,
        "warning_count": parsed.problem_count - parsed.error_count,
    }


def _spoken(problem: Problem) -> dict[str, Any]:
    words: dict[str, Message | None] = {"reason": problem.reason, "hint": problem.hint}
    return problem.to_json() | {name: say(message) if message else "" for name, message in words.items()}


@contextmanager
def _words(ctx: click.Context) -> Iterator[None]:
    """An app context, for words and for the database. Refusals end with status 1 and their sentence."""
    app = ctx.find_root().obj()
    with app.app_context():
        try:
            yield
        except DomainError as error:
            if isinstance(error, NotFound):
                raise
            click.echo(say(error.message), err=True)
            sys.exit(1)
