"""A host enters a year's holidays; what counts working days uses them at once."""

import io
from datetime import UTC, datetime

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_contest, make_staff, sign_in
from webapp.access.permissions import Role
from webapp.audit.models import AuditRow
from webapp.calendars.queries import work_calendar
from webapp.core.working_days import lasting

OFF = "元旦 2027-01-01 2027-01-03\n春节 2027-02-05 2027-02-11"
POSTED = datetime(2027, 2, 4, 2, tzinfo=UTC)


def test_a_year_is_entered_changed_and_counted(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR, name="孟启明"))
    assert "2027 年的节假日尚未录入" in client.get("/staff/holidays").text
    assert lasting(POSTED, 1, work_calendar()).without_table == (2027,)
    wrong = client.post(
        "/staff/holidays", data={"year": 2027, "off": OFF, "work": "2027-02-22", "reason": "通知"}
    )
    assert wrong.status_code == 422
    assert "第 1 行" in wrong.text
    assert "春节 2027-02-05" in wrong.text, "what was typed stays"
    data = {"year": 2027, "off": OFF, "work": "2027-02-20", "reason": "国办发明电〔2026〕1号"}
    assert client.post("/staff/holidays", data=data).status_code == 303
    assert client.post("/staff/holidays", data=data).status_code == 422, "the same again"
    found = lasting(POSTED, 1, work_calendar())
    assert (found.days[0].isoformat(), found.without_table) == ("2027-02-12", ())

    # The file of the page fills the form again; a second version follows the first.
    file = client.get("/staff/holidays/2027.toml").data
    shown = client.post("/staff/holidays/read", data={"upload-file": (io.BytesIO(file), "2027.toml")})
    assert "春节 2027-02-05 2027-02-11" in shown.text
    assert (
        client.post("/staff/holidays/read", data={"upload-file": (io.BytesIO(b"x"), "x")}).status_code == 422
    )
    assert client.post("/staff/holidays", data={**data, "work": ""}).status_code == 303
    html = client.get("/staff/holidays/2027").text
    assert "孟启明" in html
    assert client.get("/staff/holidays/2031").status_code == 404
    rows = session.scalars(select(AuditRow).where(AuditRow.action == "calendar.enter")).all()
    assert [row.why for row in rows] == ["国办发明电〔2026〕1号"] * 2


def test_the_shipped_year_can_be_put_right_and_one_contest_is_not_enough(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, make_staff(Role.HOST))
    html = client.get("/staff/holidays/2026").text
    assert "系统自带" in html
    data = {"year": 2026, "off": "元旦 2026-01-01", "work": "", "reason": "更正"}
    assert client.post("/staff/holidays", data=data).status_code == 303
    assert work_calendar().off == {datetime(2026, 1, 1, tzinfo=UTC).date()}
    sign_in(client, make_staff(Role.HOST, make_contest()))
    assert client.post("/staff/holidays", data={**data, "work": "2026-01-04"}).status_code == 403
