"""Windows that fit badly: deadlines after what they are for, phases out of order, exams longer than their window.

Registration, learning and stages in the wrong order are found by check.py; stages that overlap by contradictions.py."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from webapp.contests.rules.campaigns import PHASES
from webapp.contests.rules.reader import Report
from webapp.contests.rules.schema import Contest, EventRules, Profile, Stage, Window
from webapp.contests.rules.window_names import REVIEW
from webapp.core.problems import ERROR, WARNING
from webapp.core.words import N_, Message
from webapp.core.working_days import WorkCalendar, lasting

Fault = tuple[str, str, str, str, str]
"""(window where it is told, the other window, code, severity, reason)."""


def check_times(contest: Contest, report: Report) -> None:
    """Report every window that fits badly to another; only what is decided counts."""
    _check_events(contest, report)
    _check_exams(contest, report)
    _check_attendance(contest, report)
    _check_notices(contest, report)
    _check_applications(contest, report)
    _check_campaigns(contest, report)
    _check_unused(contest, report)


def _check_events(contest: Contest, report: Report) -> None:
    told: set[tuple[str, str]] = set()
    for position, event in enumerate(contest.events):
        profile = contest.profile_of(event)
        if profile.track == "popularisation":
            continue
        for name, other, code, severity, reason in _faults(contest, event, profile):
            is_own = {name, other} & set(event.windows)
            place = f"events[{position}].windows" if is_own else f"windows.{name}"
            if (place, code) not in told:
                told.add((place, code))
                words = Message(reason, {"name": name, "other": other})
                report.add(place, code, words, event.code if is_own else "", severity=severity)


def _faults(contest: Contest, event: EventRules, profile: Profile) -> Iterator[Fault]:
    entry_name = profile.registration_window
    entry, review = contest.window(event, entry_name), contest.window(event, REVIEW)
    is_reviewed = bool(profile.review_levels) or profile.organiser_confirms
    first = profile.stages[0]
    opening = contest.window(event, first.window) if first.window != entry_name else None
    if is_reviewed and entry and review and review.closes_at < entry.closes_at:
        reason = N_("“%(name)s” ends before “%(other)s” does: nobody could be reviewed in time.")
        yield REVIEW, entry_name, "review-too-early", ERROR, reason
    if is_reviewed and review and opening and review.closes_at > opening.opens_at:
        reason = N_("“%(name)s” ends after “%(other)s” has opened: some would be confirmed too late.")
        yield REVIEW, first.window, "review-too-late", WARNING, reason
    if entry and opening and entry.closes_at > opening.opens_at:
        reason = N_("“%(name)s” is still open when “%(other)s” opens.")
        yield entry_name, first.window, "entry-during-stage", WARNING, reason
    if profile.learning is None:
        return
    earned_in = profile.learning.window
    learning = contest.window(event, earned_in)
    for stage in profile.stages:
        window = contest.window(event, stage.window)
        counts = any(component.key == "learning" for component in stage.components)
        if counts and learning and window and learning.closes_at > window.opens_at:
            reason = N_("“%(name)s” still earns points when “%(other)s”, which counts them, has opened.")
            yield earned_in, stage.window, "learning-during-stage", WARNING, reason


def _placed_stages(contest: Contest) -> Iterator[tuple[str, Profile, int, Stage]]:
    for number, profile in enumerate(contest.profiles):
        for position, stage in enumerate(profile.stages):
            yield f"profiles[{number}].stages[{position}]", profile, position, stage


def _windows(contest: Contest, profile: Profile, name: str) -> Iterator[tuple[EventRules, Window]]:
    """The decided windows of this name, of every event of the profile."""
    for event in contest.events:
        if event.profile == profile.code and (window := contest.window(event, name)) is not None:
            yield event, window


def _check_exams(contest: Contest, report: Report) -> None:
    """An exam that lasts longer than its window could be finished by nobody."""
    for place, profile, _position, stage in _placed_stages(contest):
        for event, window in _windows(contest, profile, stage.window):
            exam = contest.blueprint(event, stage)
            if exam is not None and window.opens_at + timedelta(seconds=exam.duration_s) > window.closes_at:
                reason = Message(N_("The exam lasts longer than its window is open."))
                report.add(f"{place}.exam.duration_min", "exam-too-long", reason, event.code)
                break


def _check_attendance(contest: Contest, report: Report) -> None:
    """Nobody can confirm a place before the stage that gives it has ended."""
    for place, profile, position, stage in _placed_stages(contest):
        if not position:
            continue
        earlier_name = profile.stages[position - 1].window
        before = {event.code: window for event, window in _windows(contest, profile, earlier_name)}
        for event, window in _windows(contest, profile, stage.window):
            earlier, rule = before.get(event.code), event.attendance.get(stage.code, stage.attendance)
            if earlier and rule and rule.confirm_at(window.opens_at) < earlier.closes_at:
                reason = Message(N_("Attendance would be confirmed before the stage before has ended."))
                where = f"{place}.attendance.confirm_by"
                report.add(where, "attendance-early", reason, event.code, severity=WARNING)
                break


def _check_notices(contest: Contest, report: Report) -> None:
    """A notice that is posted when its stage ends is over when the next stage opens; holidays are not looked at."""
    for place, profile, position, stage in _placed_stages(contest):
        if not stage.notice_working_days or position + 1 == len(profile.stages):
            continue
        following = {
            event.code: window
            for event, window in _windows(contest, profile, profile.stages[position + 1].window)
        }
        for event, window in _windows(contest, profile, stage.window):
            after = following.get(event.code)
            ends = lasting(window.closes_at, stage.notice_working_days, WorkCalendar()).ends_at
            if after is not None and ends > after.opens_at:
                reason = Message(
                    N_("The next stage opens before a notice of so many working days can be over.")
                )
                where = f"{place}.notice_working_days"
                report.add(where, "notice-too-long", reason, stage.notice_working_days, severity=WARNING)
                break


def _check_applications(contest: Contest, report: Report) -> None:
    """Whoever would host a stage applies before it opens, at least for one event."""
    hosting = contest.hosting
    window = contest.windows.get(hosting.window) if hosting is not None else None
    if hosting is None or window is None or "stage" not in hosting.offers:
        return
    wanted = {
        str(rule.value.get("stage"))
        for rule in contest.limits
        if rule.code == "hosting" and isinstance(rule.value, dict)
    }
    for _place, profile, _position, stage in _placed_stages(contest):
        opened = [found.opens_at for _event, found in _windows(contest, profile, stage.window)]
        if stage.code in wanted and opened and max(opened) <= window.opens_at:
            reason = Message(
                N_("Applications to host “%(stage)s” open after it has begun for every event."),
                {"stage": stage.title},
            )
            where = f"windows.{hosting.window}"
            report.add(where, "applications-too-late", reason, stage.code, severity=WARNING)
            return


def _check_campaigns(contest: Contest, report: Report) -> None:
    """Labour competitions: codes once, windows that exist, phases one after the other."""
    codes = [campaign.code for campaign in contest.campaigns]
    told: set[tuple[str, str]] = set()
    for at, campaign in enumerate(contest.campaigns):
        place = f"campaigns[{at}]"
        if campaign.code in codes[:at]:
            report.add(f"{place}.code", "code-twice", Message(N_("This code stands twice.")), campaign.code)
        names = [campaign.phases[phase] for phase in PHASES if phase in campaign.phases]
        for earlier, later in pairwise(names):
            first, second = contest.windows.get(earlier), contest.windows.get(later)
            if first and second and second.opens_at < first.closes_at and (earlier, later) not in told:
                told.add((earlier, later))
                words = N_("“%(later)s” opens before “%(earlier)s” closes: one phase follows the other.")
                reason = Message(words, {"later": later, "earlier": earlier})
                report.add(f"windows.{later}", "phases-overlap", reason, campaign.code)


def _check_unused(contest: Contest, report: Report) -> None:
    used = {REVIEW, contest.hosting.window if contest.hosting else ""}
    for profile in contest.profiles:
        used |= {profile.registration_window, *(stage.window for stage in profile.stages)}
        used |= {profile.learning.window} if profile.learning else set()
    for campaign in contest.campaigns:
        used |= set(campaign.phases.values())
    for name in contest.windows:
        if name not in used:
            reason = Message(N_("Nothing refers to this window."))
            report.add(f"windows.{name}", "window-unused", reason, name, severity=WARNING)
