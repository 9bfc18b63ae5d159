"""Lists of awards that are taken away, and who sees which."""

import io
import re
from collections.abc import Callable

import openpyxl
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_organisation, make_staff, sign_in
from tests.functional.awards.pages import lines, post, rows_of
from tests.integration.stages.stand import Graded
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.audit.models import AuditRow
from webapp.organisations.models import OrganisationClosure
from webapp.registration.models import Participation


def test_lists_are_taken_away_with_a_reason_and_without_formulas(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    given = [line.id for line in lines(session, "technician")]
    post(client, f"{staff}/decide", lines=given, decision="granted")
    assert "理由" in post(client, f"{staff}/export", 422, **{"export-kind": "level"})
    wanted = {"export-kind": "level", "export-reason": "报送人社厅", "as": "xlsx"}
    book = client.post(f"{staff}/export", data=wanted)
    rows = rows_of(book.data)
    assert [row[1] for row in rows[-3:]] == [1, 2, 3]
    assert rows[-1][6] == "技师（二级）"
    assert "*" in rows[-1][3], "names are masked unless asked for"
    document = client.post(f"{staff}/export", data={**wanted, "as": "pdf"})
    assert document.data.startswith(b"%PDF")
    whys = session.scalars(select(AuditRow.why).where(AuditRow.action == "awards.export")).all()
    assert list(whys) == ["报送人社厅", "报送人社厅"]


def test_the_recuperation_list_is_divided_by_union(
    client: FlaskClient, session: Session, graded: Graded, host: Account
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    units = [
        session.scalars(select(Participation.unit_id).where(Participation.id == one.participation_id)).one()
        for one in graded.sats
    ]
    for name, own in (("甲市总工会[一]", units[:2]), ("乙县总工会", units[2:5])):
        union = make_organisation(name=name)
        session.add_all(
            OrganisationClosure(ancestor_id=union.id, descendant_id=unit_id, depth=1)
            for unit_id in own
            if unit_id
        )
    session.commit()
    post(client, f"{staff}/derive")
    given = [line.id for line in lines(session, "recuperation")]
    post(client, f"{staff}/decide", lines=given, decision="granted")
    wanted = {"export-kind": "recuperation", "export-reason": "分送各级工会", "as": "xlsx"}
    book = openpyxl.load_workbook(io.BytesIO(client.post(f"{staff}/export", data=wanted).data))
    assert [sheet.title for sheet in book] == ["1", "2 未归属工会或地区", "3 乙县总工会", "4 甲市总工会一"]
    ranks = [[row[1] for row in sheet.iter_rows(min_row=5, values_only=True)] for sheet in book]
    assert ranks == [[6, 3, 4, 5, 1, 2], [6], [3, 4, 5], [1, 2]]
    document = client.post(f"{staff}/export", data={**wanted, "as": "pdf"}).data
    assert len(re.findall(rb"/Type\s*/Page\b", document)) == 3


def test_awards_of_others_are_hidden(client: FlaskClient, session: Session, graded: Graded) -> None:
    sign_in(client, make_staff(Role.ORGANISER, scope=None, name="别处"))
    assert client.get("/staff/awards/999999").status_code == 404


def test_the_page_of_awards_asks_the_database_a_bounded_number_of_times(
    client: FlaskClient, session: Session, graded: Graded, host: Account, count_queries: list[str],
    run_jobs: Callable[[], int],
) -> None:  # fmt: skip
    sign_in(client, host)
    post(client, f"/staff/awards/{graded.stage_id}/derive")
    client.get(f"/staff/awards/{graded.stage_id}")
    count_queries.clear()
    client.get(f"/staff/awards/{graded.stage_id}")
    assert len(count_queries) <= 14
    for page in ("/staff/awards", "/my/awards"):
        client.get(page)
        count_queries.clear()
        client.get(page)
        assert len(count_queries) <= 10, page
