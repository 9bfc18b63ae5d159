"""Works made at home: pieces in any order and any number of times, one receipt, one deadline."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.integration.judging.stand import Workshop, make_workshop
from webapp.core import clock
from webapp.judging import errors
from webapp.judging.rules import pieces
from webapp.judging.service import setting_up, works

CONTENT = bytes(range(256)) * (pieces.PIECE_BYTES // 256) + b"the end"
PARTS = (CONTENT[: pieces.PIECE_BYTES], CONTENT[pieces.PIECE_BYTES :])
DIGEST = pieces.list_digest([pieces.digest(part) for part in PARTS])


@pytest.fixture
def shop(session: Session) -> Workshop:
    made = make_workshop(2)
    works.hand_out(made.stage_id, "m2", made.host.id, clock.now())
    session.commit()
    return made


def begin(
    shop: Workshop, digest: str = DIGEST, size: int = len(CONTENT), name: str = "../我的 作品.zip"
) -> int:
    run = setting_up.locked_run(shop.stage_id, "m2")
    return works.begin(run.id, shop.entry_of(shop.people[0]), name, size, digest, 1, clock.now())


def test_pieces_come_in_any_order_and_twice_and_make_one_receipt(shop: Workshop) -> None:
    entries = [shop.entry_of(shop.people[0])]
    work_id = begin(shop)
    assert works.put_piece(work_id, entries, 1, PARTS[1], clock.now()) == 1
    with pytest.raises(errors.WorkIncomplete):
        works.complete(work_id, entries, clock.now())
    assert begin(shop) == work_id, "after a broken connection it goes on"
    assert works.arrived(work_id) == [1]
    for _ in range(2):
        assert works.put_piece(work_id, entries, 0, PARTS[0], clock.now()) == 2
    receipt = works.complete(work_id, entries, clock.now())
    assert works.complete(work_id, entries, clock.now()) == receipt
    assert b"".join(works.content_of(work_id)) == CONTENT
    assert works.complete_work_of(work_id, entries) == "我的 作品.zip"


def test_another_content_than_announced_is_refused_and_can_be_sent_again(shop: Workshop) -> None:
    entries = [shop.entry_of(shop.people[0])]
    work_id = begin(shop, size=4)
    with pytest.raises(errors.PieceWrong):
        works.put_piece(work_id, entries, 0, b"12345", clock.now())
    with pytest.raises(errors.PieceWrong):
        works.put_piece(work_id, entries, 1, b"1234", clock.now())
    works.put_piece(work_id, entries, 0, b"1234", clock.now())
    with pytest.raises(errors.WorkDiffers):
        works.complete(work_id, entries, clock.now())
    works.throw_away(work_id, entries)
    assert works.arrived(work_id) == []


def test_nobody_reaches_the_work_of_somebody_else(shop: Workshop) -> None:
    work_id, other = begin(shop), [shop.entry_of(shop.people[1])]
    with pytest.raises(errors.WorkGone):
        works.put_piece(work_id, other, 1, PARTS[1], clock.now())
    assert works.complete_work_of(work_id, other) is None


def test_after_72_hours_nothing_is_taken(shop: Workshop) -> None:
    entries, work_id = [shop.entry_of(shop.people[0])], begin(shop)
    run = setting_up.locked_run(shop.stage_id, "m2")
    assert run.due_at is not None
    assert run.handed_out_at is not None
    assert run.due_at - run.handed_out_at == timedelta(hours=72)
    last = run.due_at - timedelta(microseconds=1)
    for number, part in enumerate(PARTS):
        works.put_piece(work_id, entries, number, part, last)
    assert works.complete(work_id, entries, run.due_at + timedelta(minutes=1)), "all of it came in time"
    with pytest.raises(errors.TooLate):
        works.begin(run.id, entries[0], "b.zip", 4, "0" * 64, 1, run.due_at)
    with pytest.raises(errors.NothingToHandIn):
        works.hand_out(shop.stage_id, "m1", shop.host.id, clock.now())
