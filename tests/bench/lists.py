"""`python -m tests.bench.lists [--people 42650] [--quota N] [--web] [--profile]`: the list of one event from the board to its
certificates, as a worker does it, on a scratch database; print processor seconds, time, memory and what the web answered meanwhile."""

import argparse
import contextlib
import os
import secrets
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import flask_migrate
from sqlalchemy import select, text

from tests import factories
from tests.bench.certificates import FAMILIES, GIVEN
from tests.bench.probe import measured, web_asked
from tests.bench.world import browser, environ_of, serve, servers
from tests.integration.exam.exams import make_exam
from webapp.access.permissions import Role
from webapp.access.principal import Principal
from webapp.app import create_app
from webapp.certificates.jobs import run_certificates
from webapp.certificates.models import CertificateRun
from webapp.config import ROOT, Settings
from webapp.contests import queries as contests
from webapp.contests import service as contest_service
from webapp.contests.models import Stage
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import in_transaction, transaction
from webapp.leaderboard.service.keeping import settle
from webapp.stages.jobs import run_list
from webapp.stages.models import StageRun
from webapp.stages.rules.orders import Kind, Order
from webapp.stages.rules.states import Decision
from webapp.stages.service import rechecking, running

PEOPLE_A_STEP = 10_000

_PEOPLE = text(
    """
    WITH given AS (
        SELECT name, at FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS n(name, at)
    ), made AS (
        INSERT INTO persons (name, pinyin, document_kind, document_cipher, document_hash, document_last4_hash, document_mask)
        SELECT name, '', 'id', ''::bytea, decode(md5(:part || '-' || at), 'hex'), ''::bytea, '' FROM given RETURNING id
    ), agreed AS (
        INSERT INTO consents (person_id, purpose, is_given, notice_version) SELECT id, 'publication', true, 'bench' FROM made
    ), taking AS (
        INSERT INTO participations (person_id, event_id, contest_id, number, unit_id)
        SELECT id, :event_id, :contest_id, lpad(id::text, 8, '0'), (CAST(:units AS bigint[]))[1 + id % :many] FROM made
        RETURNING id, person_id
    ), entering AS (
        INSERT INTO entries (event_id, participation_id) SELECT :event_id, id FROM taking
    ), learning AS (
        INSERT INTO point_entries (contest_id, participation_id, source_kind, source_id, points)
        SELECT :contest_id, t.id, 'bench', s::text, 20 + random() * 20 FROM taking t, generate_series(1, 10) s
    ), attempted AS (
        INSERT INTO attempts (exam_id, participation_id, paper, sections, option_seed, draw_version, paper_digest)
        SELECT :exam_id, id, '{}', '{}', ''::bytea, 1, '' FROM taking RETURNING id, participation_id
    ), graded AS (
        INSERT INTO grades (attempt_id, version, marks, sections, mark, full_mark, score, input_digest, code_version)
        SELECT id, 1, '[]', '[]', s, 100, s, '', 'bench' FROM (SELECT id, floor(random() * 101) AS s FROM attempted) a
        RETURNING id, attempt_id
    )
    INSERT INTO sheets (attempt_id, exam_id, participation_id, person_id, state, answers, seqs, flags, grace_s,
                        submitted_at, time_used_s, current_grade_id)
    SELECT a.id, :exam_id, a.participation_id, t.person_id, 'graded', '{}', '{}', '{}', 10,
           clock_timestamp() - interval '1 hour', 600 + floor(random() * 3000), g.id
    FROM attempted a JOIN taking t ON t.id = a.participation_id JOIN graded g ON g.attempt_id = a.id
    """
)


# What the second computation would say; these papers have no answers to compute anew.
_CONFIRM = text(
    """
    WITH run AS (
        INSERT INTO stage_regrades (list_id, asked_at, finished_at)
        SELECT id, clock_timestamp(), clock_timestamp() FROM stage_lists WHERE stage_id = :stage_id
    )
    UPDATE stage_lists SET state = 'regraded' WHERE stage_id = :stage_id
    """
)


def main() -> int:
    """Fill, go the whole way; 1 when a step was not done (never for a slow machine)."""
    reader = argparse.ArgumentParser(
        description="The list of one large event, from the board to its certificates."
    )
    reader.add_argument("--people", type=int, default=42_650)
    reader.add_argument("--quota", type=int, default=0, help="how many go on; 0: all")
    reader.add_argument("--web", action="store_true", help="serve pages meanwhile, ask for five a second")
    reader.add_argument("--profile", action="store_true")
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="jsb-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        environ = environ_of(*servers(folder, stack), folder)
        app = create_app(Settings.from_env(environ), RATELIMIT_ENABLED=False)
        app.extensions["jobs_inline"] = []
        with app.app_context():
            flask_migrate.upgrade()
            stage_id, host = _fill(asked.people, asked.quota or asked.people)
            with transaction():
                cookie, _token = browser(app, host.account_id, host.person_id)
            for engine in db.engines.values():
                engine.dispose()
            port = serve("webapp.wsgi:app", environ, stack) if asked.web else 0
            if port:
                watching = f"http://127.0.0.1:{port}/staff/stages/{stage_id}/run"
                stack.enter_context(web_asked(watching, folder / "web.txt", cookie))
            print(f"{asked.people} people in one event, load before {os.getloadavg()[0]:.1f}", flush=True)
            done = _whole_way(stage_id, host, asked.profile)
            if port:
                print(
                    "whoever watches meanwhile:",
                    (folder / "web.txt").read_text().strip().splitlines()[-1],
                )
                _pages(port, stage_id, cookie)
            return 0 if done else 1


def _whole_way(stage_id: int, host: Principal, profile: bool) -> bool:
    def step(kind: Kind, payload: Mapping[str, object]) -> bool:
        with transaction():
            running.ask(Order(kind, stage_id, payload), host.account_id, two_person=False, now=clock.now())
        run = db.session.scalars(select(StageRun).order_by(StageRun.id.desc()).limit(1)).one().id
        db.session.rollback()
        measured(kind.value, lambda: run_list(run), profile=profile)
        made = db.session.get_one(StageRun, run)
        if made.state != "done":
            print(made.state, made.refusal)
        return made.state == "done"

    measured(
        "standings, which an exam writes as it is graded", lambda: in_transaction(lambda: settle(stage_id))
    )
    if not step(Kind.FREEZE, {"reason": ""}) or not step(
        Kind.DECIDE, {"decision": Decision.ELIGIBLE, "reason": ""}
    ):
        return False
    with transaction():
        rechecking.close_recheck(stage_id, clock.now())
        db.session.execute(_CONFIRM, {"stage_id": stage_id})
    if not step(Kind.POST, {"off": [], "work": []}):
        return False
    clock.travel(clock.now() + timedelta(days=40))
    is_final = step(Kind.FINALISE, {})
    clock.travel(None)
    issuing = db.session.scalars(select(CertificateRun)).one().id
    db.session.rollback()
    measured("certificates", lambda: run_certificates(issuing), profile=profile)
    return is_final and db.session.get_one(CertificateRun, issuing).state == "done"


def _pages(port: int, stage_id: int, cookie: str) -> None:
    """What the pages of a large list take and weigh once it is there; the second time its rows are known to the process."""
    stage = contests.stage_by_id(stage_id)
    public = f"/notices/{stage.contest_code}/{stage.event_code}/{stage.code}"
    for address in (
        f"/staff/stages/{stage_id}",
        public,
        f"/boards/{public.removeprefix('/notices/')}",
        f"{public}/object",
    ):
        for _time in range(3):
            began = time.monotonic()
            asked = urllib.request.Request(
                f"http://127.0.0.1:{port}{address}", headers={"Cookie": cookie, "User-Agent": "bench"}
            )
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310 - our own server
                size = len(answer.read())
            print(f"{address}: {time.monotonic() - began:.2f} s, {size / 1e6:.2f} MB")


def _fill(people: int, quota: int) -> tuple[int, Principal]:
    definition = (ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8")
    for old, new in {"quota = 100\n": f"quota = {quota}\n", "quota = 30\n": 'quota = "undecided"\n'}.items():
        assert old in definition
        definition = definition.replace(old, new)
    with transaction():
        contest_service.load_contest(definition)
        units = [
            factories.make_organisation(f"示例{n}机械制造有限公司", kind="unit", level="unit").id
            for n in range(997)
        ]
        account = factories.make_staff(Role.HOST, name="韩亦舟")
        host = Principal(account.id, account.person_id, "韩亦舟", "")
    stage = contests.stage_by_codes("jilin-5", "welding", "preliminary")
    exam_id = make_exam(db.session.get_one(Stage, stage.stage_id))
    for start in range(0, people, PEOPLE_A_STEP):
        names = [
            secrets.choice(FAMILIES) + "".join(secrets.choice(GIVEN) for _ in range(2))
            for _ in range(min(PEOPLE_A_STEP, people - start))
        ]
        with transaction():
            values = {
                "event_id": stage.event_id,
                "contest_id": stage.contest_id,
                "exam_id": exam_id,
                "part": str(start),
                "names": names,
                "units": units,
                "many": len(units),
            }
            db.session.execute(_PEOPLE, values)
    with transaction():
        db.session.execute(text("UPDATE exams SET closes_at = clock_timestamp() - interval '1 minute'"))
        db.session.execute(
            text(
                "UPDATE stages SET closes_at = clock_timestamp() - interval '1 minute', opens_at = clock_timestamp() - interval '1 day' WHERE id = :i"
            ),
            {"i": stage.stage_id},
        )
    return stage.stage_id, host


if __name__ == "__main__":
    sys.exit(main())
