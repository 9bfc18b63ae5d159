"""`jiangsai exams`: check how papers were drawn, without trusting this system."""

import json
import sys
from pathlib import Path

import click

from webapp.contests.service.checking import further_check
from webapp.core.errors import DomainError
from webapp.core.i18n import say
from webapp.exam.queries.draws import draw_file
from webapp.exam.rules.drawfile import DrawFileInvalid, verify
from webapp.exam.service.contest_banks import banks_in_force

cli = click.Group("exams", help="Exams and how their papers were drawn (考试与组卷).")
SHOWN = 20
further_check(banks_in_force)  # `jiangsai contests check --banks` asks it


@cli.command("draws")
@click.argument("exam_id", type=int)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file (输出文件).")
@click.pass_context
def draws(ctx: click.Context, exam_id: int, out: Path | None) -> None:
    """Write the draw file of EXAM_ID: blueprint, question numbers, revealed secrets, digests of all papers."""
    app = ctx.find_root().obj()
    with app.app_context():
        try:
            text = json.dumps(draw_file(exam_id), ensure_ascii=False)
        except DomainError as error:
            click.echo(say(error.message), err=True)
            sys.exit(1)
    if out is None:
        click.echo(text)
    else:
        out.write_text(text, encoding="utf-8")


@cli.command("verify-draws")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
def verify_draws(file: Path, as_json: bool) -> None:
    """Draw every paper of FILE again and compare. Needs no database. Exit status 1 when one differs."""
    try:
        verdict = verify(json.loads(file.read_text(encoding="utf-8")))
    except (DrawFileInvalid, ValueError) as error:
        click.echo(f"{file.name}: not a draw file / 不是组卷记录文件: {error}", err=True)
        sys.exit(2)
    if as_json:
        wrong = [[one.participation_id, one.number, one.digest] for one in verdict.wrong]
        facts = {"papers": verdict.papers, "wrong": wrong, "bad_secrets": list(verdict.bad_secrets)}
        click.echo(json.dumps(facts))
    else:
        click.echo(
            f"{file.name}: {verdict.papers} papers drawn again, {len(verdict.wrong)} differ / 重新组卷 "
            f"{verdict.papers} 份，不一致 {len(verdict.wrong)} 份"
        )
        for digest in verdict.bad_secrets:
            click.echo(f"  secret does not fit its promise / 密钥与公布的摘要不符: {digest}")
        for one in verdict.wrong[:SHOWN]:
            click.echo(f"  {one.participation_id}-{one.number} {one.digest}")
    sys.exit(0 if verdict.is_good else 1)
