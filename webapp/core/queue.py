"""Names of jobs and queues, and the one way to reach RQ.

A package registers its job with `@job(Job.X)` in `jobs.py`; callers name it by the enum, so a
lower package can start work in a higher one without importing it. Arguments are JSON, never pickle.

Two kinds of job must not queue up by the thousand when a hall submits at once, for each job costs its
worker a fork of some hundred milliseconds:
- SWEEPING ones do all that waits, so a second one with the same arguments need not wait behind the first;
- GATHERED ones leave their arguments in the outbox, where one run takes all of them together."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any

from flask import current_app
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from webapp.core.redis import redis_client


class QueueName(StrEnum):
    """Workers serve them in this order."""

    GRADING = "grading"
    BOARDS = "boards"
    FILES = "files"


class Job(StrEnum):
    """Every background job. The value is its stable name in the outbox."""

    GRADE_PENDING = "exam.grade_pending"
    DRAW_PAPERS = "exam.draw_papers"
    REDRAW_PAPERS = "exam.redraw_papers"
    WEIGH_RULING = "exam.weigh_ruling"
    APPLY_RULING = "exam.apply_ruling"
    PREPARE_PARTICIPANT = "exam.prepare_participant"
    PARITY_REPORT = "exam.parity_report"
    ITEM_ANALYSIS = "exam.item_analysis"
    SIMULATE_PAPERS = "exam.simulate_papers"
    COMBINE_SCORES = "leaderboard.combine_scores"
    REBUILD_STANDINGS = "leaderboard.rebuild_standings"
    PARSE_UPLOAD = "banks.parse_upload"
    ISSUE_DUE_CERTIFICATES = "certificates.issue_due"
    ISSUE_STAGE_CERTIFICATES = "certificates.issue_stage"
    RUN_CERTIFICATES = "certificates.run"
    PRINT_CERTIFICATES = "certificates.print"
    REGRADE_STAGE = "stages.regrade_stage"
    RUN_LIST = "stages.run_list"
    GATHER_EVIDENCE = "integrity.gather_evidence"
    COUNT_CONTEST = "reports.count_contest"
    MAKE_ARCHIVE = "reports.make_archive"


QUEUE_OF: Mapping[Job, QueueName] = {
    Job.GRADE_PENDING: QueueName.GRADING,
    Job.DRAW_PAPERS: QueueName.GRADING,
    Job.REDRAW_PAPERS: QueueName.GRADING,
    Job.WEIGH_RULING: QueueName.GRADING,
    Job.APPLY_RULING: QueueName.GRADING,
    Job.PREPARE_PARTICIPANT: QueueName.FILES,
    Job.PARITY_REPORT: QueueName.FILES,
    Job.ITEM_ANALYSIS: QueueName.FILES,
    Job.SIMULATE_PAPERS: QueueName.FILES,
    Job.COMBINE_SCORES: QueueName.BOARDS,
    Job.REBUILD_STANDINGS: QueueName.BOARDS,
    Job.PARSE_UPLOAD: QueueName.FILES,
    Job.ISSUE_DUE_CERTIFICATES: QueueName.FILES,
    Job.ISSUE_STAGE_CERTIFICATES: QueueName.FILES,
    Job.RUN_CERTIFICATES: QueueName.FILES,
    Job.PRINT_CERTIFICATES: QueueName.FILES,
    Job.REGRADE_STAGE: QueueName.GRADING,
    Job.RUN_LIST: QueueName.BOARDS,
    Job.GATHER_EVIDENCE: QueueName.FILES,
    Job.COUNT_CONTEST: QueueName.FILES,
    Job.MAKE_ARCHIVE: QueueName.FILES,
}

GATHERED = frozenset({Job.COMBINE_SCORES})

SWEEPING = GATHERED | {Job.GRADE_PENDING, Job.REBUILD_STANDINGS}

WAITING_S = 10
"""How long "it waits already" is believed: the job may have died with its worker."""

_functions: dict[Job, Callable[..., object]] = {}


def job(name: Job) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register the function that does `name`."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        _functions[name] = function
        return function

    return register


def function_of(name: Job) -> Callable[..., object]:
    """The function registered for a job. Raise KeyError when its package is not loaded."""
    return _functions[name]


def run(name: str, args: Mapping[str, Any]) -> object:
    """What RQ calls in the worker: look the job up by name and run it."""
    with suppress(RedisError):
        redis_client().delete(
            _waiting(Job(name), args)
        )  # first: what comes from now on needs a run of its own
    return function_of(Job(name))(**args)


def _waiting(name: Job, args: Mapping[str, Any]) -> str:
    return f"waiting:{name.value}:{json.dumps(dict(args), sort_keys=True)}"


def send(name: Job, args: Mapping[str, Any]) -> None:
    """Put a job on its queue now. Tests may run it at once instead (setting JOBS_INLINE)."""
    inline: list[tuple[Job, Mapping[str, Any]]] | None = current_app.extensions.get("jobs_inline")
    if inline is not None:
        inline.append((name, args))
        return
    if name in SWEEPING and not redis_client().set(_waiting(name, args), 1, nx=True, ex=WAITING_S):
        return
    queue = Queue(QUEUE_OF[name], connection=redis_client(), serializer=JSONSerializer)
    queue.enqueue(
        "webapp.core.queue.run", name.value, dict(args), job_timeout=600, result_ttl=60, failure_ttl=7 * 86400
    )
