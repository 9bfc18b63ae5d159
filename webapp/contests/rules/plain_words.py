"""The rules of an event in plain words, made from the data: no sentence about a number stands in a template."""

from dataclasses import dataclass

from webapp.contests.rules.blueprint import Section
from webapp.contests.rules.carried import source_stage
from webapp.contests.rules.schema import Contest, EventRules, Profile, Stage
from webapp.core.words import N_, Message

COMPONENT_WORDS = {
    "learning": N_("learning points"),
    "theory": N_("theory exam"),
    "practical": N_("practical part"),
}
BREAKER_WORDS = {
    "learning": N_("the higher learning score"),
    "theory": N_("the higher theory score"),
    "practical": N_("the higher practical score"),
    "time_used": N_("the shorter time used"),
    "submitted_at": N_("the earlier submission"),
}
CUT_WORDS = {
    "all_tied": N_("Everybody tied at the cut goes on."),
    "none_tied": N_("Nobody tied at the cut goes on."),
    "ordinal": N_("The quota is kept exactly, by the order above."),
}
BOARD_WORDS = {
    "at_once": N_("Everybody may see the leaderboard at once, with names shortened."),
    "recheck": N_(
        "The leaderboard opens to everybody after the eligibility re-check; your own place you see at any time."
    ),
    "publication": N_(
        "The leaderboard opens to everybody when the list is published; your own place you see at any time."
    ),
    "never": N_("The leaderboard is for the host only; your own place you see at any time."),
}


TOPIC_WORDS = {
    "eligibility": N_("who may enter"),
    "certificates": N_("certificates"),
    "recuperation": N_("recuperation"),
    "weights": N_("weights"),
    "awards": N_("awards"),
}
"""What a class of events may leave open."""

MARKING_WORDS = {
    "all_or_nothing": N_("Full marks only when the whole answer is right."),
    "half_for_subset": N_("Half the marks when some right options are missing and none is wrong."),
    "per_pick": N_("%(mark)s marks for each right option; none when one is wrong."),
    "proportional": N_("A share of the marks for each right option; none when one is wrong."),
    "weights": N_("Each option has its own weight; never below 0."),
}


@dataclass(frozen=True)
class Line:
    """One rule: its heading and its sentences."""

    heading: Message
    sentences: tuple[Message, ...]


def rules_in_words(contest: Contest, event: EventRules) -> tuple[Line, ...]:
    """What a contestant needs to know about an event, in reading order."""
    profile = contest.profile_of(event)
    lines = [Line(Message(N_("Who may take part")), _who(profile, event))]
    for stage in profile.stages:
        if stage.components:
            lines.append(
                Line(
                    Message(N_("%(stage)s: how it is scored"), {"stage": _title(stage)}),
                    _scoring(profile, stage),
                )
            )
    return tuple(lines)


def marking_in_words(section: Section) -> Message:
    """How one question of a section is marked. Rules: FORMATS section 14."""
    if section.wrong_true_false_mark < 0:
        return Message(
            N_("A wrong answer takes off %(mark)s; an empty one nothing; the part never goes below 0."),
            {"mark": str(-section.wrong_true_false_mark)},
        )
    if section.question_type == "essay":
        return Message(
            N_("Two judges mark each answer without knowing who wrote it; a third decides where they differ.")
        )
    if section.question_type == "fill" and section.marking_rule == "all_or_nothing":
        return Message(N_("Every right blank brings its share of the mark."))
    params = {"mark": str(section.per_pick_mark)} if section.marking_rule == "per_pick" else {}
    return Message(MARKING_WORDS[section.marking_rule], params)


def _title(stage: Stage) -> Message:
    """A stage's title is a pair of texts; the edge picks one."""
    return Message("%(text)s", {"text": stage.title})


def _who(profile: Profile, event: EventRules) -> tuple[Message, ...]:
    found = [
        Message("%(text)s", {"text": rule.note})
        for rule in profile.eligibility
        if rule.note.zh and (not rule.classes or event.event_class in rule.classes)
    ]
    if (day := profile.in_service_on(event)) is not None:
        found.append(
            Message(N_("Whether somebody is in service is judged on %(day)s."), {"day": day.isoformat()})
        )
    if not profile.needs_unit:
        found.append(Message(N_("Everybody may take part; no unit is needed.")))
    if profile.review_levels or profile.organiser_confirms:
        found.append(
            Message(
                N_(
                    "Your union confirms the registration level by level, then the organiser; only the confirmed take part."
                )
            )
        )
    return tuple(found)


def _component(profile: Profile, key: str) -> Message:
    """What a component is called; one that is carried over goes by the stage it comes from."""
    source = source_stage(key)
    if source:
        return Message(N_("%(stage)s, carried over"), {"stage": profile.stage(source).title})
    return Message(COMPONENT_WORDS[key])


def _scoring(profile: Profile, stage: Stage) -> tuple[Message, ...]:
    sentences = [
        Message(
            N_("%(weight)s %% %(component)s"),
            {"weight": f"{component.weight_pct:f}", "component": _component(profile, component.key)},
        )
        for component in stage.components
    ]
    if stage.exam is not None:
        sentences.append(
            Message(
                N_(
                    "The exam has %(questions)s questions and lasts %(minutes)s minutes; %(attempts)s attempts."
                ),
                {
                    "questions": stage.exam.question_count,
                    "minutes": stage.exam.duration_s // 60,
                    "attempts": stage.exam.attempts_allowed,
                },
            )
        )
    if stage.quota:
        sentences.append(Message(N_("The best %(quota)s are listed or go on."), {"quota": stage.quota}))
    elif stage.quota_undecided:
        sentences.append(Message(N_("How many go on: to be decided by the host.")))
    if stage.exam is not None:
        breakers = tuple(Message(BREAKER_WORDS[breaker]) for breaker in stage.rank.breakers)
        if breakers:
            sentences.append(
                Message(N_("At equal scores counts, in this order: %(breakers)s."), {"breakers": breakers})
            )
        sentences.append(Message(CUT_WORDS[stage.rank.cut]))
        sentences.append(Message(BOARD_WORDS[stage.board.public_from]))
    return tuple(sentences)
