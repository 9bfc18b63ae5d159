"""From the database to a file that a program of somebody else recomputes: a stage with a list, places and awards."""

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from tests.functional.stages.pages import post
from tests.functional.stages.test_places import changes, semi_final
from tests.integration.stages.stand import NAMES, Graded, later, make_graded
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.awards.models import AwardLine
from webapp.registration.models import Participation
from webapp.results.cli import cli
from webapp.stages import jobs as stage_jobs

RECOMPUTE = Path(__file__).resolve().parents[3] / "scripts" / "recompute.py"


@pytest.fixture
def host(session: Session) -> Account:
    return make_staff(Role.HOST, name="韩亦舟")


def recompute(file: Path) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-I", str(RECOMPUTE), str(file)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def export(app: Flask, file: Path) -> dict[str, Any]:
    said = CliRunner().invoke(cli, ["export", "jilin-5", "--out", str(file)], obj=lambda: app)
    assert said.exit_code == 0, said.output
    made: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return made


def finish(
    client: FlaskClient, host: Account, graded: Graded, run_jobs: Callable[[], int], monkeypatch: Any
) -> None:
    """The list of the stage until it is final; the second in rank is not eligible."""
    sign_in(client, host)
    staff = f"/staff/stages/{graded.stage_id}"
    post(client, f"{staff}/freeze")
    post(client, f"{staff}/decide", entries=[graded.entries[1]], decision="ineligible", reason="不在职")
    post(client, f"{staff}/decide", everyone="y", decision="eligible")
    post(client, f"{staff}/close-recheck")
    post(client, f"{staff}/regrade")
    run_jobs()
    post(client, f"{staff}/post")
    later(monkeypatch, timedelta(days=30))
    sign_in(client, host)
    post(client, f"{staff}/finalise")


def award(client: FlaskClient, session: Session, graded: Graded, run_jobs: Callable[[], int]) -> None:
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    session.expire_all()
    lines = session.scalars(select(AwardLine).where(AwardLine.state == "candidate")).all()
    post(client, f"{staff}/decide", lines=[lines[0].id], decision="declined", reason="材料不全")
    post(client, f"{staff}/decide", lines=[line.id for line in lines[1:]], decision="granted")
    post(client, f"{staff}/close")
    post(client, f"{staff}/certificates", **{"certify-awards": ["medal"]})
    run_jobs()


def test_a_stage_with_list_places_and_awards_is_recomputed_without_difference(
    app: Flask,
    client: FlaskClient,
    session: Session,
    host: Account,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    graded = make_graded(changes={**changes(), 'stage = "final"': 'stage = "preliminary"'})
    file = tmp_path / "results.json"
    export(app, file)
    assert recompute(file)[0] == 0, "a board that still moves"

    finish(client, host, graded, run_jobs, monkeypatch)
    places = f"/staff/stages/{semi_final(graded)}/places"
    post(client, f"{places}/open")
    session.get_one(Participation, graded.sats[2].participation_id).state = "withdrawn"
    session.commit()
    assert stage_jobs.ask_substitutes() == 1, "the fifth takes the place of the third, who has left"
    winner = make_account(session.get_one(Person, graded.person_ids[0]))
    sign_in(client, winner)
    post(client, f"/my/places/{semi_final(graded)}", comes="no", reason="出国培训")
    sign_in(client, host)
    award(client, session, graded, run_jobs)

    told = export(app, file)
    text = file.read_text(encoding="utf-8")
    assert not any(name in text for name in NAMES), "nobody is named"
    assert "不在职" not in text, "a reason is a code"
    first, second = told["events"][0]["stages"]
    (one,) = first["lists"]
    assert [row["number"] for row in one["final"]["rows"]] == [graded.numbers[at] for at in (0, 2, 3)]
    assert {row["number"]: row["decision"] for row in one["decisions"]}[graded.numbers[1]] == "ineligible"
    numbers = graded.numbers
    assert [(row["number"], row["replaces"]) for row in second["places"]["rows"][3:]] == [
        (numbers[4], numbers[2]), (numbers[5], numbers[0]),
    ]  # fmt: skip
    assert {line["award"] for line in first["awards"]["lines"]} >= {"medal", "technician", "cash"}
    assert {row["award"] for row in first["certificates"]["rows"]} >= {"medal"}
    code, said = recompute(file)
    assert (code, said.startswith("0 differences in 1 events")) == (0, True), said
    verified = CliRunner().invoke(cli, ["verify", str(file)], obj=lambda: app)
    assert (verified.exit_code, "6 results agree" in verified.output) == (0, True), verified.output

    file.write_text(text.replace('"decision":"declined"', '"decision":"granted"', 1), encoding="utf-8")
    code, said = recompute(file)
    assert (code, "the digest is" in said) == (2, True)
    assert CliRunner().invoke(cli, ["verify", str(file)], obj=lambda: app).exit_code == 1
