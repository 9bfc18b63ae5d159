"""After a final list: places, answers, substitutes, the supplementary notice, and what is carried over."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_account, make_staff, sign_in
from tests.functional.stages.pages import page, post
from tests.integration.stages.stand import NAMES, SMALL, Graded, later, make_graded
from webapp.access.permissions import Role
from webapp.accounts.models import Account, Person
from webapp.audit.models import AuditRow
from webapp.contests import queries as contests
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.leaderboard.models import ComponentScore, Standing
from webapp.leaderboard.queries.finals import newest_final
from webapp.leaderboard.routes.fragments import cache
from webapp.leaderboard.service.filing import file_scores
from webapp.notifications.models import Notice
from webapp.stages import jobs
from webapp.stages.models import StageAdmission, StageList, StageObjection
from webapp.stages.queries import notices
from webapp.stages.queries.admissions import entries_of


def changes(attendance: bool = True) -> dict[str, str]:
    """A semi-final in two months: 60 % practical, 40 % carried over; who goes on answers within 35 days."""
    now = clock.now().astimezone(clock.SHANGHAI)

    def day(days: int) -> str:
        return f"{(now + timedelta(days=days)).date()}"

    def instant(days: int) -> str:
        return (now + timedelta(days=days)).isoformat()

    asks = (
        f'[profiles.stages.attendance]\nconfirm_by = "{instant(35)}"\nsubstitutes_until = "{instant(45)}"\n'
        if attendance
        else ""
    )
    return {
        **SMALL,
        'attendance = "undecided"\n': "",
        'semi_final = ["2026-06-10", "2026-09-10"]': f'semi_final = ["{day(60)}", "{day(90)}"]',
        '\nfinal = ["2026-09-11", "2026-10-20"]': f'\nfinal = ["{day(150)}", "{day(170)}"]',
        'quota = "undecided"\nnotice_working_days = "undecided"': "quota = 2\nnotice_working_days = 5",
        "rank_from = 4\n": "rank_from = 1\n",
        'component = "practical"\nweight_pct = 100\n': 'component = "practical"\nweight_pct = 60\n\n'
        '[[profiles.stages.components]]\ncomponent = "carried"\nfrom = "preliminary"\nweight_pct = 40\n\n'
        + asks,
    }


def finish(
    client: FlaskClient,
    host: Account,
    stage_id: int,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The list of a stage, from the freeze until it is final a month later."""
    sign_in(client, host)
    staff = f"/staff/stages/{stage_id}"
    post(client, f"{staff}/freeze")
    post(client, f"{staff}/decide", everyone="y", decision="eligible")
    post(client, f"{staff}/close-recheck")
    post(client, f"{staff}/regrade")
    run_jobs()
    post(client, f"{staff}/post")
    later(monkeypatch, timedelta(days=30))
    sign_in(client, host)
    post(client, f"{staff}/finalise")


def semi_final(graded: Graded) -> int:
    return contests.stages_of_event(graded.event_id)[1].stage_id


def told(session: Session, person_id: int) -> str:
    session.expire_all()
    return session.scalars(
        select(Notice.text).where(Notice.person_id == person_id).order_by(Notice.id)
    ).all()[-1]


def states(session: Session, stage_id: int) -> dict[int, str]:
    session.expire_all()
    rows = session.scalars(select(StageAdmission).where(StageAdmission.stage_id == stage_id))
    return {row.entry_id: row.state for row in rows}


def test_places_answers_substitutes_and_the_supplementary_notice(
    client: FlaskClient,
    session: Session,
    host: Account,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graded = make_graded(changes=changes())
    stage_id = semi_final(graded)
    places = f"/staff/stages/{stage_id}/places"
    entries, people = graded.entries, graded.person_ids
    sign_in(client, host)
    assert "还没有确定" in page(client, places)
    assert client.post(f"{places}/open").status_code == 409, "the list before is not final"
    finish(client, host, graded.stage_id, run_jobs, monkeypatch)
    assert entries_of(stage_id) == [], "nobody competes in a later stage before places are given"
    assert places in page(client, f"/staff/stages/{graded.stage_id}"), "the final list leads on"

    # Everybody on the list is asked; what they bring along is filed from the frozen board.
    post(client, f"{places}/open")
    assert client.post(f"{places}/open").status_code == 409
    assert states(session, stage_id) == dict.fromkeys(entries[:3], "invited")
    assert "whether you come" in told(session, people[0])
    filed = session.scalars(select(ComponentScore).where(ComponentScore.stage_id == stage_id)).all()
    assert {row.component for row in filed} == {"carried:preliminary"}
    assert len(filed) == 3
    assert NAMES[0] in page(client, places)

    # The first comes, the second does not: the fourth is asked at once.
    own = f"/my/places/{stage_id}"
    first, second, third = (make_account(session.get_one(Person, people[at])) for at in range(3))
    sign_in(client, first)
    assert "焊工" in page(client, "/my/places")
    assert "能参加" in page(client, own)
    post(client, own, comes="yes")
    sign_in(client, second)
    assert "请说明原因" in post(client, own, 422, comes="no")
    post(client, own, comes="no", reason="出国培训")
    assert states(session, stage_id) == {
        entries[0]: "confirmed", entries[1]: "replaced", entries[2]: "invited", entries[3]: "invited",
    }  # fmt: skip
    assert "next in rank" in told(session, people[3])
    assert client.post(own, data={"comes": "yes"}).status_code == 409, "the place was given on"

    # The fourth says yes by telephone: the host notes it.
    sign_in(client, host)
    assert "理由" in post(
        client, f"{places}/note", 422, **{"note-number": graded.numbers[3], "note-comes": "no"}
    )
    post(client, f"{places}/note", **{"note-number": graded.numbers[3], "note-comes": "yes"})

    html = post(client, f"{places}/note", 422, **{"note-number": "999999", "note-comes": "yes"})
    assert "没有这个编号的名额" in html
    assert "999999" in html, "what was typed stays"
    assert NAMES[1] in page(client, f"{places}?show=away")
    assert NAMES[1] not in page(client, f"{places}?show=coming")

    # The third is silent until the hour; the fifth is asked, and nobody is displaced.
    later(monkeypatch, timedelta(days=6))
    assert jobs.ask_substitutes() == 1
    assert jobs.ask_substitutes() == 0
    assert states(session, stage_id)[entries[2]] == "replaced"
    assert "was given to the next" in told(session, people[2])
    sign_in(client, third)
    assert "已递补" in page(client, own)
    assert client.post(own, data={"comes": "yes"}).status_code == 409

    # The host notes what the fifth said by telephone.
    sign_in(client, host)
    post(client, f"{places}/note", **{"note-number": graded.numbers[4], "note-comes": "yes"})
    assert entries_of(stage_id) == [entries[0], entries[3], entries[4]]

    # After the last hour nobody moves up any more.
    later(monkeypatch, timedelta(days=12))
    sign_in(client, host)
    post(
        client,
        f"{places}/note",
        **{"note-number": graded.numbers[4], "note-comes": "no", "note-reason": "住院"},
    )
    assert states(session, stage_id)[entries[4]] == "declined"
    assert entries[5] not in states(session, stage_id)
    assert entries_of(stage_id) == [entries[0], entries[3]]

    # The public reads who moved up.
    assert "补充公示" in page(client, places)
    assert post(client, f"{places}/supplement", 422)
    post(client, f"{places}/supplement", **{"supplement-reason": "两人未确认参赛，依次递补"})
    present = notices.current(graded.stage_id)
    assert present is not None
    assert present.version == 2
    assert [(row.number, row.is_substitute) for row in present.rows] == [
        (graded.numbers[0], False), (graded.numbers[3], True),
    ]  # fmt: skip
    assert "moved up" in told(session, people[3])
    assert client.post(f"{places}/supplement", data={"supplement-reason": "再次"}).status_code == 409
    public = client.get(f"/notices/{graded.address}")
    assert public.headers["X-Robots-Tag"] == "noindex, nofollow"
    form = {"number": graded.numbers[3], "words": "此人已离职。", "name": "周正", "phone": "13900001111"}
    client.get("/sign-out")
    assert client.post(f"/notices/{graded.address}/object", data=form).status_code == 303
    actions = set(session.scalars(select(AuditRow.action)))
    assert {"stage.open", "scores.file", "place.confirmed", "place.declined", "place.silent"} <= actions
    assert {"place.substitute", "list.supplement.ask"} <= actions


def test_scores_of_people_are_ranked_with_what_was_carried_over_and_posted(
    client: FlaskClient,
    session: Session,
    host: Account,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A practical stage goes the same way to its final list, its second computation included."""
    graded = make_graded(changes=changes(attendance=False))
    stage_id = semi_final(graded)
    finish(client, host, graded.stage_id, run_jobs, monkeypatch)
    post(client, f"/staff/stages/{stage_id}/places/open")
    assert states(session, stage_id) == dict.fromkeys(graded.entries[:3], "admitted")
    assert "You have a place" in told(session, graded.person_ids[0])
    scored = session.execute(
        select(ComponentScore.participation_id, ComponentScore.score).where(
            ComponentScore.stage_id == stage_id
        )
    )
    carried = {row.participation_id: row.score for row in scored}
    given = {graded.sats[at].participation_id: Decimal(60 + 10 * at) for at in range(4)}
    with transaction():
        assert file_scores(stage_id, "practical", given, {"sheets": "test"}) == 4
        file_scores(stage_id, "practical", given, {"sheets": "test"})
    run_jobs()
    assert (
        len(session.scalars(select(ComponentScore).where(ComponentScore.component == "practical")).all()) == 4
    )
    standings = {
        row.entry_id: row.combined
        for row in session.scalars(select(Standing).where(Standing.stage_id == stage_id))
    }
    expected = {
        graded.entries[at]: (given[sat.participation_id] * 60 + carried[sat.participation_id] * 40) / 100
        for at, sat in enumerate(graded.sats[:3])
    }
    assert standings == {entry: round(score, 2) for entry, score in expected.items()}, (
        "the fourth has no place"
    )

    later(monkeypatch, timedelta(days=70))
    sign_in(client, host)
    assert "复赛" in page(client, "/staff/stages")
    finish(client, host, stage_id, run_jobs, monkeypatch)
    present = notices.current(stage_id)
    assert present is not None
    assert [row.number for row in present.rows] == [graded.numbers[2], graded.numbers[1]]
    assert entries_of(stage_id) == list(graded.entries[:3])


def test_too_few_for_a_final_are_enough_only_with_a_reason(
    client: FlaskClient,
    session: Session,
    host: Account,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A normal minimum: the refused form keeps open, and the reason is noted."""
    limit = '[[limits]]\nrule = "final-minimum"\nforce = "normal"\nvalue = 4\n\n[[profiles]]\ncode = "competition"'
    graded = make_graded(changes={**changes(attendance=False), '[[profiles]]\ncode = "competition"': limit})
    semi, final = (each.stage_id for each in contests.stages_of_event(graded.event_id)[1:])
    finish(client, host, graded.stage_id, run_jobs, monkeypatch)
    post(client, f"/staff/stages/{semi}/places/open")
    with transaction():
        file_scores(semi, "practical", {sat.participation_id: Decimal(70) for sat in graded.sats[:3]}, {})
    run_jobs()
    later(monkeypatch, timedelta(days=70))
    finish(client, host, semi, run_jobs, monkeypatch)
    places = f"/staff/stages/{final}/places"
    assert "不少于 4 人" in page(client, places)
    assert "不少于 4 人" in post(client, f"{places}/open", 422)
    assert states(session, final) == {}
    post(client, f"{places}/open", 303, **{"open-reason": "组委会同意"})
    assert set(states(session, final).values()) == {"admitted"}
    why = session.scalars(select(AuditRow.why).where(AuditRow.target_id == str(final))).all()
    assert "组委会同意" in why


def test_staff_write_down_a_telephone_objection_and_the_notice_closes_after_the_files_time(
    client: FlaskClient,
    session: Session,
    host: Account,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closing = {**SMALL, 'close_after_days = "undecided"': "close_after_days = 30"}
    graded = make_graded(changes=closing)
    sign_in(client, host)
    staff = f"/staff/stages/{graded.stage_id}"
    post(client, f"{staff}/freeze")
    assert client.get(f"{staff}/objections/new").status_code == 200
    post(client, f"{staff}/decide", everyone="y", decision="eligible")
    post(client, f"{staff}/close-recheck")
    post(client, f"{staff}/regrade")
    run_jobs()
    post(client, f"{staff}/post")
    given = {"channel": "enterprise", "name": "某机械厂 郑主任", "words": "该选手已离职。"}
    assert "没有" in post(client, f"{staff}/objections/new", 422, **given, number="000000")
    post(client, f"{staff}/objections/new", 303, **given, number=graded.numbers[0])
    one = session.scalars(select(StageObjection)).one()
    assert (one.channel, one.entry_id, one.phone_cipher) == ("enterprise", graded.entries[0], None)
    assert one.entered_by_account_id == host.id
    assert "企业来函" in page(client, staff)
    own = client.post(f"{staff}/objections/{one.id}", data={"answer": "已核实。"})
    assert own.status_code == 403, "the host decided about this contestant in the re-check"
    sign_in(client, make_staff(Role.HOST, name="温如言"))
    post(client, f"{staff}/objections/{one.id}", 303, answer="已核实在职。")

    public = f"/notices/{graded.address}"
    client.get("/sign-out")
    assert client.get(f"{public}/1.json").status_code == 200
    later(monkeypatch, timedelta(days=60))
    html = page(client, public)
    present = notices.current(graded.stage_id)
    assert present is not None
    assert "本公示已关闭" in html
    assert present.digest in html
    assert graded.numbers[0] not in html
    for ending in ("json", "pdf"):
        assert client.get(f"{public}/1.{ending}").status_code == 410
    cache.forget()
    board = client.get(f"/boards/{graded.address}")
    assert "名单已关闭" in board.text
    assert f'href="{public}"' in board.text
    assert graded.numbers[0] not in board.text
    assert board.headers["X-Robots-Tag"].startswith("noindex")
    assert "已关闭" in client.get("/boards").text


def test_a_final_list_is_replaced_by_the_whole_way_unless_places_follow(
    client: FlaskClient,
    session: Session,
    host: Account,
    run_jobs: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    graded = make_graded(changes=changes())
    finish(client, host, graded.stage_id, run_jobs, monkeypatch)
    staff = f"/staff/stages/{graded.stage_id}"
    first = newest_final(graded.stage_id)
    assert "重新冻结排行榜" in page(client, staff)
    assert client.post(f"{staff}/freeze").status_code == 422, "a reason is needed"
    post(client, f"{staff}/freeze", 303, **{"freeze-reason": "裁定更正了成绩"})
    assert newest_final(graded.stage_id) == first, "the final list holds until a new one is final"
    post(client, f"{staff}/close-recheck")
    post(client, f"{staff}/regrade")
    run_jobs()
    post(client, f"{staff}/post")
    later(monkeypatch, timedelta(days=60))
    sign_in(client, host)
    post(client, f"{staff}/finalise")
    session.expire_all()
    kept = session.scalars(select(StageList).order_by(StageList.number)).all()
    assert [one.state for one in kept] == ["superseded", "final"]
    assert newest_final(graded.stage_id) != first

    # Once people have places by it, a final list is not replaced any more.
    post(client, f"/staff/stages/{semi_final(graded)}/places/open")
    assert "重新冻结排行榜" not in page(client, staff)
    assert client.post(f"{staff}/freeze", data={"freeze-reason": "再改"}).status_code == 409
