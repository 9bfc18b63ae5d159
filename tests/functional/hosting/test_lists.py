"""Lists of applications: a page holds fifty, words and states find some, and more rows ask no more statements."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_organisation, sign_in
from tests.functional.hosting.stand import begin, fill, make_district, plan
from webapp.core import clock
from webapp.hosting.models import HostingApplication
from webapp.organisations.models import Organisation

PAGES = (
    "/staff/hosting",
    "/staff/hosting/own",
    "/staff/hosting/programme/haidian-2026",
    "/staff/hosting/bars",
    "/hosts/haidian-2026",
)


def test_more_applications_ask_no_more_statements(
    client: FlaskClient, session: Session, count_queries: list[str]
) -> None:
    district = make_district()
    address = begin(client, district.liaison, district.firm)
    fill(client, address, plan=plan(contestants="150"))
    client.post(f"{address}/send")

    def asked(page: str) -> int:
        sign_in(client, district.liaison if page.endswith("/own") else district.host)
        client.get(page)
        count_queries.clear()
        assert client.get(page).status_code == 200
        return len(count_queries)

    few = [asked(page) for page in PAGES]
    [first] = session.query(HostingApplication).all()
    session.add_all(_another(first, district.firm, n) for n in range(60))
    session.commit()
    assert [asked(page) for page in PAGES] == few
    assert max(few) < 20


def test_words_and_states_find_an_application(client: FlaskClient, session: Session) -> None:
    district = make_district()
    address = begin(client, district.liaison, district.firm)
    fill(client, address)
    client.post(f"{address}/send")
    [first] = session.query(HostingApplication).all()
    other = make_organisation("上地软件园", kind="unit", level="unit", code="park")
    session.add_all(_another(first, other, n) for n in range(55))
    session.commit()
    sign_in(client, district.host)
    page = client.get("/staff/hosting").text
    assert page.count("上地软件园") + page.count("清河机器人公司") == 50
    assert client.get("/staff/hosting?page=2").text.count("上地软件园") == 6
    assert client.get("/staff/hosting?q=工种7").text.count("上地软件园") == 1
    assert "清河机器人公司" in client.get("/staff/hosting?state=in_review").text
    assert "上地软件园" not in client.get("/staff/hosting?state=in_review").text
    assert "没有" in client.get("/staff/hosting?q=没有这个").text


def _another(first: HostingApplication, organisation: Organisation, n: int) -> HostingApplication:
    """A granted trade like the first one."""
    return HostingApplication(
        contest_id=first.contest_id,
        contest_version_id=first.contest_version_id,
        organisation_id=organisation.id,
        offer="trade",
        title=f"工种{n}",
        event_class=first.event_class,
        leads=first.leads,
        state="granted",
        told=first.told,
        asked_support=first.asked_support,
        granted_support=10_000,
        begun_by_account_id=first.begun_by_account_id,
        begun_at=clock.now(),
        sent_at=clock.now(),
        decided_at=clock.now(),
    )
