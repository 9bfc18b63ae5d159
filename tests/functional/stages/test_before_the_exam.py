"""What the host reads on the page of a stage while its exam is still to come."""

from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_participation, make_staff, sign_in
from webapp.access.permissions import Role
from webapp.contests import queries as contests
from webapp.contests import service as contest_service
from webapp.contests.models import Event
from webapp.core import clock

DEFINITION = Path(__file__).resolve().parents[3] / "webapp/contests/definitions/jilin-5.toml"


def test_ties_are_forecast_and_too_few_contestants_are_named(client: FlaskClient, session: Session) -> None:
    days = [
        f"{(clock.now() + timedelta(days=ahead)).date()}" for ahead in (-40, -20, -19, -2, 5, 9, 90, 99, 150)
    ]
    spans = ("registration", "learning", "preliminary", "semi_final")
    own = ", ".join(f'{name} = ["{days[2 * at]}", "{days[2 * at + 1]}"]' for at, name in enumerate(spans))
    text = DEFINITION.read_text(encoding="utf-8")
    text = text.replace(
        'code = "welding"\n', f'code = "welding"\nwindows = {{{own}, final = "undecided"}}\n', 1
    )
    for old, new in {
        "quota = 100\n": "quota = 3\n",
        "quota = 30\n": "quota = 2\n",
        "rank_from = 4\n": "rank_from = 1\n",
    }.items():
        text = text.replace(old, new)
    text = text.replace(
        "[[limits]]\n", '[[limits]]\nrule = "min-contestants"\nforce = "normal"\nvalue = 6\n\n[[limits]]\n', 1
    )
    contest_service.load_contest(text)
    event = session.scalars(select(Event).where(Event.code == "welding")).one()
    for _ in range(5):
        make_participation(event=event)
    session.commit()
    sign_in(client, make_staff(Role.HOST))
    address = f"/staff/stages/{contests.stage_by_codes('jilin-5', 'welding', 'preliminary').stage_id}"
    page = client.get(address).text
    assert "晋级线同分预估" in page
    assert "按 5 名选手、3 个名额估算" in page
    assert "至少 6 人" in page
    later = contests.stage_by_codes("jilin-5", "welding", "semi-final").stage_id
    assert "至少 6 人" not in client.get(f"/staff/stages/{later}").text, "told before the first stage"
    make_participation(event=event)
    session.commit()
    assert "至少 6 人" not in client.get(address).text
