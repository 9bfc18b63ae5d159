"""A district whose contest takes applications: Haidian's own file with open days, a unit, a smaller one, two hosts."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from tests.factories import make_organisation, make_staff, sign_in
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.contests.service import load_contest
from webapp.core import clock
from webapp.core.db import db
from webapp.core.transaction import transaction
from webapp.organisations.models import Organisation

DEFINITIONS = Path(__file__).resolve().parents[3] / "webapp/contests/definitions"


def day(ahead: int) -> str:
    """A day in Shanghai, so many days from today."""
    return (clock.now().astimezone(clock.SHANGHAI).date() + timedelta(days=ahead)).isoformat()


def load(name: str, **changes: str) -> int:
    """A shipped file whose applications are open; return its contest."""
    text = (DEFINITIONS / f"{name}.toml").read_text(encoding="utf-8")
    text = text.replace('applications = "undecided"', f'applications = ["{day(-3)}", "{day(30)}"]')
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return load_contest(text).contest_id


@dataclass
class District:
    contest_id: int
    firm: Organisation
    small: Organisation
    liaison: Account
    small_liaison: Account
    host: Account
    second: Account
    supervisor: Account


def make_district(name: str = "haidian-2026") -> District:
    """Everybody who takes part in an application."""
    with transaction():
        contest_id = load(name)
        union = make_organisation("海淀区总工会", level="county")
        firm = make_organisation("清河机器人公司", union, kind="unit", level="unit", code="firm")
        small = make_organisation("学院路小微企业", union, kind="unit", level="unit", code="small")
        made = District(
            contest_id,
            firm,
            small,
            make_staff(Role.UNIT_LIAISON, firm, "陆晓晴"),
            make_staff(Role.UNIT_LIAISON, small, "邵云"),
            make_staff(Role.HOST, name="韩亦舟"),
            make_staff(Role.HOST, name="罗成"),
            make_staff(Role.SUPERVISOR, name="严正"),
        )
        db.session.flush()
    return made


WHAT = {
    "title": "工业机器人系统操作员",
    "title_en": "Robot operator",
    "event_class": "innovative",
    "name_source": "catalogue-2022",
    "name_reference": "6-31-07-03",
    "certificate": "yes",
    "role": "host",
}
PEOPLE = {
    f"judges-{at}-{key}": value
    for at, name in enumerate(("江一", "江二", "江三"))
    for key, value in (("name", name), ("proof", "高级技师"))
}
MONEY = {
    "lines-0-item": "场地",
    "lines-0-amount": "60000",
    "lines-0-support": "40000",
    "prizes-0-code": "first-prize",
    "prizes-0-amount": "5000",
    "prizes-0-count": "1",
}


def plan(**changes: str) -> dict[str, str]:
    """A complete plan for the days to come."""
    return {
        "first_day": day(60),
        "last_day": day(62),
        "venue": "清河体育馆",
        "contestants": "240",
        **{f"part_{part}": "见附件" for part in ("purpose", "course", "recordings", "emergency")},
        **changes,
    }


def begin(
    client: FlaskClient, account: Account, organisation: Organisation, contest: str = "haidian-2026"
) -> str:
    """A draft of a trade; return its address."""
    sign_in(client, account)
    made = client.post(
        f"/staff/hosting/apply?contest={contest}", data={"organisation": organisation.id, "offer": "trade"}
    )
    assert made.status_code == 303, made.text
    return str(made.location).removesuffix("/form/what")


def fill(client: FlaskClient, address: str, **changes: dict[str, str]) -> None:
    """Save all four sections."""
    for name, data in {"what": WHAT, "plan": plan(), "people": PEOPLE, "money": MONEY, **changes}.items():
        saved = client.post(f"{address}/form/{name}", data=data)
        assert saved.status_code == 303, saved.text
