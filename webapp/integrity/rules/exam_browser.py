"""Whether a request came from Safe Exam Browser with one of the host's configurations.

The browser sends the SHA-256 of the absolute address of the request without its fragment, followed by the
key, as 64 hex digits: `X-SafeExamBrowser-ConfigKeyHash` for the Config Key, `X-SafeExamBrowser-RequestHash`
for the Browser Exam Key. Its newer engine on macOS and iOS sends no headers; there a script of the page
reads the same two values, made with the address of the page. Source: developer documentation of Safe Exam
Browser, "Config Key" and "Browser Exam Key"."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from webapp.contests.rules.blueprint import ExamBrowser

CONFIG_HEADER = "X-SafeExamBrowser-ConfigKeyHash"
EXAM_HEADER = "X-SafeExamBrowser-RequestHash"


class How(StrEnum):
    """By what a browser showed its key: headers of the request, or the page's script."""

    HEADER = "header"
    SCRIPT = "script"


@dataclass(frozen=True)
class Shown:
    """What a browser showed; '' for what it did not."""

    config_hash: str
    exam_hash: str


def key_hash(url: str, key: str) -> str:
    """What an honest browser with this key shows for this absolute address; the fragment does not count."""
    return hashlib.sha256((url.partition("#")[0] + key).encode()).hexdigest()


def is_good(settings: ExamBrowser, url: str, shown: Shown) -> bool:
    """Whether either value fits any of the keys. Every key is compared, in a time that tells nothing."""
    config = _fits(settings.config_keys, url, shown.config_hash)
    exam = _fits(settings.exam_keys, url, shown.exam_hash)
    return config or exam


def _fits(keys: Iterable[str], url: str, shown: str) -> bool:
    given = shown.strip().lower().encode("utf-8", "replace")
    fits = [hmac.compare_digest(key_hash(url, key).encode(), given) for key in keys]
    return any(fits)
