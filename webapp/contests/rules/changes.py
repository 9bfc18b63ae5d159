"""What a new definition would change for people who already take part under the present one."""

from collections.abc import Iterator
from datetime import datetime

from webapp.contests.rules.schema import Contest, EventRules, Profile, Stage, Window
from webapp.core.words import N_, Message


def changes_in_use(old: Contest, new: Contest, now: datetime) -> tuple[Message, ...]:
    """Every rule that is in use at `now` and that `new` changes or drops, one sentence each.

    In use: registration, learning or a stage of the event has opened in `old`, over or not. Windows are not
    rules in this sense: an event may be postponed or extended. What is added changes nothing in use."""
    found: list[Message] = []
    for event in old.events:
        after = next((item for item in new.events if item.code == event.code), None)
        for text, params in _changed(old, event, new, after, now):
            found.append(Message(text, {"event": event.title, **params}))
    return tuple(found)


def _changed(
    old: Contest, event: EventRules, new: Contest, after: EventRules | None, now: datetime
) -> Iterator[tuple[str, dict[str, object]]]:
    before = old.profile_of(event)
    registered = _has_opened(old.registration(event), now)
    if after is None:
        if registered:
            yield N_("%(event)s: the event is taken out."), {}
        return
    profile = new.profile_of(after)
    if registered and _entry(before) != _entry(profile):
        yield N_("%(event)s: who may enter, or the review chain, changes."), {}
    if (
        before.learning
        and _has_opened(old.window(event, before.learning.window), now)
        and profile.learning != before.learning
    ):
        yield N_("%(event)s: what learning earns, or the points that make the full score, change."), {}
    for stage in before.stages:
        if _has_opened(old.window(event, stage.window), now):
            then = next((item for item in profile.stages if item.code == stage.code), None)
            for text in _stage_changes(old, event, stage, new, after, then):
                yield text, {"stage": stage.title}


def _stage_changes(
    old: Contest, event: EventRules, stage: Stage, new: Contest, after: EventRules, then: Stage | None
) -> Iterator[str]:
    if then is None:
        yield N_("%(event)s, %(stage)s: the stage is taken out.")
        return
    if stage.components != then.components:
        yield N_("%(event)s, %(stage)s: the weights change.")
    if old.blueprint(event, stage) != new.blueprint(after, then):
        yield N_("%(event)s, %(stage)s: the exam changes.")
    if (stage.quota, stage.rank) != (then.quota, then.rank):
        yield N_("%(event)s, %(stage)s: the quota or the order of equal scores changes.")
    if stage.board != then.board:
        yield N_("%(event)s, %(stage)s: what the public sees of the leaderboard changes.")


def _entry(profile: Profile) -> tuple[object, ...]:
    return (
        profile.review_levels,
        profile.organiser_confirms,
        profile.needs_unit,
        profile.events_per_person,
        tuple((rule.code, rule.force, rule.value) for rule in profile.eligibility),
    )


def _has_opened(window: Window | None, now: datetime) -> bool:
    return window is not None and window.opens_at <= now
