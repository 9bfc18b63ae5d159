"""Learning: credits through the ledger's door on the days of the window, under all caps."""

from datetime import timedelta

from webapp.contests import queries as contests
from webapp.contests.queries import StageView
from webapp.contests.rules.schema import ActivityKind
from webapp.core.transaction import transaction
from webapp.courses import queries as courses
from webapp.learning.service.learners import of_event
from webapp.learning.service.ledger import credit
from webapp.rehearsal.people import Trait, contestants
from webapp.rehearsal.play import EventPlay, Play, StepReport

LESSONS = 6
"""So many things somebody does for points; all there are with --full."""


def play(play: Play, event: EventPlay, stage: StageView | None) -> StepReport | None:
    """Everybody but a few learns some lessons of the event's courses."""
    if event.profile.learning is None:
        return None
    window = play.contest.window(event.rules, event.profile.learning.window)
    if window is None:
        return StepReport("learning", "", event.code, problems=[f"{event.code}: no window for learning"])
    view = contests.event_by_id(event.event_id, window.opens_at)
    lessons = [one for course in courses.courses_of_event(event.event_id) for one in course.lessons]
    people = [one for one in contestants(play, event) if one.is_active]
    report = StepReport("learning", "", event.code, people_in=len(people))
    credits_made = 0
    for one in people:
        if one.invented.trait is Trait.NEVER_LEARNS or one.participation_id is None:
            continue
        chance = play.chance("learning", one.invented.serial)
        learner = of_event(one.participation_id, one.person_id, view, window.opens_at)
        for nth, lesson in enumerate(lessons if play.full else lessons[:LESSONS]):
            if chance.random() > one.invented.skill:
                continue
            at = play.travel(
                window.opens_at + timedelta(days=nth % 18, hours=12, minutes=chance.randrange(400))
            )
            kind = ActivityKind(lesson.kind.value)
            with transaction():
                source = "drill" if kind is ActivityKind.DRILL else "lesson"
                given = credit(learner, kind, source, str(lesson.lesson_id), now=at)
            credits_made += given.points > 0
        report.people_out += 1
    report.facts = {"credits": credits_made}
    play.work()
    return report
