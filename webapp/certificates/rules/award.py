"""Which certificates of a profile a participation has earned."""

from dataclasses import dataclass

from webapp.contests.rules.schema import Award, EventClass, Learning, Profile
from webapp.core.words import N_, Message

CERTIFICATE = "certificate"
FINISHED = "finished"
LAST_RANK = 1_000_000
"""What a file's reader puts where a band has no end."""
WITH_CERTIFICATE = ("honour", "cash", "medal")
"""Kinds of awards that people give and that a paper or a document goes with. Recuperation is a list for the unions;
certificates of skill levels are made by the authority that the list of promotions goes to."""
REACHED = ("learning", "exam")
"""Conditions that this program can check; each asks for FINISHED."""


@dataclass(frozen=True)
class Reached:
    """What a participation has reached in a stage.

    rank, goes_on: on the stage's final list; None: there is none yet, or it does not say."""

    learning_finished: bool = False
    exam_finished: bool = False
    rank: int | None = None
    goes_on: bool | None = None


def certificates(profile: Profile, stage_code: str) -> tuple[Award, ...]:
    """The awards of a stage that are certificates, in the order of the file."""
    return tuple(award for award in profile.awards if award.kind == CERTIFICATE and award.stage == stage_code)


def certified(profile: Profile, stage_code: str) -> tuple[Award, ...]:
    """The awards of a stage that a certificate goes with: certificates of the file, and what people give."""
    return tuple(
        award
        for award in profile.awards
        if award.stage == stage_code and (award.kind == CERTIFICATE or may_have_certificates(award))
    )


def may_have_certificates(award: Award) -> bool:
    """Whether certificates of an award that people give can be issued here."""
    return award.kind in WITH_CERTIFICATE


def applies_to(award: Award, event_class: str) -> bool:
    """Whether an award is meant for events of this class; without classes it is for all."""
    return not award.classes or event_class in award.classes


def needs_list(award: Award) -> bool:
    """Whether an award waits for the stage's final list: it names ranks, or no condition at all."""
    return award.rank_from > 1 or award.rank_to < LAST_RANK or not award.conditions


def is_for_going_on(award: Award, quota: int | None) -> bool:
    """Whether the band is that of the people who go on: it ends where the quota ends."""
    return quota is not None and award.rank_from == 1 and award.rank_to == quota


def template_of(award: Award, quota: int | None) -> str:
    """The name of the look, as the file chooses it; else 2-honour for what people give, 2-promotion for going on, 2-rank, 2-participation.

    Source: CONTESTS 1 (participation, promotion and rank certificates, medals)."""
    if award.look != "by-kind":
        return f"2-{award.look}"
    if award.kind != CERTIFICATE:
        return "2-honour"
    if not needs_list(award):
        return "2-participation"
    return "2-promotion" if is_for_going_on(award, quota) else "2-rank"


def due(award: Award, reached: Reached, quota: int | None = None) -> bool:
    """Whether a certificate is due. Every named condition must hold; one that is not known never does.

    Bands take ranks as the list shows them: whoever shares rank 300 is within 1-300. Where the band is the
    quota and the list says who goes on, that decides: substitutes are in, who is tied at a cut that lets
    none of them through is out. Source: CONTESTS 1 (certificates)."""
    if award.kind != CERTIFICATE or unknown(award):
        return False
    if "learning" in award.conditions and not reached.learning_finished:
        return False
    if "exam" in award.conditions and not reached.exam_finished:
        return False
    if not needs_list(award):
        return True
    if reached.rank is None:
        return False
    if is_for_going_on(award, quota) and reached.goes_on is not None:
        return reached.goes_on
    return award.rank_from <= reached.rank <= award.rank_to


def unknown(award: Award) -> tuple[str, ...]:
    """The conditions of an award that this program cannot check, as 'name = value'."""
    return tuple(
        f"{name} = {value}"
        for name, value in sorted(award.conditions.items())
        if name not in REACHED or value != FINISHED
    )


def obstacles(award: Award, learning: Learning | None, event_class: EventClass | None) -> tuple[Message, ...]:
    """Why no such certificate can be issued, whatever people reach; empty when nothing stands in the way."""
    found = [
        Message(N_("The condition “%(condition)s” cannot be checked here."), {"condition": one})
        for one in unknown(award)
    ]
    if award.conditions.get("learning") == FINISHED and (
        learning is None or learning.finished_points is None
    ):
        found.append(Message(N_("The file does not say from how many points on learning is finished.")))
    if event_class is not None and "certificates" in event_class.undecided:
        found.append(Message(N_("The host has not decided on certificates for this class of events.")))
    return tuple(found)
