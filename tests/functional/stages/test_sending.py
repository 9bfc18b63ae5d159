"""Counties and units send whom they name for a selection outside; the host takes it in or gives it back."""

import io
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.factories import make_organisation, make_staff, sign_in
from tests.functional.stages.pages import page, post
from tests.functional.stages.test_nominations import DECIDED, OPEN, make_selection, numbers_posted, workbook
from tests.functional.stages.test_places import told
from tests.integration.stages.stand import later
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.audit.models import AuditRow
from webapp.leaderboard.queries.kept import rows_by_id
from webapp.notifications.models import Notice
from webapp.registration.models import Participation
from webapp.stages.models import StageList, StageSubmission


def test_counties_send_whom_they_name_and_the_host_takes_it_in(
    client: FlaskClient,
    session: Session,
    host: Account,
    count_queries: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    city = make_organisation("通辽市总工会", level="city")
    first, second = (
        make_organisation(name, city, level="county") for name in ("开鲁县总工会", "库伦旗总工会")
    )
    firm, other, urban = (
        make_organisation(name, above, "unit", "unit")
        for name, above in (("开鲁铝业", first), ("库伦铝业", second), ("市直铝业", city))
    )
    made = make_selection(session, OPEN, DECIDED, (firm, firm, other, other, urban, None))
    number = [one.number for one in made.people]
    speaker = make_staff(Role.UNION_REVIEWER, first, name="白文静")
    neighbour = make_staff(Role.UNION_REVIEWER, second, name="高立新")
    liaison = make_staff(Role.UNIT_LIAISON, firm, name="邵云")
    session.commit()
    own = f"/staff/nominations/{made.preliminary}/{first.id}"
    staff = f"/staff/stages/{made.preliminary}"
    listed = f"{staff}/submissions"

    # Who speaks for a county names people of it; a unit does so in the grassroots selection only.
    sign_in(client, liaison)
    html = page(client, "/staff/nominations")
    assert f"/staff/nominations/{made.selection}/{firm.id}" in html
    assert str(made.preliminary) + "/" not in html
    assert client.get(f"/staff/nominations/{made.preliminary}/{firm.id}").status_code == 404
    sign_in(client, speaker)
    html = page(client, "/staff/nominations")
    assert own in html
    assert f"/{made.selection}/" not in html
    assert client.get(f"/staff/nominations/{made.preliminary}/{second.id}").status_code == 404
    assert client.get(f"/staff/nominations/{made.final}/{first.id}").status_code == 404
    assert client.get(listed).status_code == 403

    # Every wrong line is named, with nothing said of people of others, and nothing is sent.
    wrong = workbook(
        (number[0], "包青山", ""), (number[2], "陈海", ""), (number[3], "谁", ""), ("X9", "谁", "")
    )
    html = post(client, own, 422, **wrong)
    assert html.count("不属于您所辖的单位") == 2
    assert "姓名与编号不符" in html
    assert "没有这个编号" in html
    assert "选手编号" in post(client, own, 422, **{"nominations-file": (io.BytesIO(b"?"), "a.xlsx")})
    assert session.scalar(select(func.count()).select_from(StageSubmission)) == 0
    assert client.post(f"{own}/withdraw").status_code == 409

    # What was sent is replaced, and taken back, until the host has taken it in.
    post(client, own, **made.lines(0))
    post(client, own, **made.lines(0, 1, by="随便写的"))
    html = page(client, own)
    assert "已被新名单替换" in html
    assert "白玉" in html
    post(client, f"{own}/withdraw")
    assert "已撤回" in page(client, own)
    post(client, own, **made.lines(0))

    # The host sees who has sent and who has not, and gives one back with a reason.
    sign_in(client, host)
    assert "1份待处理" in page(client, staff)
    html = page(client, listed)
    assert html.index("开鲁县总工会") < html.index("库伦旗总工会")
    assert "通辽市总工会" in html, "who has no county belongs to the city"
    assert html.count("尚未报送") >= 2
    assert html.count("没有人可以代其报送") == 1, "nobody speaks for the city"
    post(client, f"{listed}/remind")
    assert "The host waits" in told(session, neighbour.person_id)
    for _again in range(2):
        waits = select(Notice.person_id).where(Notice.text.startswith("The host waits"))
        assert session.scalars(waits).all() == [neighbour.person_id], "who has sent is not asked; once a day"
        post(client, f"{listed}/remind")
    count_queries.clear()
    page(client, listed)
    with_one = len(count_queries)
    sent = session.scalars(select(StageSubmission.id).where(StageSubmission.state == "sent")).one()
    assert "包青云" in page(client, f"{listed}/{sent}")
    assert client.get(f"/staff/stages/{made.final}/submissions/{sent}").status_code == 404
    post(client, f"{listed}/{sent}/return", 422)
    post(client, f"{listed}/{sent}/return", **{"return-reason": "缺少白玉"})
    assert client.post(f"{listed}/{sent}/take").status_code == 409
    assert "was returned" in told(session, speaker.person_id)
    sign_in(client, speaker)
    assert "份名单被主办方退回" in page(client, "/staff").replace(" ", "")
    assert "缺少白玉" in page(client, own)
    post(client, own, **made.lines(0, 1))
    sign_in(client, neighbour)
    post(client, f"/staff/nominations/{made.preliminary}/{second.id}", **made.lines(2))

    # All at once, each kept as named by its county; a list with somebody who has left meanwhile stays.
    top = make_staff(Role.UNION_REVIEWER, city, name="金哲")
    session.commit()
    sign_in(client, top)
    post(client, f"/staff/nominations/{made.preliminary}/{city.id}", **made.lines(0, 4))
    gone = update(Participation).where(Participation.id == made.people[4].id)
    session.execute(gone.values(state="withdrawn"))
    session.commit()
    sign_in(client, host)
    count_queries.clear()
    page(client, listed)
    assert len(count_queries) == with_one, "statements do not grow with the lists"
    html = client.post(f"{listed}/take", follow_redirects=True).text
    assert "已纳入2份名单" in html
    assert "未能纳入，请打开查看原因：通辽市总工会" in html
    late = session.scalars(select(StageSubmission.id).where(StageSubmission.state == "sent")).one()
    assert "没有这个编号" in post(client, f"{listed}/{late}/take", 422)
    session.execute(gone.values(state="active"))
    session.commit()
    post(client, f"{listed}/{late}/return", **{"return-reason": "请只报市直单位"})
    one = session.scalars(select(StageList)).one()
    lines = rows_by_id(one.snapshot_id)
    assert [(row["number"], row["nominated_by"]) for row in lines] == [
        (number[0], "开鲁县总工会"), (number[1], "开鲁县总工会"), (number[2], "库伦旗总工会"),
    ]  # fmt: skip
    assert "was taken in" in told(session, neighbour.person_id)
    sign_in(client, speaker)
    assert "第1份名单" in page(client, own)
    assert client.post(f"{own}/withdraw").status_code == 409

    # A list that is given up gives back what was taken into it.
    sign_in(client, host)
    post(client, f"{staff}/drop", **{"drop-reason": "名单有误"})
    html = page(client, listed)
    assert html.count("重新等待处理") == 2
    assert "已退回" in html
    post(client, f"{listed}/take")
    post(
        client, f"{staff}/decide", entries=str(made.entry(session, 1)), decision="ineligible", reason="已离职"
    )
    post(client, f"{staff}/decide", everyone="y", decision="eligible")
    post(client, f"{staff}/close-recheck")
    post(client, f"{staff}/post")
    assert numbers_posted(made.preliminary) == [number[0], number[2]]
    sign_in(client, speaker)
    html = page(client, own)
    assert "不在公示名单上" in html
    assert "查看公示" in html

    # One more later: it begins the next list, which needs a reason.
    sign_in(client, neighbour)
    post(client, f"/staff/nominations/{made.preliminary}/{second.id}", **made.lines(3))
    sign_in(client, host)
    late = session.scalars(select(StageSubmission.id).where(StageSubmission.state == "sent")).one()
    post(client, f"{listed}/{late}/take", 422)
    post(client, f"{listed}/take", 422)
    post(client, f"{listed}/{late}/take", **{"take-reason": "库伦旗补报"})
    numbers = [row.number for row in session.scalars(select(StageList).order_by(StageList.id))]
    assert numbers == [1, 2, 3]
    later(monkeypatch, timedelta(days=140))
    sign_in(client, speaker)
    assert "报送已于" in page(client, own)
    assert client.post(own, data=made.lines(0)).status_code == 409
    actions = set(session.scalars(select(AuditRow.action)))
    assert {"nomination.send", "nomination.withdraw", "nomination.take", "nomination.return"} <= actions
