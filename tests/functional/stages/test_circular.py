"""The second gate: every body agrees through a person of its own, then the public reads one circular."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.functional.stages.pages import page, post
from tests.functional.stages.test_places import changes, finish
from tests.integration.stages.stand import Graded, later, make_graded
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.contests import queries as contests
from webapp.core.transaction import transaction
from webapp.stages.models import Circular, StageList, StageNotice

GATE = '[[limits]]\nrule = "final-review"\nforce = "hard"\nvalue = ["省总工会", "省人社厅"]\n\n[[profiles]]\ncode = "competition"'


def end_event(session: Session, graded: Graded) -> None:
    """The last stage ends with the list that the first one had: to be short."""
    last = contests.stages_of_event(graded.event_id)[-1].stage_id
    with transaction():
        one = session.scalars(select(StageList).where(StageList.stage_id == graded.stage_id)).one()
        told = session.scalars(select(StageNotice).where(StageNotice.stage_id == graded.stage_id)).one()
        made = StageList(
            stage_id=last,
            number=1,
            state="final",
            snapshot_id=one.snapshot_id,
            final_snapshot_id=one.final_snapshot_id,
            contest_version_id=one.contest_version_id,
            frozen_at=one.frozen_at,
        )
        session.add(made)
        session.flush()
        copied = (
            "version", "snapshot_id", "body", "digest", "working_days", "calendar", "posted_at", "ends_at"
        )  # fmt: skip
        session.add(
            StageNotice(stage_id=last, list_id=made.id, **{name: getattr(told, name) for name in copied})
        )


def test_two_bodies_agree_through_two_people_and_the_circular_is_public(
    client: FlaskClient,
    session: Session,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closing = {'close_after_days = "undecided"': "close_after_days = 30"}
    gate = {'[[profiles]]\ncode = "competition"': GATE}
    graded = make_graded(changes={**changes(attendance=False), **gate, **closing})
    host, second = make_staff(Role.HOST, name="韩亦舟"), make_staff(Role.HOST, name="温如言")
    staff, public = "/staff/circulars/jilin-5", "/circulars/jilin-5"
    sign_in(client, host)
    assert staff in page(client, "/staff/circulars")
    assert "焊工" in page(client, staff), "the event that is not over is named"
    assert client.post(f"{staff}/prepare").status_code == 409
    assert client.get(public).status_code == 404

    # The event ends: its last stage has a final list.
    finish(client, host, graded.stage_id, run_jobs, monkeypatch)
    assert client.post(f"{staff}/prepare").status_code == 409, "a later stage is to come"
    end_event(session, graded)
    sign_in(client, host)
    post(client, f"{staff}/prepare")
    assert client.post(f"{staff}/prepare").status_code == 409
    assert post(client, f"{staff}/agree", 422)
    post(client, f"{staff}/agree", **{"agree-body": "省总工会"})
    assert client.post(f"{staff}/agree", data={"agree-body": "省人社厅"}).status_code == 409, "one, one body"
    assert client.get(public).status_code == 404
    sign_in(client, second)
    post(client, f"{staff}/agree", **{"agree-body": "省人社厅"})

    client.get("/sign-out")
    html = page(client, public)
    data = client.get(f"{public}.json").data
    assert hashlib.sha256(data).hexdigest() in html
    told = json.loads(data)
    assert told["bodies"] == ["省总工会", "省人社厅"]
    assert [row["number"] for row in told["events"][0]["rows"]] == list(graded.numbers[:3])
    assert client.get(f"{public}.pdf").mimetype == "application/pdf"
    assert f'href="{public}"' in page(client, "/notices")
    assert {"circular.prepare", "circular.agree", "circular.issue"} <= set(
        session.scalars(select(AuditRow.action))
    )
    # The file's time is over: the digest stays, the lists do not.
    later(monkeypatch, timedelta(days=120))
    html = page(client, public)
    assert hashlib.sha256(data).hexdigest() in html
    assert graded.numbers[0] not in html
    for ending in ("json", "pdf"):
        assert client.get(f"{public}.{ending}").status_code == 410


def test_a_changed_list_makes_a_circular_outdated_and_it_can_be_given_up(
    client: FlaskClient,
    session: Session,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graded = make_graded(changes={**changes(attendance=False), '[[profiles]]\ncode = "competition"': GATE})
    host = make_staff(Role.HOST, name="韩亦舟")
    staff = "/staff/circulars/jilin-5"
    finish(client, host, graded.stage_id, run_jobs, monkeypatch)
    end_event(session, graded)
    post(client, f"{staff}/prepare")
    with transaction():
        one = session.scalars(select(Circular)).one()
        one.body = one.body.replace(graded.numbers[0], "000000")
    assert client.post(f"{staff}/agree", data={"agree-body": "省总工会"}).status_code == 409
    assert post(client, f"{staff}/drop", 422)
    post(client, f"{staff}/drop", **{"drop-reason": "名单有误"})
    post(client, f"{staff}/prepare")
    assert "名单有误" in page(client, staff)
