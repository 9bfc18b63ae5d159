"""Certificates of decided awards."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import sign_in
from tests.functional.awards.pages import CANDIDATES, account_of, lines, post, rows_of
from tests.integration.stages.stand import Graded
from webapp.accounts.models import Account
from webapp.certificates.models import Certificate


def test_certificates_of_decided_awards_are_made_in_one_job_with_progress(
    app: Flask,
    client: FlaskClient,
    session: Session,
    graded: Graded,
    host: Account,
    run_jobs: Callable[[], int],
) -> None:
    sign_in(client, host)
    staff = f"/staff/awards/{graded.stage_id}"
    post(client, f"{staff}/derive")
    assert client.post(f"{staff}/certificates", data={"certify-awards": ["medal"]}).status_code == 409
    candidates = [line.id for code in CANDIDATES for line in lines(session, code)]
    post(client, f"{staff}/decide", lines=candidates, decision="granted")
    post(client, f"{staff}/close")
    assert "请至少选择一个" in post(client, f"{staff}/certificates", 422)
    post(
        client,
        f"{staff}/certificates",
        **{"certify-awards": ["medal", "may-day-medal", "recuperation", "technician"]},
    )
    assert "正在制作" in client.get(f"{staff}/certificates", headers={"HX-Request": "true"}).text
    assert "正在制作" in client.get(staff).text
    run_jobs()
    made = session.scalars(select(Certificate).where(Certificate.award_code == "medal")).all()
    assert sorted(one.facts["rank"] for one in made) == [1, 2, 3]
    assert (
        len(session.scalars(select(Certificate).where(Certificate.award_code == "may-day-medal")).all()) == 1
    )
    others = select(Certificate).where(Certificate.award_code.in_(["recuperation", "technician"]))
    assert not session.scalars(others).all(), "lists for the unions and for the authority of levels"
    assert "已全部制作完成" in client.get(staff).text
    post(client, f"{staff}/certificates", **{"certify-awards": ["medal"]})
    run_jobs()
    again = session.scalars(select(Certificate).where(Certificate.award_code == "medal")).all()
    assert len(again) == 3, "nobody gets one twice"

    # A revoked one is issued anew with another number, and the list for handing out names both.
    serial = made[0].serial
    post(client, f"/staff/certificates/{serial}/revoke", reason="姓名有误")
    post(client, f"/staff/certificates/{serial}/again")
    session.expire_all()
    numbers = session.scalars(
        select(Certificate.issue_number).where(Certificate.entry_id == made[0].entry_id)
        .where(Certificate.award_code == "medal").order_by(Certificate.issue_number)
    ).all()  # fmt: skip
    assert list(numbers) == [1, 2]
    book = client.post(
        f"{staff}/export", data={"export-kind": "certificate", "export-reason": "现场领取", "as": "xlsx"}
    )
    cells = [row[0] for row in rows_of(book.data)]
    assert serial in cells

    winner = app.test_client()
    sign_in(winner, account_of(graded.person_ids[0]))
    page = winner.get("/my/certificates").text
    assert 'href="/my/awards"' in page
    assert winner.get(f"/my/certificates/{own_serial(session, graded.person_ids[0])}.pdf").data[:4] == b"%PDF"


def own_serial(session: Session, person_id: int) -> str:
    found = (
        select(Certificate.serial).where(Certificate.person_id == person_id).order_by(Certificate.id.desc())
    )
    return session.scalars(found).first() or ""
