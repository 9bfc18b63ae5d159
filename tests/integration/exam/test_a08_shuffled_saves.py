"""Row A08: saves may come shuffled, repeated and late; the highest sequence of each slot stands."""

import random
from functools import partial

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.integration.exam.exams import Sat, make_exam, sit
from tests.integration.exam.races import together
from webapp.core import clock
from webapp.exam.models import AnswerEvent, Sheet
from webapp.exam.rules.saving import Item, Outcome
from webapp.exam.service import hot

SLOTS = 20
CHANGES = st.tuples(st.integers(0, 3), st.integers(1, 6), st.sampled_from(["A", "B", ""]))


def save(sat: Sat, items: list[Item]) -> dict[tuple[int, int], Outcome]:
    reply = hot.save(sat.attempt_id, sat.person_id, sat.lease, items, clock.now())
    return {(ack.slot, ack.seq): ack.outcome for ack in reply.acks}


def test_a08_ten_thousand_shuffled_and_tripled_saves(app: Flask, committed_db: Session) -> None:
    """10,000 changes in batches of up to ten slots, each batch sent three times in random order."""
    sat = sit(make_exam())
    source = random.Random(8)
    changes = [Item(n % SLOTS, n // SLOTS + 1, source.choice("ABCD")) for n in range(10_000)]
    source.shuffle(changes)
    batches: list[list[Item]] = []
    while changes:
        batch = {item.slot: item for item in changes[-10:]}
        del changes[-10:]
        batches.append(list(batch.values()))
    sent = [item for batch in batches for item in batch]
    queue = batches * 3
    source.shuffle(queue)
    results = together(app, [partial(save, sat, batch) for batch in queue], workers=8)
    assert not [result for result in results if isinstance(result, Exception)]
    committed_db.expire_all()
    sheet = committed_db.get_one(Sheet, sat.attempt_id)
    for slot in range(SLOTS):
        best = max((item for item in sent if item.slot == slot), key=lambda item: item.seq)
        assert (sheet.answers[slot], sheet.seqs[slot]) == (best.answer, best.seq)
    events = {
        (event.slot, event.seq)
        for event in committed_db.scalars(select(AnswerEvent).where(AnswerEvent.outcome == "saved"))
    }
    for result in results:
        for place, outcome in result.items():
            assert (outcome is Outcome.SAVED) <= (place in events), "acknowledged means stored"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(1, 6), st.sampled_from(["A", "B", ""])),
        min_size=1,
        max_size=25,
    ),
    st.randoms(use_true_random=False),
)
def test_a08_any_order_and_any_conflict_ends_in_the_first_answer_of_the_highest_sequence(
    session: Session, changes: list[tuple[int, int, str]], source: random.Random
) -> None:
    sat = sit(make_exam())
    queue = changes * 2
    source.shuffle(queue)
    model: dict[int, tuple[int, str]] = {}
    accepted: set[tuple[int, int, str]] = set()
    for slot, seq, answer in queue:
        outcome = save(sat, [Item(slot, seq, answer)])[slot, seq]
        if seq > model.get(slot, (0, ""))[0]:
            model[slot] = (seq, answer)
            accepted.add((slot, seq, answer))
        assert outcome is (Outcome.SAVED if (slot, seq, answer) in accepted else Outcome.SUPERSEDED)
    session.expire_all()
    sheet = session.get_one(Sheet, sat.attempt_id)
    for slot, (seq, answer) in model.items():
        assert (sheet.seqs[slot], sheet.answers[slot]) == (seq, answer)


@pytest.mark.parametrize("round_", range(5))
def test_a08_savers_of_different_slots_never_undo_each_other(
    app: Flask, committed_db: Session, round_: int
) -> None:
    sat = sit(make_exam())
    calls = [partial(save, sat, [Item(slot, 1, "A")]) for slot in range(SLOTS)]
    together(app, calls, workers=20)
    committed_db.expire_all()
    assert committed_db.get_one(Sheet, sat.attempt_id).answers == ["A"] * SLOTS
