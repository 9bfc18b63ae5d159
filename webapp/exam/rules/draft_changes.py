"""What one blueprint says otherwise than another one, in words."""

from collections.abc import Iterator

from webapp.contests.rules.blueprint import Blueprint, Section
from webapp.core.words import N_, Message

COUNTING_WORDS = {
    "best": N_("the best attempt"),
    "last": N_("the last attempt"),
    "first": N_("the first attempt"),
}
LAYOUT_WORDS = {"whole": N_("all questions on one page"), "single": N_("one question at a time")}
RELEASE_WORDS = {"never": N_("never"), "after_close": N_("after the exam has closed")}


def differences(before: Blueprint, after: Blueprint) -> tuple[Message, ...]:
    """One sentence a change, in the order of the form; nothing when both say the same."""
    return (*_of_paper(before, after), *_of_sections(before, after))


def _of_paper(before: Blueprint, after: Blueprint) -> Iterator[Message]:
    pairs: tuple[tuple[str, object, object], ...] = (
        (N_("Bank: %(before)s → %(after)s"), before.bank, after.bank),
        (N_("Minutes: %(before)s → %(after)s"), before.duration_s // 60, after.duration_s // 60),
        (N_("Seconds of grace: %(before)s → %(after)s"), before.grace_s, after.grace_s),
        (N_("Attempts: %(before)s → %(after)s"), before.attempts_allowed, after.attempts_allowed),
        (
            N_("What counts: %(before)s → %(after)s"),
            _word(COUNTING_WORDS, before.counting_attempt),
            _word(COUNTING_WORDS, after.counting_attempt),
        ),
        (
            N_("Keys are shown: %(before)s → %(after)s"),
            _word(RELEASE_WORDS, before.key_release),
            _word(RELEASE_WORDS, after.key_release),
        ),
        (
            N_("Layout: %(before)s → %(after)s"),
            _word(LAYOUT_WORDS, before.layout),
            _word(LAYOUT_WORDS, after.layout),
        ),
        (N_("Topics of the paper: %(before)s → %(after)s"), _topics(before), _topics(after)),
        (N_("Band of difficulty: %(before)s → %(after)s"), _band(before), _band(after)),
    )
    for text, old, new in pairs:
        if old != new:
            yield Message(text, {"before": old, "after": new})


def _of_sections(before: Blueprint, after: Blueprint) -> Iterator[Message]:
    old = {section.key: section for section in before.sections}
    new = {section.key: section for section in after.sections}
    for key, section in old.items():
        if key not in new:
            yield Message(N_("%(title)s: taken out"), {"title": section.title})
    for key, section in new.items():
        if key not in old:
            params = {"title": section.title, "count": section.count, "mark": section.mark}
            yield Message(N_("%(title)s: new, %(count)s × %(mark)s"), params)
        else:
            yield from _of_section(old[key], section)
    if [key for key in old if key in new] != [key for key in new if key in old]:
        yield Message(N_("The sections stand in another order."))


def _of_section(old: Section, new: Section) -> Iterator[Message]:
    title = {"title": new.title if new.title.zh else old.title}
    if (old.count, old.mark) != (new.count, new.mark):
        yield Message(
            N_("%(title)s: %(count)s × %(mark)s → %(then)s × %(worth)s"),
            {**title, "count": old.count, "mark": old.mark, "then": new.count, "worth": new.mark},
        )
    if old.question_type != new.question_type:
        yield Message(N_("%(title)s: another type of questions"), title)
    if _kinds(old) != _kinds(new) or (old.count == new.count and old.cells != new.cells):
        yield Message(N_("%(title)s: other topics, difficulties or numbers"), title)
    if _marking(old) != _marking(new):
        yield Message(N_("%(title)s: marked otherwise"), title)
    if _manner(old) != _manner(new):
        yield Message(N_("%(title)s: another title, order or time"), title)


def _kinds(section: Section) -> list[tuple[str | None, str | None]]:
    return [(cell.topic, cell.difficulty) for cell in section.cells]


def _marking(section: Section) -> tuple[object, ...]:
    return section.marking_rule, section.per_pick_mark, section.wrong_true_false_mark, section.marking


def _manner(section: Section) -> tuple[object, ...]:
    shuffles = section.shuffle_questions, section.shuffle_options
    return section.title, *shuffles, section.forward_only, section.duration_s


def _topics(blueprint: Blueprint) -> str | Message:
    return ", ".join(blueprint.topics) or Message(N_("all topics"))


def _band(blueprint: Blueprint) -> str | Message:
    fairness = blueprint.fairness
    if fairness is None or not fairness.has_band:
        return Message(N_("no band"))
    return f"{fairness.lowest}–{fairness.highest}"


def _word(words: dict[str, str], code: str) -> Message:
    return Message(words.get(code, code))
