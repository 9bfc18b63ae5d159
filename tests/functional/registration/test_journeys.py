"""Two people go through the whole chain in the browser; strangers find nothing."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from tests.integration.registration.stand import Stand, make_stand
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.registration.models import Application, Participation


@pytest.fixture
def stand(session: Session) -> Stand:
    return make_stand()


def browser(app: Flask, account: Account) -> FlaskClient:
    client = app.test_client()
    sign_in(client, account)
    return client


def hidden(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, name
    return found.group(1)


def register(client: FlaskClient, event_id: int, /, **fields: object) -> int:
    page = client.get(f"/register/{event_id}").text
    data = {"occupation": "worker", "consent": "y", "key": hidden(page, "key"), **fields}
    answer = client.post(f"/register/{event_id}", data=data)
    return answer.status_code


def decide(client: FlaskClient, application_id: int, decision: str = "confirm", **fields: object) -> int:
    page = client.get(f"/staff/review/{application_id}").text
    data = {name: hidden(page, name) for name in ("revision", "step", "key")}
    answer = client.post(f"/staff/review/{application_id}", data={**data, "decision": decision, **fields})
    return answer.status_code


def the_application(session: Session, account: Account) -> Application:
    return session.scalars(
        select(Application).where(Application.person_id == account.person_id).order_by(Application.id.desc())
    ).first()  # type: ignore[return-value]  # the test has just made it


def test_two_people_go_through_the_whole_chain(app: Flask, session: Session, stand: Stand) -> None:
    alice, bob = stand.worker("王小明"), stand.worker("李䶮", unit=stand.city_firm)
    assert "以 2026-04-30 为准" in browser(app, alice).get(f"/register/{stand.event.id}").text
    assert "以 2026-04-30 为准" in app.test_client().get("/contests/sample-1/welding").text
    for person in (alice, bob):
        assert register(browser(app, person), stand.event.id) == 303
    county = browser(app, stand.reviewer(stand.county))
    queue = county.get("/staff/review").text
    assert "王小明" in queue
    assert "李䶮" not in queue
    first, second = the_application(session, alice), the_application(session, bob)
    assert "2026-04-30" in county.get(f"/staff/review/{first.id}").text, (
        "the day of service, for the reviewer"
    )
    assert decide(county, first.id) == 303
    city = browser(app, stand.reviewer(stand.city))
    items = [f"{first.id}.1.1", f"{second.id}.1.0"]
    preview = city.post("/staff/review/bulk", data={"item": items, "decision": "confirm"}).text
    assert "王小明" in preview
    done = city.post(
        "/staff/review/bulk/decide",
        data={"item": items, "decision": "confirm", "key": hidden(preview, "key")},
    )
    assert done.status_code == 200
    for reviewer in (stand.reviewer(stand.province), make_staff(Role.ORGANISER, stand.event)):
        client = browser(app, reviewer)
        for application in (first, second):
            assert decide(client, application.id) == 303
    session.expire_all()
    numbers = session.scalars(select(Participation.number)).all()
    assert len(set(numbers)) == 2
    assert set(session.scalars(select(Participation.in_service_on))) == {date(2026, 4, 30)}
    home = browser(app, alice).get("/my").text
    assert any(number in home for number in numbers)


def test_returned_and_corrected_refused_and_withdrawn(app: Flask, session: Session, stand: Stand) -> None:
    alice = stand.worker()
    mine = browser(app, alice)
    register(mine, stand.event.id)
    application = the_application(session, alice)
    county = browser(app, stand.reviewer(stand.county))
    assert decide(county, application.id, "return") == 422
    assert decide(county, application.id, "return", reason="请更正单位") == 303
    assert "请更正单位" in mine.get("/my").text
    correct = f"/my/applications/{application.id}/correct"
    assert "请更正单位" in mine.get(correct).text
    assert mine.post(correct, data={"occupation": "worker", "consent": "y"}).status_code == 303
    assert decide(county, application.id, "refuse", ready="not-ours") == 303
    session.expire_all()
    assert application.state == "refused"
    register(mine, stand.event.id)
    again = the_application(session, alice)
    assert again.id != application.id
    withdraw = f"/my/applications/{again.id}/withdraw"
    assert mine.get(withdraw).status_code == 200
    session.expire_all()
    assert again.state == "in_review"
    assert mine.post(withdraw).status_code == 303
    session.expire_all()
    assert again.state == "withdrawn"


def test_the_open_track_takes_everybody_at_once(app: Flask, session: Session, stand: Stand) -> None:
    client = browser(app, make_account())
    panel = f"/my/registration-panel/{stand.open_event.id}"
    assert "/register/" in app.test_client().get(panel).text
    assert f"/register/{stand.open_event.id}" in client.get(panel).text
    assert register(client, stand.open_event.id) == 303
    assert session.scalar(select(func.count()).select_from(Participation)) == 1
    assert f"/register/{stand.open_event.id}" not in client.get(panel).text


def test_a_refused_form_keeps_what_was_entered(app: Flask, stand: Stand) -> None:
    client = browser(app, stand.worker())
    answer = client.post(
        f"/register/{stand.event.id}", data={"occupation": "worker", "declared": "earlier-first-place"}
    )
    assert answer.status_code == 422
    assert re.search(r'<input[^>]*checked[^>]*value="worker"', answer.text)
    assert re.search(r'<input[^>]*checked[^>]*value="earlier-first-place"', answer.text)


def test_who_may_not_apply_reads_why_and_what_to_do(app: Flask, stand: Stand) -> None:
    client = browser(app, make_account())
    page = client.get(f"/register/{stand.event.id}").text
    assert "我的资料" in page
    assert 'name="consent"' not in page
    assert register_without_page(client, stand.event.id) == 422
    student = browser(app, stand.worker())
    assert register(student, stand.event.id, occupation="student") == 422


def register_without_page(client: FlaskClient, event_id: int) -> int:
    return client.post(
        f"/register/{event_id}", data={"occupation": "worker", "consent": "y", "key": "x"}
    ).status_code


def test_fields_beyond_the_form_change_nothing(app: Flask, session: Session, stand: Stand) -> None:
    alice, bob = stand.worker(), stand.worker()
    assert (
        register(
            browser(app, alice),
            stand.event.id,
            state="confirmed",
            person_id=bob.person_id,
            event_id=stand.second_event.id,
            step=3,
            unit_id=stand.other_firm.id,
        )
        == 303
    )
    made = the_application(session, alice)
    assert (made.state, made.event_id, made.step, made.unit_id) == (
        "in_review",
        stand.event.id,
        0,
        stand.county_firm.id,
    )
    assert session.scalar(select(func.count()).select_from(Application)) == 1


def test_strangers_get_the_same_answer_as_for_nothing(app: Flask, session: Session, stand: Stand) -> None:
    alice = stand.worker("王小明")
    register(browser(app, alice), stand.event.id)
    application = the_application(session, alice)
    bob = browser(app, stand.worker())
    staff = browser(app, stand.reviewer(stand.other_city))
    for client, path, method in [
        (bob, "/my/applications/{}/withdraw", "get"),
        (bob, "/my/applications/{}/withdraw", "post"),
        (bob, "/my/applications/{}/switch", "get"),
        (bob, "/my/applications/{}/correct", "post"),
        (staff, "/staff/review/{}", "get"),
        (staff, "/staff/review/{}", "post"),
        (staff, "/staff/review/{}/claim", "post"),
    ]:
        fields = {"decision": "confirm", "revision": "1", "step": "0"} if method == "post" else None
        answers = [
            getattr(client, method)(path.format(target), **({"data": fields} if fields else {}))
            for target in (application.id, 10**9)
        ]
        assert [answer.status_code for answer in answers] == [404, 404], path
        assert masked(answers[0].text) == masked(answers[1].text)
    assert browser(app, alice).get("/staff/review").status_code == 403
    session.expire_all()
    assert (application.state, application.step, application.claimed_by_account_id) == ("in_review", 0, None)


def masked(page: str) -> str:
    """A page without what differs from request to request."""
    return re.sub(r'(nonce|value|content|hx-headers)=("[^"]*"|\'[^\']*\')|next=[^"]*', "", page)


def test_foreign_rows_of_a_bulk_are_left_alone(app: Flask, session: Session, stand: Stand) -> None:
    alice = stand.worker("王小明", unit=stand.other_firm)
    register(browser(app, alice), stand.event.id)
    application = the_application(session, alice)
    county = browser(app, stand.reviewer(stand.county))
    items = [f"{application.id}.1.0", "x.y.z", "1", f"{10**9}.1.0"]
    assert "王小明" not in county.post("/staff/review/bulk", data={"item": items}).text
    answer = county.post("/staff/review/bulk/decide", data={"item": items, "decision": "confirm"})
    assert "王小明" not in answer.text
    session.expire_all()
    assert application.step == 0


def test_a_double_click_on_a_decision_decides_once(app: Flask, session: Session, stand: Stand) -> None:
    alice = stand.worker()
    register(browser(app, alice), stand.event.id)
    application = the_application(session, alice)
    city = browser(app, stand.reviewer(stand.city))
    page = city.get(f"/staff/review/{application.id}").text
    data = {name: hidden(page, name) for name in ("revision", "step", "key")} | {"decision": "confirm"}
    answers = [city.post(f"/staff/review/{application.id}", data=data).status_code for _ in range(2)]
    assert answers == [303, 303]
    session.expire_all()
    assert application.step == 1


def test_a_batch_is_taken_and_given_back(app: Flask, session: Session, stand: Stand) -> None:
    for _ in range(3):
        register(browser(app, stand.worker()), stand.event.id)
    carol, dora = (browser(app, stand.reviewer(stand.county, name)) for name in ("陈审核", "戴审核"))
    assert "/staff/review/" in carol.post("/staff/review/claim", data={"count": "2"}).headers["Location"]
    assert dora.get("/staff/review").text.count("陈审核") == 2
    carol.post("/staff/review/release")
    assert "陈审核" not in dora.get("/staff/review").text


@pytest.mark.parametrize(
    "path", ["/staff/review", "/staff/review?whose=all&days=0&name=王&unit=机械&event=1"]
)
def test_the_queue_takes_the_same_number_of_queries_for_one_and_for_many(
    app: Flask, session: Session, stand: Stand, count_queries: list[str], path: str
) -> None:
    client = browser(app, stand.reviewer(stand.county))
    path = path.replace("event=1", f"event={stand.event.id}")

    def queries() -> int:
        client.get(path)
        count_queries.clear()
        assert client.get(path).status_code == 200
        return len([one for one in count_queries if one.lstrip().startswith("SELECT")])

    register(browser(app, stand.worker("王一")), stand.event.id)
    few = queries()
    for _ in range(6):
        register(browser(app, stand.worker("王二")), stand.event.id)
    assert queries() == few
    assert few <= 16


def test_my_home_takes_a_fixed_number_of_queries(
    app: Flask, session: Session, stand: Stand, count_queries: list[str]
) -> None:
    client = browser(app, stand.worker())
    register(client, stand.event.id)

    def queries() -> int:
        client.get("/my")
        count_queries.clear()
        assert client.get("/my").status_code == 200
        return len(count_queries)

    one = queries()
    register(client, stand.second_event.id)
    register(client, stand.open_event.id)
    assert queries() == one


def test_the_queue_is_filtered_by_unit_age_name_and_state(app: Flask, session: Session, stand: Stand) -> None:
    for name, unit in (("王一", stand.county_firm), ("王二", stand.city_firm), ("赵三", stand.city_firm)):
        register(browser(app, stand.worker(name, unit)), stand.event.id)
    client = browser(app, stand.reviewer(stand.city))

    def shown(query: str) -> set[str]:
        page = client.get(f"/staff/review?{query}").text
        return {name for name in ("王一", "王二", "赵三") if name in page}

    assert shown("") == {"王二", "赵三"}
    assert shown("whose=below") == shown("whose=all") == {"王一", "王二", "赵三"}
    assert shown("unit=电力") == {"王二", "赵三"}
    assert shown("whose=below&unit=示例县") == {"王一"}
    assert shown("whose=below&name=王") == {"王一", "王二"}
    assert shown("days=3") == set()
    assert shown("whose=all&state=returned") == set()
    assert shown("whose=below&page=99&event=abc&state=nonsense&days=-1") == {"王一", "王二", "赵三"}


def test_nothing_changes_without_a_form_token(app: Flask, session: Session, stand: Stand) -> None:
    alice = stand.worker()
    register(browser(app, alice), stand.event.id)
    application = the_application(session, alice)
    reviewer = browser(app, stand.reviewer(stand.county))
    mine = browser(app, alice)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        answers = [
            mine.post(f"/my/applications/{application.id}/withdraw"),
            mine.post(f"/register/{stand.second_event.id}", data={"occupation": "worker", "consent": "y"}),
            reviewer.post("/staff/review/claim"),
            reviewer.post(f"/staff/review/{application.id}", data={"decision": "confirm"}),
            reviewer.post("/staff/review/bulk/decide", data={"item": f"{application.id}.1.0"}),
        ]
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert [answer.status_code for answer in answers] == [400] * 5
    session.expire_all()
    assert (application.state, application.step, application.claimed_by_account_id) == ("in_review", 0, None)
    assert session.scalar(select(func.count()).select_from(Application)) == 1


@pytest.mark.parametrize("number", [2**31, 2**63 - 1, 2**63, 10**30])
def test_numbers_that_no_row_can_have_are_not_found(app: Flask, stand: Stand, number: int) -> None:
    mine, staff = browser(app, stand.worker()), browser(app, stand.reviewer(stand.county))
    for client, path in (
        (mine, f"/register/{number}"),
        (mine, f"/my/applications/{number}/withdraw"),
        (mine, f"/my/registration-panel/{number}"),
        (staff, f"/staff/review/{number}"),
    ):
        assert client.get(path).status_code == 404, path
    assert staff.get(f"/staff/review?event={number}&page={number}&days={number}").status_code == 200
    items = {"item": f"{number}.{number}.{number}", "decision": "confirm"}
    assert staff.post("/staff/review/bulk/decide", data=items).status_code in {200, 422}


def test_characters_that_the_database_refuses_do_no_harm(app: Flask, session: Session, stand: Stand) -> None:
    alice = stand.worker()
    register(browser(app, alice), stand.event.id)
    application = the_application(session, alice)
    county = browser(app, stand.reviewer(stand.county))
    assert county.get("/staff/review?name=%00&unit=%00a").status_code == 200
    assert decide(county, application.id, "return", reason="请更正\0单位") == 303
    answer = browser(app, alice).post(
        f"/register/{stand.second_event.id}", data={"occupation": "worker", "consent": "y", "key": "a\0b"}
    )
    assert answer.status_code == 422
