"""A contest with people at every step, laid into the tables at random from a fixed seed, and a second, simple way
of counting them: row by row, in Python."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import make_organisation, make_person
from tests.integration.exam.exams import make_exam
from webapp.awards.models import AwardLine, AwardList
from webapp.certificates.models import Certificate, CertificateRevocation
from webapp.config import ROOT
from webapp.contests.models import Contest, ContestVersion, Event, Stage
from webapp.contests.service import load_contest
from webapp.core import clock
from webapp.exam.models import Attempt, Exam, Sheet
from webapp.leaderboard.models import BoardSnapshot, Standing
from webapp.learning.models import PointEntry, Reading, WatchProgress
from webapp.organisations.models import Organisation, OrganisationClosure
from webapp.registration.models import Application, Entry, Participation, ReviewDecision
from webapp.stages.models import StageAdmission

LEVELS = ("unit", "county", "city", "industry", "province", "organiser")
FINISH = 60


@dataclass
class Crowd:
    """The contest, its tree and its three busy events. tree: name -> organisation."""

    contest: Contest
    events: list[Event]
    tree: dict[str, Organisation]
    stages: dict[tuple[int, str], Stage]
    exams: dict[int, Exam] = field(default_factory=dict)


def make_crowd(session: Session, people: int = 60, seed: int = 7) -> Crowd:
    """People who have applied for one to three events and have come somewhere."""
    chance = random.Random(seed)
    crowd = _stand(session)
    units = [one for one in crowd.tree.values() if one.kind == "unit"]
    for number in range(people):
        unit = chance.choice([*units, crowd.tree["county"], None])
        person = make_person(unit=unit)
        for event in chance.sample(crowd.events, chance.choice((1, 1, 2, 3))):
            home = chance.choice((unit, unit, chance.choice(units)))
            apply(session, crowd, chance, person.id, event, home, number)
    session.commit()
    return crowd


def _stand(session: Session) -> Crowd:
    text = (ROOT / "webapp/contests/definitions/jilin-5.toml").read_text(encoding="utf-8")
    loaded = load_contest(text, "jilin-5.toml")
    province = make_organisation("示例省总工会", level="province", industry="")
    city = make_organisation("示例市总工会", province, level="city")
    county = make_organisation("示例县总工会", city, level="county")
    other = make_organisation("邻市总工会", province, level="city")
    tree = {"province": province, "city": city, "county": county, "other": other}
    for name, parent, industry in (
        ("firm-1", county, "machines"), ("firm-2", county, "power"), ("firm-3", city, "machines"),
        ("firm-4", other, ""), ("firm-5", other, "power"),
    ):  # fmt: skip
        tree[name] = make_organisation(name, parent, kind="unit", level="unit", industry=industry)
    contest = session.get_one(Contest, loaded.contest_id)
    codes = ("welding", "electrician", "logistics")
    events = list(session.scalars(select(Event).where(Event.contest_id == contest.id, Event.code.in_(codes))))
    stages = {
        (one.event_id, one.code): one
        for one in session.scalars(select(Stage).where(Stage.event_id.in_([event.id for event in events])))
    }
    return Crowd(contest, events, tree, stages)


def apply(
    session: Session,
    crowd: Crowd,
    chance: random.Random,
    person_id: int,
    event: Event,
    unit: Any,
    number: int,
) -> None:
    state = chance.choices(
        ("invited", "in_review", "returned", "refused", "withdrawn", "confirmed"), (1, 3, 1, 1, 2, 12)
    )[0]
    chain = [
        {"level": level, "organisation_id": None}
        for level in LEVELS
        if level == "organiser" or chance.random() < 0.7
    ]
    step = len(chain) - 1 if state == "confirmed" else chance.randrange(len(chain))
    at = clock.now() - timedelta(days=chance.randrange(10), hours=1)
    application = Application(
        person_id=person_id, event_id=event.id, contest_id=crowd.contest.id, unit_id=unit.id if unit else None,
        state=state, chain=chain, step=step, submitted_at=None if state == "invited" else at, step_since=at,
        awaiting_organisation_id=crowd.tree["city"].id if state == "in_review" else None,
    )  # fmt: skip
    if chance.random() < 0.1:
        session.add(
            Application(
                person_id=person_id, event_id=event.id, contest_id=crowd.contest.id,
                unit_id=crowd.tree["firm-1"].id, state="refused", chain=chain, step=0, submitted_at=at,
            )
        )  # fmt: skip
        session.flush()
    session.add(application)
    session.flush()
    gone = state == "withdrawn" and chance.random() < 0.5
    if gone:
        application.step = len(chain) - 1
        session.add(
            ReviewDecision(
                application_id=application.id, revision=1, step=application.step, level="organiser",
                decision="confirm", reviewer_account_id=chance.randrange(1, 4), at=at,
            )
        )  # fmt: skip
    if state == "confirmed" or gone:
        _take_part(session, crowd, chance, application, "withdrawn" if gone else "active")


def _take_part(
    session: Session, crowd: Crowd, chance: random.Random, application: Application, state: str
) -> None:
    taking = Participation(
        person_id=application.person_id, event_id=application.event_id, contest_id=application.contest_id,
        application_id=application.id, unit_id=application.unit_id, number=f"{application.id:06d}", state=state,
    )  # fmt: skip
    session.add(taking)
    session.flush()
    entry = Entry(event_id=application.event_id, participation_id=taking.id)
    session.add(entry)
    session.flush()
    at = clock.now()
    if chance.random() < 0.7:
        _learn(session, chance, taking)
    exam = _exam(session, crowd, application.event_id)
    if chance.random() < 0.6:
        attempt = Attempt(
            exam_id=exam.id, participation_id=taking.id, paper=[], sections=[], option_seed=b"", draw_version=1,
            paper_digest="",
        )  # fmt: skip
        session.add(attempt)
        session.flush()
        handed_in = chance.random() < 0.8
        session.add(
            Sheet(
                attempt_id=attempt.id, exam_id=exam.id, participation_id=taking.id, person_id=taking.person_id,
                state="graded" if handed_in else "open", answers=[], seqs=[], flags=[], grace_s=0, started_at=at,
                submitted_at=at if handed_in else None,
            )
        )  # fmt: skip
        if handed_in:
            _rank(session, crowd, chance, taking, entry)


def _learn(session: Session, chance: random.Random, taking: Participation) -> None:
    session.add(
        WatchProgress(
            participation_id=taking.id, lesson_id=1, file_digest="a", length_s=600,
            credited_s=chance.randrange(600), enough_at=clock.now() if chance.random() < 0.5 else None,
        )
    )  # fmt: skip
    if chance.random() < 0.5:
        session.add(
            Reading(participation_id=taking.id, lesson_id=1, opened_at=clock.now(), done_at=clock.now())
        )
    for part in range(chance.randrange(4)):
        session.add(
            PointEntry(
                contest_id=taking.contest_id, participation_id=taking.id, source_kind="test", source_id=str(part),
                points=chance.choice((10, 60)),
            )
        )  # fmt: skip


def _rank(session: Session, crowd: Crowd, chance: random.Random, taking: Participation, entry: Entry) -> None:
    first, last = crowd.stages[taking.event_id, "preliminary"], crowd.stages[taking.event_id, "final"]
    _stand_on(session, first, entry)
    if chance.random() < 0.5:
        state = chance.choice(("invited", "admitted", "confirmed", "declined", "replaced"))
        session.add(
            StageAdmission(
                stage_id=last.id, entry_id=entry.id, origin="promotion", state=state, position=entry.id,
                created_at=clock.now(),
            )
        )  # fmt: skip
        if state == "admitted":
            _stand_on(session, last, entry)
            _award(session, taking, entry, last, granted=chance.random() < 0.5)
    if chance.random() < 0.5:
        made = Certificate(
            serial=f"T{taking.id}", stage_id=first.id, entry_id=entry.id, participation_id=taking.id,
            person_id=taking.person_id, award_code="test", issue_number=1, facts={}, digest="", template_version="1",
            contest_version_id=1,
        )  # fmt: skip
        session.add(made)
        session.flush()
        if chance.random() < 0.2:
            session.add(CertificateRevocation(certificate_id=made.id, reason="test", revoked_by_account_id=1))


def _stand_on(session: Session, stage: Stage, entry: Entry) -> None:
    session.add(
        Standing(
            stage_id=stage.id,
            entry_id=entry.id,
            combined=1,
            sort_key=b"%d" % entry.id,
            tie_key=b"",
            derivation={},
        )
    )


def _award(session: Session, taking: Participation, entry: Entry, stage: Stage, *, granted: bool) -> None:
    found = session.scalars(select(AwardList).where(AwardList.stage_id == stage.id)).one_or_none()
    if found is None:
        kept = BoardSnapshot(stage_id=stage.id, number=1, kind="final", rows=[], digest="test")
        session.add(kept)
        session.flush()
        version = session.scalars(select(ContestVersion.id)).first()
        found = AwardList(
            stage_id=stage.id, number=1, state="decided", snapshot_id=kept.id, contest_version_id=version,
            digest="test", derived_at=clock.now(),
        )  # fmt: skip
        session.add(found)
        session.flush()
    session.add(
        AwardLine(
            list_id=found.id, position=entry.id, award_code="gold", entry_id=entry.id, person_id=taking.person_id,
            rank=1, state="candidate", why=[], decision="granted" if granted else "declined",
            decision_reason="test",
        )
    )  # fmt: skip


def _exam(session: Session, crowd: Crowd, event_id: int) -> Exam:
    if event_id not in crowd.exams:
        made = make_exam(crowd.stages[event_id, "preliminary"])
        crowd.exams[event_id] = session.get_one(Exam, made)
    return crowd.exams[event_id]


Sets = dict[str, set[tuple[int, int]]]
Pairs = dict[int, tuple[int, int]]


def counted(session: Session) -> tuple[Sets, dict[tuple[int, int], int | None]]:
    """Step -> {(person, event)}, and the unit of each pair: read row by row, with none of the program's SQL."""
    newest: dict[tuple[int, int], Application] = {}
    for one in session.scalars(select(Application).order_by(Application.id)):
        newest[one.person_id, one.event_id] = one
    taking = {one.id: one for one in session.scalars(select(Participation))}
    pair = {key: (one.person_id, one.event_id) for key, one in taking.items()}
    entries = {
        one.id: pair[one.participation_id] for one in session.scalars(select(Entry)) if one.participation_id
    }
    found: Sets = defaultdict(set)
    found["registered"] = set(newest)
    found["sent"] = {key for key, one in newest.items() if one.submitted_at is not None}
    final = {(one.application_id, one.step) for one in session.scalars(select(ReviewDecision))}
    for key, one in newest.items():
        through = one.state == "confirmed" or (one.state == "withdrawn" and (one.id, one.step) in final)
        if through:
            found["confirmed"].add(key)
        for level in LEVELS:
            waits_at = LEVELS.index(one.chain[one.step]["level"])
            if through or (key in found["sent"] and LEVELS.index(level) < waits_at):
                found[f"level:{level}"].add(key)
    _count_work(session, found, pair, entries)
    revoked = set(session.scalars(select(CertificateRevocation.certificate_id)))
    for certificate in session.scalars(select(Certificate)):
        if certificate.id not in revoked:
            found["certified"].add(pair[certificate.participation_id])
    return found, {key: one.unit_id for key, one in newest.items()}


def _count_work(session: Session, found: Sets, pair: Pairs, entries: Pairs) -> None:
    """What people did, from learning to awards."""
    points: dict[int, int] = defaultdict(int)
    for entry in session.scalars(select(PointEntry)):
        points[entry.participation_id] += int(entry.points)
    begun = (WatchProgress.participation_id, Reading.participation_id, PointEntry.participation_id)
    for column in begun:
        found["learning-begun"] |= {pair[one] for one in session.scalars(select(column))}
    found["learning-finished"] = {pair[key] for key, total in points.items() if total >= FINISH}
    for sheet in session.scalars(select(Sheet)):
        found["exam-started"].add(pair[sheet.participation_id])
        if sheet.submitted_at:
            found["submitted"].add(pair[sheet.participation_id])
    codes = {one.id: one.code for one in session.scalars(select(Stage))}
    for standing in session.scalars(select(Standing)):
        found["ranked"].add(entries[standing.entry_id])
        found[f"ranked:{codes[standing.stage_id]}"].add(entries[standing.entry_id])
    for place in session.scalars(select(StageAdmission)):
        if place.state in {"invited", "admitted", "confirmed"}:
            found[f"place:{codes[place.stage_id]}"].add(entries[place.entry_id])
    for line in session.scalars(select(AwardLine).where(AwardLine.decision == "granted")):
        found["awarded"].add(entries[line.entry_id])


def homes(session: Session) -> dict[int, int | None]:
    """Person -> the unit of their newest application."""
    found: dict[int, int | None] = {}
    for one in session.scalars(select(Application).order_by(Application.id)):
        found[one.person_id] = one.unit_id
    return found


def below(session: Session, organisation_id: int) -> set[int]:
    """The organisation and all below it."""
    return set(
        session.scalars(
            select(OrganisationClosure.descendant_id).where(
                OrganisationClosure.ancestor_id == organisation_id
            )
        )
    )
