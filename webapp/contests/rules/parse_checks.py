"""The optional checks of an exam → Checks. A check that the file does not name is off."""

import re

from webapp.contests.rules.blueprint import NO_CHECKS, Checks, ExamBrowser, Snapshots
from webapp.contests.rules.reader import Reader
from webapp.core.words import N_, Message

KEY = re.compile(r"[0-9a-f]{64}")
MOST_KEYS = 50
MOST_CHARS = 500
SCHEMES = ("https://", "sebs://")


def read_checks(table: Reader | None) -> Checks:
    """What `[profiles.stages.exam.checks.<name>]` says. Problems go to the table's report."""
    if table is None:
        return NO_CHECKS
    made = Checks(
        exam_browser=_exam_browser(table.table("exam-browser", needed=False)),
        snapshots=_snapshots(table.table("snapshots", needed=False)),
    )
    table.close()
    return made


def _exam_browser(table: Reader | None) -> ExamBrowser | None:
    """Which keys of Safe Exam Browser are good, and where contestants get its configuration."""
    if table is None:
        return None
    made = ExamBrowser(
        config_keys=_keys(table, "config_keys"),
        exam_keys=_keys(table, "exam_keys"),
        setup=table.texts("setup"),
        setup_url=table.text("setup_url", needed=False),
    )
    if not made.config_keys and not made.exam_keys:
        table.problem("config_keys", "missing", Message(N_("Name at least one key, or nobody could start.")))
    if max(len(made.setup.zh), len(made.setup.en)) > MOST_CHARS:
        table.problem(
            "setup",
            "too-long",
            Message(N_("This text may have at most %(most)s characters."), {"most": MOST_CHARS}),
        )
    if made.setup_url and not made.setup_url.startswith(SCHEMES):
        table.problem(
            "setup_url", "not-an-address", Message(N_("This address must begin with https:// or sebs://."))
        )
    table.close()
    return made


def _snapshots(table: Reader | None) -> Snapshots | None:
    """How many pictures, whether they are a condition, and for how long they are kept."""
    if table is None:
        return None
    made = Snapshots(
        count=table.integer("count", 1, 30),
        required=table.flag("required", default=False),
        keep_days=table.integer("keep_days", 1, 180, 30),
    )
    table.close()
    return made


def _keys(table: Reader, name: str) -> tuple[str, ...]:
    """Keys without repeats, in lower case."""
    found = tuple(dict.fromkeys(key.strip().lower() for key in table.names(name, needed=False)))
    if len(found) > MOST_KEYS or any(KEY.fullmatch(key) is None for key in found):
        table.problem(
            name,
            "not-keys",
            Message(
                N_("This must be a list of at most %(most)s keys of 64 hexadecimal digits each."),
                {"most": MOST_KEYS},
            ),
        )
        return ()
    return found
