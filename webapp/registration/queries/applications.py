"""Applications of one person, and what stands about the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from webapp.access.principal import Principal
from webapp.accounts import queries as people
from webapp.contests.models import Event
from webapp.core.clock import datetime
from webapp.core.db import db
from webapp.core.words import Message
from webapp.organisations import queries as organisations
from webapp.registration.errors import ApplicationGone
from webapp.registration.models import Application, Participation, ReviewDecision
from webapp.registration.rules.eligibility import Holding, Occupation, PersonFacts, Track
from webapp.registration.rules.review import FINAL, Link, Node, State, read_chain
from webapp.registration.rules.winners import Win


@dataclass(frozen=True)
class Answers:
    """What the person says on the form: occupation, and the declarations that apply."""

    occupation: Occupation | None = None
    declared: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """What the application's row keeps."""
        return {
            "occupation": self.occupation.value if self.occupation else "",
            "declared": sorted(self.declared),
        }


def answers_of(application: Application) -> Answers:
    """What the person said when applying."""
    occupation = application.facts.get("occupation")
    return Answers(
        Occupation(occupation) if occupation else None, frozenset(application.facts.get("declared", ()))
    )


@dataclass(frozen=True)
class Place:
    """Where a person's unit stands at this moment: the nodes above it and their codes."""

    unit_id: int | None
    is_open: bool
    nodes: tuple[Node, ...]
    codes: frozenset[str]

    def facts(
        self, answers: Answers, card: people.PersonCard | None = None, wins: tuple[Win, ...] = ()
    ) -> PersonFacts:
        """What the rules of entry look at."""
        return PersonFacts(
            self.unit_id,
            self.codes,
            answers.occupation,
            self.is_open,
            answers.declared,
            card.born_on if card else None,
            card.sex if card else "",
            wins,
        )


@dataclass(frozen=True)
class StepView:
    """One link of the chain as a person or a reviewer sees it.

    outcome: 'confirm', 'return', 'refuse', 'waiting' (now), 'ahead' (later)."""

    level: str
    organisation: str
    outcome: str
    reason: str = ""
    at: datetime | None = None
    reviewer: str = ""


def place_of(unit_id: int | None) -> Place:
    """The unit with all above it; empty for a person without unit."""
    if unit_id is None:
        return Place(None, True, (), frozenset())
    rows = organisations.ancestors(unit_id)
    return Place(
        unit_id,
        bool(rows) and rows[0].is_open,
        tuple(Node(row.id, row.level) for row in rows),
        frozenset(code for row in rows for code in (row.code, row.region) if code),
    )


def holdings(person_id: int, contest_id: int, trades: Mapping[int, str] | None = None) -> tuple[Holding, ...]:
    """The person's applications in a contest, as the rules see them. trades: by event, where they matter."""
    rows = db.session.execute(_HOLDINGS, {"person_id": person_id, "contest_id": contest_id})
    known = trades or {}
    return tuple(
        Holding(row.event_id, Track(row.track), State(row.state), known.get(row.event_id, "")) for row in rows
    )


_HOLDINGS = (
    select(Application.event_id, Event.track, Application.state)
    .join(Event, Event.id == Application.event_id)
    .where(Application.person_id == bindparam("person_id"), Application.contest_id == bindparam("contest_id"))
)


def own(who: Principal, application_id: int, *, lock: bool = False) -> Application:
    """An application of the person who asks. Raise ApplicationGone for any other id."""
    query = select(Application).where(
        Application.id == application_id, Application.person_id == who.person_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise ApplicationGone
    return found


def live(person_id: int, event_id: int, *, lock: bool = False) -> Application | None:
    """The person's application for an event that is neither refused nor withdrawn."""
    query = select(Application).where(
        Application.person_id == person_id,
        Application.event_id == event_id,
        Application.state.not_in(FINAL),
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).one_or_none()


def of_person(person_id: int) -> list[Application]:
    """All applications of a person, the newest first."""
    return list(
        db.session.scalars(
            select(Application).where(Application.person_id == person_id).order_by(Application.id.desc())
        )
    )


def decisions_of(application_ids: list[int]) -> dict[int, list[ReviewDecision]]:
    """The decisions of each application, oldest first."""
    found: dict[int, list[ReviewDecision]] = {}
    if not application_ids:
        return found
    rows = db.session.scalars(
        select(ReviewDecision)
        .where(ReviewDecision.application_id.in_(application_ids))
        .order_by(ReviewDecision.id)
    )
    for row in rows:
        found.setdefault(row.application_id, []).append(row)
    return found


def numbers_of(person_id: int) -> dict[int, Participation]:
    """The person's participations by event, those still in review included."""
    rows = db.session.scalars(
        select(Participation).where(
            Participation.person_id == person_id, Participation.state.in_(("active", "provisional"))
        )
    )
    return {row.event_id: row for row in rows}


def steps(
    application: Application,
    decisions: list[ReviewDecision],
    names: dict[int, tuple[str, ...]],
    reviewers: dict[int, str] | None = None,
) -> tuple[StepView, ...]:
    """The chain with what was decided at each link in the present revision."""
    decided = {row.step: row for row in decisions if row.revision == application.revision}
    views = []
    for place, link in enumerate(read_chain(application.chain)):
        row = decided.get(place)
        waiting = application.state == State.IN_REVIEW and place == application.step
        views.append(
            StepView(
                link.level,
                organisation_name(link, names),
                row.decision if row else "waiting" if waiting else "ahead",
                row.reason if row else "",
                row.at if row else application.step_since if waiting else None,
                (reviewers or {}).get(row.reviewer_account_id or 0, "") if row else "",
            )
        )
    return tuple(views)


def organisation_name(link: Link, names: dict[int, tuple[str, ...]]) -> str:
    """The name of the organisation that decides at a link, or nothing."""
    path = names.get(link.organisation_id or 0, ())
    return path[-1] if path else ""


def warnings_of(application: Application) -> tuple[Message, ...]:
    """The warnings that stand with an application, as messages."""
    return tuple(_message(item) for item in application.warnings)


def open_warnings(application: Application) -> int:
    """How many warnings no reviewer has excepted with a reason yet."""
    excepted = {item["code"] for item in application.facts.get("excepted", [])}
    return sum(item["code"] not in excepted for item in application.warnings)


def _message(item: dict[str, Any]) -> Message:
    params = {
        name: Message(value["msgid"]) if isinstance(value, dict) and "msgid" in value else value
        for name, value in item.get("params", {}).items()
    }
    return Message(item["text"], params)


def unit_of(person_id: int) -> int | None:
    """The person's present unit."""
    return people.card(person_id).unit_id
