"""Two people make their records, sign in, sign out; guesses are slowed."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_organisation
from tests.functional.accounts.people import card, sign_in_as, sign_up_as
from webapp.accounts.models import Consent, Person


def test_two_people_sign_up_and_sign_in_by_phone_and_by_document(
    client: FlaskClient, session: Session
) -> None:
    union = make_organisation("长春市总工会")
    unit = make_organisation("一汽铸造", parent=union, kind="unit", level="unit")
    alice = sign_up_as(
        client, name="王䶮", number=card(1), phone="13900000001", unit=str(unit.id), publication="y"
    )
    assert alice.status_code == 303
    client.post("/sign-out")
    assert sign_up_as(client, name="李芳", number=card(2), phone="13900000002").status_code == 303
    client.post("/sign-out")
    assert client.get("/my/account").status_code == 303
    assert sign_in_as(client, "139 0000 0001").status_code == 303
    assert "王䶮" in client.get("/my/account").text
    client.post("/sign-out")
    assert sign_in_as(client, card(2).lower()).status_code == 303
    page = client.get("/my/account").text
    assert "李芳" in page
    assert card(2) not in page
    assert session.query(Consent).filter_by(purpose="publication", is_given=True).count() == 1
    assert session.query(Person).filter_by(name="王䶮").one().unit_id == unit.id
