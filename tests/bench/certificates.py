"""`python -m tests.bench.certificates [--people 42650] [--events 40] [--web]`: issue a contest's certificates and make its print
file, then issue another award of every event by the event's own job, and once more, then a third one by one job of the whole
contest; all as a worker does, on a scratch database.
Print processor seconds, time, memory and what the web answered meanwhile."""

import argparse
import contextlib
import os
import secrets
import sys
import tempfile
from pathlib import Path

import flask_migrate
from flask import Flask
from sqlalchemy import func, select, text

from tests import factories
from tests.bench.probe import measured, web_asked
from tests.bench.world import environ_of, serve, servers
from webapp.app import create_app
from webapp.awards.models import AwardList
from webapp.certificates.models import Certificate, CertificatePrint
from webapp.certificates.queries.prints import Scope
from webapp.certificates.rules.award import may_have_certificates
from webapp.certificates.service import issuing, planning, printing, running
from webapp.certificates.service.issuing import By, Place
from webapp.config import ROOT, Settings
from webapp.contests import queries as contests
from webapp.contests import service as contest_service
from webapp.contests.models import Stage
from webapp.contests.rules.schema import Award
from webapp.core import clock
from webapp.core.db import db
from webapp.core.queue import Job, function_of
from webapp.core.transaction import transaction
from webapp.leaderboard.models import BoardSnapshot
from webapp.worker import give_way

Queue = list[tuple[Job, dict[str, int]]]
BATCH = 500
FAMILIES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英建国志红梅玉兰"
_PEOPLE = text(
    """
    WITH made AS (
        INSERT INTO persons (name, pinyin, document_kind, document_cipher, document_hash, document_last4_hash, document_mask)
        SELECT name, '', 'id', ''::bytea, decode(md5(:event_id || '-' || at), 'hex'), ''::bytea, ''
        FROM unnest(CAST(:names AS text[])) WITH ORDINALITY AS n(name, at) RETURNING id
    ), taking AS (
        INSERT INTO participations (person_id, event_id, contest_id, number, unit_id)
        SELECT id, :event_id, :contest_id, lpad(id::text, 8, '0'), (CAST(:units AS bigint[]))[1 + id % :many] FROM made
        RETURNING id
    )
    INSERT INTO entries (event_id, participation_id) SELECT :event_id, id FROM taking RETURNING id
    """
)
_LINES = text(
    """
    INSERT INTO award_lines (list_id, position, award_code, entry_id, person_id, rank, state, why, decision)
    SELECT :list_id, at, :award, e.id, p.person_id, at, 'candidate', '[]', 'granted'
    FROM unnest(CAST(:entries AS bigint[])) WITH ORDINALITY AS n(entry_id, at)
    JOIN entries e ON e.id = n.entry_id JOIN participations p ON p.id = e.participation_id ORDER BY at
    """
)


def main() -> int:
    """Fill, issue, print, issue by event; 1 when a certificate is missing (never for a slow machine)."""
    reader = argparse.ArgumentParser(
        description="Certificates of a whole contest, issued and made ready for a printer."
    )
    reader.add_argument("--people", type=int, default=42_650)
    reader.add_argument("--events", type=int, default=40)
    reader.add_argument("--web", action="store_true", help="serve pages meanwhile, ask for five a second")
    asked = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="jsb-") as name, contextlib.ExitStack() as stack:
        folder = Path(name)
        environ = environ_of(*servers(folder, stack), folder)
        app = create_app(Settings.from_env(environ))
        app.extensions["jobs_inline"] = []
        with app.app_context():
            flask_migrate.upgrade()
            contest_id, rows = _fill(asked.people, asked.events)
            for engine in db.engines.values():
                engine.dispose()
            if asked.web:
                port = serve("webapp.wsgi:app", environ, stack)
                stack.enter_context(web_asked(f"http://127.0.0.1:{port}/verify", folder / "web.txt"))
            give_way()
            print(f"{asked.people} people in {len(rows)} events, load before {os.getloadavg()[0]:.1f}")
            measured("issued", lambda: _issue(rows))
            made = measured("print file", lambda: _print(app.extensions["jobs_inline"], contest_id))
            print(
                f"{made.done} certificates in {made.parts} PDF files, {made.size_bytes / 1e6:.0f} MB, {made.state}"
            )
            if asked.web:
                print("the web meanwhile:", (folder / "web.txt").read_text().strip().splitlines()[-1])
            events = _decide(rows)
            new = measured("issued by event, decided awards", lambda: _issue_events(app, contest_id, events))
            again = measured("asked for once more", lambda: _issue_events(app, contest_id, events))
            print(f"{new} new certificates by {len(events)} jobs of events, {again} the second time")
            _give(rows, 2)
            plan = measured("what the contest owes", lambda: planning.plan_of_events(events))
            whole = measured(
                "issued by one job of the contest", lambda: _issue_contest(app, contest_id, events)
            )
            print(f"{whole} new certificates of {len(plan.parts)} parts by the job of the contest")
            more = measured("asked for once more", lambda: _issue_contest(app, contest_id, events))
            is_whole = (made.state, made.done, new, again, whole, more) == (
                "ready",
                *[asked.people] * 2,
                0,
                plan.due,
                0,
            )
            return 0 if is_whole else 1


def _fill(people: int, events: int) -> tuple[int, dict[int, list[int]]]:
    """(contest, entries by stage)."""
    with transaction():
        definition = (ROOT / "webapp/contests/definitions/jilin-4.toml").read_text(encoding="utf-8")
        contest_id = contest_service.load_contest(definition, "jilin-4.toml").contest_id
        units = [
            factories.make_organisation(f"示例{n}机械制造有限公司", kind="unit", level="unit").id
            for n in range(97)
        ]
    stages = _last_stages(contest_id)[:events]
    rows = {}
    for at, stage in enumerate(stages):
        many = people // len(stages) + (at < people % len(stages))
        names = [
            secrets.choice(FAMILIES) + "".join(secrets.choice(GIVEN) for _ in range(2)) for _ in range(many)
        ]
        with transaction():
            values = {
                "event_id": stage.event_id,
                "contest_id": contest_id,
                "names": names,
                "units": units,
                "many": len(units),
            }
            rows[stage.id] = list(db.session.scalars(_PEOPLE, values))
    return contest_id, rows


def _last_stages(contest_id: int) -> list[Stage]:
    """The last stage of every event."""
    ids = list(contests.event_ids(contest_id).values())
    found = db.session.scalars(
        select(Stage).where(Stage.event_id.in_(ids)).order_by(Stage.event_id, Stage.position)
    )
    return list({stage.event_id: stage for stage in found}.values())


def _issue(rows: dict[int, list[int]]) -> None:
    for stage_id, entries in rows.items():
        with transaction():
            award = _honour(stage_id)
        for start in range(0, len(entries), BATCH):
            places = {
                entry_id: Place(start + at + 1) for at, entry_id in enumerate(entries[start : start + BATCH])
            }
            with transaction():
                issuing.issue_given(stage_id, award, places, clock.now(), By())


def _honour(stage_id: int, nth: int = 0) -> Award:
    """An award of the file that people give; everybody gets it here."""
    awards = contests.stage_by_id(stage_id).profile.awards
    return [award for award in awards if may_have_certificates(award)][nth]


def _print(queue: Queue, contest_id: int) -> CertificatePrint:
    """As many runs one after the other as the worker takes."""
    queue.clear()
    with transaction():
        printing.ask_print(Scope(contest_id), "bench", 0, clock.now())
    _work(queue)
    return db.session.scalars(select(CertificatePrint)).one()


def _decide(rows: dict[int, list[int]]) -> list[int]:
    """A final list and a decided list of awards for every stage, which gives everybody another award; the events."""
    for stage_id, entries in rows.items():
        with transaction():
            stage = contests.stage_by_id(stage_id)
            shown = [{"entry_id": entry_id, "rank": rank} for rank, entry_id in enumerate(entries, 1)]
            final = BoardSnapshot(stage_id=stage_id, number=1, kind="final", rows=shown, digest="")
            db.session.add(final)
            db.session.flush()
            decided = AwardList(
                stage_id=stage_id, number=1, state="decided", snapshot_id=final.id, digest="", derived_at=clock.now(),
                contest_version_id=stage.contest_version_id,
            )  # fmt: skip
            db.session.add(decided)
            db.session.flush()
    _give(rows, 1)
    return [contests.stage_by_id(stage_id).event_id for stage_id in rows]


def _give(rows: dict[int, list[int]], nth: int) -> None:
    """Everybody gets one more award on the decided lists."""
    for stage_id, entries in rows.items():
        with transaction():
            list_id = db.session.scalars(select(AwardList.id).where(AwardList.stage_id == stage_id)).one()
            values = {"list_id": list_id, "award": _honour(stage_id, nth).code, "entries": entries}
            db.session.execute(_LINES, values)


def _issue_events(app: Flask, contest_id: int, events: list[int]) -> int:
    """One job for each event, one after the other; how many certificates are new."""
    before = _certificates()
    for event_id in events:
        with transaction():
            running.ask_event(event_id, contest_id, 0, clock.now())
        _work(app.extensions["jobs_inline"])
    return _certificates() - before


def _issue_contest(app: Flask, contest_id: int, events: list[int]) -> int:
    """One job for all of them; how many certificates are new."""
    before = _certificates()
    with transaction():
        running.ask_contest(contest_id, events, 0, clock.now())
    _work(app.extensions["jobs_inline"])
    return _certificates() - before


def _certificates() -> int:
    return db.session.scalar(select(func.count()).select_from(Certificate)) or 0


def _work(queue: Queue) -> None:
    while queue:
        name, args = queue.pop(0)
        function_of(name)(**args)
    db.session.rollback()


if __name__ == "__main__":
    sys.exit(main())
