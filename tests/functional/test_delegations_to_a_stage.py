"""Delegations (代表队): made from the places, chosen and confirmed by the union, changed by two people, posted."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_organisation, make_staff, sign_in
from tests.functional.stages.pages import page, post
from tests.functional.stages.test_places import changes, finish, semi_final
from tests.integration.stages.stand import NAMES, Graded, make_graded
from webapp.access.permissions import Role
from webapp.accounts.models import Person
from webapp.audit.models import AuditRow
from webapp.contingents.models import Contingent, ContingentChange, ContingentMember
from webapp.contingents.queries.postings import newest
from webapp.notifications.models import Notice
from webapp.organisations.models import Organisation, OrganisationClosure
from webapp.stages.models import StageAdmission

LIMIT = """[[limits]]
rule = "delegation"
force = "normal"
value = {stage = "semi-final", sent_by = ["city"], members = ["contestants", "judges"], per_event = 2, judges = 1, confirm_days = 3}
note = "代表队"

[[limits]]
rule = "outside-entry"
"""


def below(session: Session, graded: Graded, city: Organisation, *places: int) -> None:
    """Put the units of these contestants below a city."""
    for at in places:
        unit_id = session.get_one(Person, graded.person_ids[at]).unit_id
        session.add(OrganisationClosure(ancestor_id=city.id, descendant_id=unit_id, depth=1))
    session.commit()


def told(session: Session, person_id: int) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(Notice.text).where(Notice.person_id == person_id)))


def test_a_union_sends_its_delegation(
    client: FlaskClient, session: Session, run_jobs: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = changes(attendance=False) | {'[[limits]]\nrule = "outside-entry"\n': LIMIT}
    graded = make_graded(changes=file)
    host = make_staff(Role.HOST, name="韩亦舟")
    city = make_organisation("示例市总工会", level="city", kind="union")
    other = make_organisation("邻市总工会", level="city", kind="union")
    below(session, graded, city, 0, 1, 3)
    below(session, graded, other, 2)
    mine = make_staff(Role.UNION_REVIEWER, city, "市级审核")
    second = make_staff(Role.UNION_REVIEWER, city, "市级同事")
    stranger = make_staff(Role.UNION_REVIEWER, other)
    judge = make_staff(Role.JUDGE, name="裁判甲")
    session.get_one(Person, judge.person_id).unit_id = session.get_one(Person, graded.person_ids[0]).unit_id
    session.commit()
    hosted = "/staff/delegations/contests/jilin-5"
    sign_in(client, host)
    assert "先确定名额" in post(client, f"{hosted}/prepare", 409)
    finish(client, host, graded.stage_id, run_jobs, monkeypatch)
    post(client, f"/staff/stages/{semi_final(graded)}/places/open")
    post(client, f"{hosted}/prepare")
    post(client, f"{hosted}/prepare")
    made = {row.organisation_id: row.id for row in session.scalars(select(Contingent))}
    assert set(made) == {city.id, other.id}
    assert "示例市总工会" in page(client, hosted)
    assert "已确认的代表队" in post(client, f"{hosted}/post", 409)

    # The union sees its own alone; the best by rank are chosen for a start.
    address = f"/staff/delegations/{made[city.id]}"
    sign_in(client, stranger)
    assert client.get(address).status_code == 404
    assert client.post(address, data={"leader": "某人"}).status_code == 404
    sign_in(client, mine)
    assert any("sends a delegation" in one for one in told(session, mine.person_id))
    html = page(client, address)
    assert NAMES[0] in html
    assert NAMES[2] not in html
    assert "须对本单位1名选手回避" in html
    entries = graded.entries
    draft = {"entry": [entries[0], entries[1]], "judge": [judge.person_id], "leader": ""}
    html = post(client, address, 422, **draft, deed="confirm")
    assert "领队" in html
    assert "重新核对" in post(client, address, 422, **{**draft, "entry": [entries[2]], "leader": "带队人"})
    post(client, address, **{**draft, "leader": "带队人"}, deed="save")
    post(client, address, **{**draft, "leader": "带队人"}, deed="confirm")
    assert client.post(address, data={**draft, "leader": "别人"}).status_code == 409, "confirmed is confirmed"
    assert any("You belong to the delegation" in one for one in told(session, graded.person_ids[0]))
    account = make_account(session.get_one(Person, graded.person_ids[0]))
    sign_in(client, account)
    own = page(client, "/my/delegations")
    assert "示例市总工会" in own
    assert "带队人" in own
    assert NAMES[1] in own

    # Afterwards two people: one asks, another agrees.
    sign_in(client, mine)
    wanted = {"entry": [entries[0]], "judge": [], "leader": "新领队"}
    assert "理由" in post(client, f"{address}/change", 422, **wanted, why="")
    assert "没有变化" in post(client, f"{address}/change", 422, **{**draft, "leader": "带队人"}, why="再看")
    post(client, f"{address}/change", **wanted, why="选手住院")
    html = page(client, address)
    assert NAMES[1] in html
    assert "选手住院" in html
    waiting = session.scalars(select(ContingentChange)).one()
    decide = f"{address}/changes/{waiting.id}"
    assert client.post(decide, data={"decision": "agree"}).status_code == 409, "not by who asked"
    sign_in(client, stranger)
    assert client.post(decide, data={"decision": "agree"}).status_code == 404
    sign_in(client, second)
    post(client, decide, decision="agree")
    session.expire_all()
    kept = session.scalars(
        select(ContingentMember.entry_id).where(ContingentMember.contingent_id == made[city.id])
    ).all()
    assert kept == [entries[0]]
    assert "You no longer belong to the delegation: %(why)s" in told(session, graded.person_ids[1])

    # Posted with shortened names; a place given up since is not on the list; workbook and document.
    sign_in(client, host)
    post(client, f"{hosted}/post")
    posted = newest(graded_contest(session, made[city.id]), "semi-final")
    assert posted is not None
    assert [one["leader"] for one in posted.told["delegations"]] == ["新领队"]
    assert [one["number"] for one in posted.told["delegations"][0]["contestants"]] == [graded.numbers[0]]
    client.get("/sign-out")
    public = page(client, "/delegation-lists/jilin-5")
    assert graded.numbers[0] in public
    assert NAMES[0] not in public
    assert client.get("/delegation-lists/jilin-5.pdf").data[:4] == b"%PDF"
    sign_in(client, host)
    assert client.post(f"{hosted}/export", data={}).status_code == 422
    book = client.post(f"{hosted}/export", data={"export-reason": "核对食宿", "export-whole_names": "y"})
    assert book.status_code == 200
    cells = [
        cell for row in openpyxl.load_workbook(io.BytesIO(book.data)).worksheets[0].values for cell in row
    ]
    assert NAMES[0] in cells
    assert "新领队" in cells
    place = session.scalars(select(StageAdmission).where(StageAdmission.entry_id == entries[0])).one()
    place.state = "declined"
    session.commit()
    assert "已放弃名额" in page(client, address)
    actions = set(session.scalars(select(AuditRow.action)))
    assert {"delegation.make", "delegation.confirm", "delegation.change-ask", "delegation.change"} <= actions
    assert {"delegation.post", "delegation.export"} <= actions


def graded_contest(session: Session, contingent_id: int) -> int:
    return session.get_one(Contingent, contingent_id).contest_id
