"""From the material of an exam to evidence about single attempts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import log10
from typing import Any

from webapp.core.clock import SHANGHAI
from webapp.integrity.queries.material import Material, first_saves, focus_logs, missing_keys, sightings
from webapp.integrity.queries.snapshots import came
from webapp.integrity.rules.addresses import CLUSTER_LIMITS, clusters
from webapp.integrity.rules.focus import Absence, judge
from webapp.integrity.rules.pairs import Pair
from webapp.integrity.rules.snapshots import due_count
from webapp.integrity.rules.timing import TIMING_LIMITS, fast_papers, pace
from webapp.integrity.service.checks import checks_of
from webapp.integrity.service.snapshots import planned_moments

MOST_LISTED = 20
SILENT_WEIGHT = 0.1
CHECK_WEIGHT = 1.0
SNAPSHOT_WEIGHT = 0.1
PAIR_WEIGHT = 2.0
MOST_PAIR_WEIGHT = 5.0


@dataclass(frozen=True)
class Finding:
    """One piece of evidence about one attempt. weight: points that order the list."""

    attempt_id: int
    kind: str
    weight: float
    facts: dict[str, Any]


def findings(exam_id: int, material: Material) -> Iterator[Finding]:
    """Everything but the pairs."""
    yield from _focus(exam_id, material)
    yield from _paces(exam_id, material)
    for paper in fast_papers(material.whole):
        facts = {"seconds": paper.seconds, "usual_seconds": paper.usual_seconds, "z": paper.z}
        yield Finding(paper.attempt_id, "fast", TIMING_LIMITS.weight_paper, facts)
    yield from _clusters(exam_id)
    for attempt_id, times in missing_keys(exam_id):
        yield Finding(attempt_id, "check", CHECK_WEIGHT, {"times": times})
    yield from of_snapshots(exam_id)


def _focus(exam_id: int, material: Material) -> Iterator[Finding]:
    silent = set(material.slots)
    total = len(silent)
    for attempt_id, events in focus_logs(exam_id):
        silent.discard(attempt_id)
        found = judge(events)
        if found.weight > 0 or found.calls:
            facts = {
                "calls": found.calls,
                "short": found.short,
                "long": found.long,
                "longest_s": round(found.longest_s),
                "copies": found.copies,
                "prints": found.prints,
                "small": found.small,
                "absences": [_listed(one) for one in found.absences[:MOST_LISTED]],
            }
            yield Finding(attempt_id, "focus", found.weight, facts)
    if 2 * len(silent) < total:  # most pages did report: it is not the whole hall that had scripts off
        for attempt_id in sorted(silent):
            yield Finding(attempt_id, "silent", SILENT_WEIGHT, {})


def of_snapshots(exam_id: int) -> Iterator[Finding]:
    """Pictures that did not come although their person agreed; who refused is not named."""
    settings = checks_of(exam_id).snapshots
    if settings is None:
        return
    for one in came(exam_id):
        planned = planned_moments(one.attempt_id, settings.count, one.duration_s)
        due = due_count(planned, one.length_s)
        if one.got < due:
            facts = {"got": one.got, "due": due, "failed": one.failed}
            yield Finding(one.attempt_id, "snapshots", SNAPSHOT_WEIGHT, facts)


def _listed(absence: Absence) -> dict[str, Any]:
    at = absence.at.astimezone(SHANGHAI).strftime("%H:%M:%S")
    return {"at": at, "length_s": round(absence.length_s), "sort": absence.sort.value}


def _paces(exam_id: int, material: Material) -> Iterator[Finding]:
    for attempt_id, saved in first_saves(exam_id):
        slots = material.slots.get(attempt_id)
        if slots is None:
            continue
        characters = {slot: material.characters[version] for slot, version in enumerate(slots)}
        found = pace(saved, characters, material.right[attempt_id])
        if found.is_unusual:
            facts = {"judged": found.judged, "quick": found.quick, "quick_right": found.quick_right}
            yield Finding(attempt_id, "quick", TIMING_LIMITS.weight_answers, facts)


def _clusters(exam_id: int) -> Iterator[Finding]:
    for cluster in clusters(sightings(exam_id)):
        weight = CLUSTER_LIMITS.weight_device if cluster.kind == "device" else CLUSTER_LIMITS.weight_address
        for attempt_id in cluster.attempt_ids:
            facts = {"people": cluster.people, "prefix": cluster.prefix}
            yield Finding(attempt_id, cluster.kind, weight, facts)


def of_pairs(pairs: Iterable[Pair], limit: float) -> Iterator[Finding]:
    """Both sides of each pair. limit: the corrected tail that a pair had to reach."""
    for pair in pairs:
        weight = min(MOST_PAIR_WEIGHT, PAIR_WEIGHT + 0.25 * max(0.0, log10(limit / max(pair.p, 1e-30))))
        for mine, other in ((pair.a, pair.b), (pair.b, pair.a)):
            facts = {
                "other": other,
                "identical": pair.identical,
                "expected": pair.expected,
                "shared": pair.shared,
                "both_wrong": pair.both_wrong,
                "p": f"{pair.p:.1e}",
                "near": pair.near,
                "questions": list(pair.questions[:60]),
            }
            yield Finding(mine, "pair", round(weight, 2), facts)
