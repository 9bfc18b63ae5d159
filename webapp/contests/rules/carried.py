"""Carry-over: a component that takes what an earlier stage of the same event came to."""

from collections.abc import Sequence

CARRIED = "carried"


def carried_key(stage_code: str) -> str:
    """The key under which an earlier stage's combined score counts, for example carried:preliminary."""
    return f"{CARRIED}:{stage_code}"


def source_stage(component: str) -> str:
    """The code of the stage a component is carried from; '' for components of the stage itself."""
    kind, _, code = component.partition(":")
    return code if kind == CARRIED else ""


def replaces_exam(components: Sequence[str], exam_component: str) -> bool:
    """Whether a stage that has an exam needs none: it counts a score carried over, and not the exam's."""
    return bool(sources(components)) and exam_component not in components


def sources(components: Sequence[str]) -> dict[str, str]:
    """component key -> code of the earlier stage, for those that are carried."""
    return {key: source_stage(key) for key in components if source_stage(key)}
