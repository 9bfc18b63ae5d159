"""A practical test of the world: alice has a blind number and a work, somebody with every role judges it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_participation
from tests.integration.judging.stand import SECRET, make_workshop
from webapp.accounts.models import Account, Person
from webapp.core import clock
from webapp.core.transaction import transaction
from webapp.judging.models import PracticalJudge
from webapp.judging.rules import pieces
from webapp.judging.service import finishing, setting_up, works

CONTENT = b"work"
SCAN = finishing.Scan("signed.pdf", b"%PDF-1.7\nsigned\n%%EOF\n")


def of_practical(session: Session, alice: Account, judge: Account) -> dict[str, int | str]:
    """Module m1 with a sheet of this judge, a work of alice and a signature; m2 with numbers only."""
    shop = make_workshop(0, "practical-9")
    person = session.get_one(Person, alice.person_id)
    shop.people = [make_participation(shop.event, person, number="900001")]
    shop.judges[0] = judge
    run_id = shop.set_up("m2", judges=1)
    with transaction():
        setting_up.draw(shop.stage_id, "m1", judge.id, clock.now(), SECRET)
    entry = shop.entry_of(shop.people[0])
    with transaction():
        works.hand_out(shop.stage_id, "m2", judge.id, clock.now())
        work_id = works.begin(
            run_id,
            entry,
            "a.zip",
            len(CONTENT),
            pieces.list_digest([pieces.digest(CONTENT)]),
            alice.id,
            clock.now(),
        )
        works.put_piece(work_id, [entry], 0, CONTENT, clock.now())
        works.complete(work_id, [entry], clock.now())
    line = shop.sheets(run_id, judge)[0]
    shop.fill(line, W1="40")
    with transaction():
        finishing.sign_off(shop.stage_id, "m2", SCAN, "", shop.chief.id, clock.now())
    named = select(PracticalJudge.id).where(PracticalJudge.account_id == judge.id)
    return {
        "judging.stage_id": shop.stage_id,
        "judging.module": "m2",
        "judging.numbers.module": "m1",
        "judging.sheet_id": line.sheet_id,
        "judging.judge_id": session.scalars(named).one(),
        "judging.number": 1,
        "judging.put_piece.number": 0,
        "judging.work_id": work_id,
    }
