"""What must fit together between the stages of a profile: carry-over and attendance."""

from datetime import datetime

from webapp.contests.rules.carried import source_stage
from webapp.contests.rules.reader import Report
from webapp.contests.rules.schema import Contest, Profile, Stage
from webapp.core.words import N_, Message


def check_engine(contest: Contest, report: Report) -> None:
    """Report carried components without an earlier scored stage, and attendance that nobody could keep."""
    for number, profile in enumerate(contest.profiles):
        for position, stage in enumerate(profile.stages):
            place = f"profiles[{number}].stages[{position}]"
            _check_carried(profile, position, place, report)
            _check_attendance(contest, profile, stage, place, report)


def _check_carried(profile: Profile, position: int, place: str, report: Report) -> None:
    scored = {stage.code for stage in profile.stages[:position] if stage.components}
    for at, component in enumerate(profile.stages[position].components):
        source = source_stage(component.key)
        if component.key.startswith("carried") and source not in scored:
            report.add(
                f"{place}.components[{at}].from",
                "no-stage",
                Message(N_("There is no earlier stage of this code whose score could be carried over.")),
                source,
            )


def _check_attendance(contest: Contest, profile: Profile, stage: Stage, place: str, report: Report) -> None:
    """An hour by which people answer lies before the stage opens, for every event that has dates; of those that go
    by the profile's hour the first is named."""
    is_told = False
    for number, event in enumerate(contest.events):
        window = contest.window(event, stage.window)
        if event.profile != profile.code or window is None:
            continue
        own = event.attendance.get(stage.code)
        found = own or stage.attendance
        if found is None or not isinstance(found.confirm_by, datetime) or found.confirm_by <= window.opens_at:
            continue
        if own is None and is_told:
            continue
        is_told = is_told or own is None
        where = f"events[{number}].attendance.{stage.code}" if own else f"{place}.attendance"
        words = Message(N_("Attendance is confirmed before the stage opens, not after."))
        report.add(f"{where}.confirm_by", "attendance-late", words, event.code)
