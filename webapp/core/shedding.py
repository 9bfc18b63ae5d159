"""When the disk fills up, everything else stops writing before the exam does (RELIABILITY rules 38 and 40).

Below 15 % free: no uploads, no learning. Below 10 %: no registration, courses or banks either. Saving and
handing in answers, signing in and the control room are never refused by this; if the disk is full in the
end, the database refuses, and the page says "not saved"."""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask, current_app, request

from webapp.core.errors import LowSpace

CHECK_EVERY_S = 2.0
PLENTY_BYTES = 10_000_000_000
"""A share of a large disk is still much space: with more than this free nothing is refused."""

NEVER = frozenset({"exam", "operations", "helpdesk", "static", None})
LEVELS = (
    (0.15, frozenset({"learning", "media"})),
    (0.10, frozenset({"registration", "courses", "banks", "organisations"})),
)
UPLOADS_BELOW = 0.15
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass
class DiskWatch:
    """The lowest free share among some folders, looked up every few seconds."""

    folders: Sequence[Path]
    share: float = 1.0
    checked_at: float = field(default=float("-inf"))

    def free_share(self) -> float:
        """1 when there is plenty in absolute terms, or nothing can be asked."""
        now = time.monotonic()
        if now - self.checked_at >= CHECK_EVERY_S:
            self.checked_at = now
            self.share = min((_free_share(folder) for folder in self.folders), default=1.0)
        return self.share


def _free_share(folder: Path) -> float:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return 1.0
    return 1.0 if usage.free > PLENTY_BYTES else usage.free / usage.total


def sheds(blueprint: str | None, is_upload: bool, share: float) -> bool:
    """Whether a writing request is refused at this free share of the disk (0..1)."""
    if share >= LEVELS[0][0] or blueprint in NEVER:
        return False
    if is_upload and share < UPLOADS_BELOW:
        return True
    return any(share < below and blueprint in refused for below, refused in LEVELS)


def init_shedding(app: Flask, folders: Sequence[Path]) -> None:
    """folders: where data goes; each may lie on a disk of its own."""
    app.extensions["disk_watch"] = DiskWatch(folders)

    @app.before_request
    def refuse() -> None:
        if request.method in SAFE:
            return
        watch: DiskWatch = current_app.extensions["disk_watch"]
        is_upload = request.mimetype == "multipart/form-data"
        if sheds(request.blueprint, is_upload, watch.free_share()):
            raise LowSpace
