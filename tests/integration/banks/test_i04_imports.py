"""I04: an importer killed at ten points leaves all or nothing; the same file twice; nothing shows unapproved."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests import database
from tests.factories import document_number, make_organisation, make_staff, sign_in
from tests.functional.accounts.test_import import GOOD_ORGANISATIONS, GOOD_PEOPLE, ticket, workbook
from tests.functional.accounts.test_import import upload as upload_staff
from tests.functional.registration.test_roster_pages import upload as upload_roster
from tests.integration.banks.files import GOOD
from tests.integration.banks.test_service import bank_id, reviewer, setter, upload, writing
from tests.integration.registration.stand import make_stand
from tests.unit.registration.test_roster import workbook as roster_workbook
from webapp.access.permissions import Role
from webapp.accounts.models import Account, OneTimeCode, Person
from webapp.audit.models import AuditRow
from webapp.banks import queries, service
from webapp.banks.errors import SamePerson
from webapp.banks.models import BankVersion, BankVersionQuestion, Question, QuestionKeyRow, QuestionVersion
from webapp.core.db import db, keys_engine
from webapp.core.errors import DomainError
from webapp.organisations.models import Organisation, RoleGrant
from webapp.registration.models import Application

POINTS = 10
__all__ = ["bank_id", "reviewer", "setter"]


@contextmanager
def watched(note: Callable[[Any], None]) -> Iterator[None]:
    """Call `note` with the connection before every statement that is sent to the database."""

    def listen(connection: Any, cursor: Any, *rest: Any) -> None:
        note(connection.connection.dbapi_connection)

    engines = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "before_cursor_execute", listen)
    try:
        yield
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", listen)


def killed_everywhere(
    work: Callable[[], bool],
    stored: Callable[[], Any],
    points: Sequence[int] = (1, 2, 3, 5, 7, 9, 12, 15, 18, 21),
) -> None:
    """Run an import again and again, its connection cut at ten points of its way; then let it end.

    work: tells whether it says that it has succeeded. stored: what it writes, counted. points: before which
    statements the connection is cut."""
    before, seen, sent = stored(), [0], [0]
    with database.start_cluster().connect() as owner:

        def cut(connection: Any, at: int) -> None:
            seen[0] += 1
            if seen[0] == at:
                sent[0] += 1
                owner.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])

        assert len(points) == POINTS
        for at in points:
            seen[0] = 0
            with watched(lambda connection, at=at: cut(connection, at)):  # type: ignore[misc]  # bound now
                assert work() is False, f"cut at statement {at}"
            db.session.rollback()
            assert stored() == before, f"half an import after statement {at}"
    assert sent[0] == POINTS
    assert work() is True
    after = stored()
    assert after != before
    db.session.rollback()


def count(*kinds: Any) -> list[int]:
    db.session.rollback()
    return [db.session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds]


def keys_count() -> int:
    with keys_engine().connect() as connection:
        return int(connection.execute(select(func.count()).select_from(QuestionKeyRow)).scalar_one())


def test_i04_a_bank_import_killed_at_ten_points_is_all_or_nothing(
    session: Session,
    bank_id: int,
    setter: Account,
) -> None:
    upload_id, account_id = upload(bank_id, setter, *GOOD), setter.id
    session.commit()

    def accept() -> bool:
        try:
            with writing():
                service.accept(upload_id, account_id)
        except DBAPIError:
            return False
        return True

    killed_everywhere(
        accept,
        lambda: [
            *count(Question, QuestionVersion, BankVersion, BankVersionQuestion),
            keys_count(),
            db.session.scalar(
                select(func.count()).select_from(AuditRow).where(AuditRow.action == "bank.accept")
            ),
        ],
        points=range(1, POINTS + 1),
    )
    assert count(Question, BankVersion) == [len(GOOD), 1]
    assert keys_count() == len(GOOD)


def test_i04_a_staff_workbook_killed_at_ten_points_is_all_or_nothing(
    client: FlaskClient, session: Session
) -> None:
    make_organisation("吉林省总工会", code="JL")
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    told = ticket(upload_staff(client, workbook(GOOD_ORGANISATIONS, GOOD_PEOPLE)))

    def accept() -> bool:
        answer = client.post("/staff/organisations/import/accept", data={"ticket": told})
        return answer.status_code == 200

    killed_everywhere(accept, lambda: count(Organisation, Person, RoleGrant, OneTimeCode))
    assert accept() is False, "the ticket is good once"


def test_i04_a_roster_killed_at_ten_points_is_all_or_nothing(client: FlaskClient, session: Session) -> None:
    stand = make_stand()
    sign_in(client, make_staff(Role.UNIT_LIAISON, stand.county_firm))
    content = roster_workbook(*((f"王{n}明".replace(str(n), "小大中"[n]), "", document_number(500 + n), "", "焊工") for n in range(3)))  # fmt: skip
    place = upload_roster(client, stand, content)

    def accept() -> bool:
        return client.post(f"{place}/accept", data={"valid_only": "1"}).status_code == 200

    killed_everywhere(accept, lambda: count(Person, Account, Application, OneTimeCode))


def test_i04_the_same_file_twice_makes_nothing_twice(client: FlaskClient, session: Session) -> None:
    """Staff workbooks: what is there is told and left; banks and courses have tests of their own."""
    make_organisation("吉林省总工会", code="JL")
    sign_in(client, make_staff(Role.ADMINISTRATOR))
    for _ in range(2):
        told = ticket(upload_staff(client, workbook(GOOD_ORGANISATIONS, GOOD_PEOPLE)))
        data = {"ticket": told, "part": "valid"}
        assert client.post("/staff/organisations/import/accept", data=data).status_code == 200
        found = count(Organisation, Person, RoleGrant)
    assert found == [3, 3, 3]


def test_i04_nothing_of_a_version_shows_before_a_second_person_approves(
    session: Session,
    bank_id: int,
    setter: Account,
    reviewer: Account,
) -> None:
    with writing():
        stored = service.accept(upload(bank_id, setter, *GOOD), setter.id)
    assert queries.approved_version_id("safety") is None, "a draft is in no pool"
    with pytest.raises(DomainError), writing():
        service.approve(stored.version_id, reviewer.id)
    with writing():
        service.submit(stored.version_id, setter.id)
    with pytest.raises(SamePerson), writing():
        service.approve(stored.version_id, setter.id)
    assert queries.approved_version_id("safety") is None
    with writing():
        service.approve(stored.version_id, reviewer.id)
    assert queries.approved_version_id("safety") == stored.version_id
