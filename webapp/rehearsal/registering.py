"""Registering: everybody signs up and applies while the window is open; some may not, some withdraw."""

from datetime import timedelta

from webapp.access.principal import Principal
from webapp.accounts.service import passwords, people
from webapp.contests.queries import StageView
from webapp.core.clock import datetime
from webapp.core.errors import DomainError
from webapp.core.transaction import transaction
from webapp.demo.rules import PASSWORD
from webapp.registration.queries.applications import Answers
from webapp.registration.rules.eligibility import DECLARED, Occupation
from webapp.registration.service import applying
from webapp.rehearsal import entering
from webapp.rehearsal.people import Invented, Trait, everybody
from webapp.rehearsal.play import EventPlay, Play, StepReport

SHARE = 0.3
"""Registering takes the first part of its window: where it is also that of the exam, the rest is left for that."""


def gives_numbers(play: Play) -> bool:
    """Whether some people have a number at once: nobody reviews them, or they may learn before the review."""
    return any(
        (not profile.review_levels and not profile.organiser_confirms)
        or profile.track == "popularisation"
        or (profile.learning is not None and profile.learning.may_be_provisional)
        for profile in play.contest.profiles
    )


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport:
    """Everybody of the event, one after the other through the first part of the window."""
    report = StepReport("registering", "", event.code, people_in=event.people)
    window = play.contest.registration(event.rules)
    assert window is not None, "events without a window are not played"
    password = passwords.hash_password(PASSWORD)
    span = (window.closes_at - window.opens_at) * SHARE
    refused = withdrawn = 0
    codes = entering.put_forward(play, event, window.opens_at)
    for one in everybody(play, event):
        at = play.travel(window.opens_at + span * ((one.position + 1) / (event.people + 1)))
        code = codes.get(one.position)
        who = (
            entering.first_sign_in(one, code, password, at)
            if code
            else _sign_up(play, event, one, password, at)
        )
        try:
            with transaction():
                applied = applying.apply(
                    event.event_id, who, answers=_answers(event, one), has_consented=True, now=at
                )
        except DomainError as error:
            refused += 1
            if one.trait is not Trait.INELIGIBLE:
                report.problems.append(f"{event.code}: position {one.position} may not apply: {error}")
            continue
        if one.trait is Trait.INELIGIBLE:
            report.problems.append(
                f"{event.code}: position {one.position} applied and should not have been let"
            )
        if one.trait is Trait.WITHDRAWS:
            with transaction():
                applying.withdraw(applied.application_id, who, at + timedelta(minutes=5))
            withdrawn += 1
    report.people_out = event.people - refused - withdrawn
    report.facts = {"may not enter": refused, "withdrawn": withdrawn, "by workbook": len(codes)}
    return report


def _sign_up(play: Play, event: EventPlay, one: Invented, password: str, at: datetime) -> Principal:
    has_unit = not (one.trait is Trait.INELIGIBLE and event.profile.needs_unit)
    unit = play.units[one.unit] if has_unit else None
    with transaction():
        new = people.NewPerson(one.name, one.document, one.phone, unit)
        account = people.sign_up(new, password, privacy=True, publication=True, now=at)
        return Principal(account.id, account.person_id, one.name, "rehearsal")


def _answers(event: EventPlay, one: Invented) -> Answers:
    """What the form says: who may not enter has declared something that the file refuses."""
    if one.trait is not Trait.INELIGIBLE:
        return Answers(Occupation.WORKER)
    hard = {rule.code for rule in event.profile.eligibility if rule.force == "hard"}
    return Answers(Occupation.STUDENT, frozenset(hard & set(DECLARED)))
