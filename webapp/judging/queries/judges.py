"""Who may judge, and who judges what."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from webapp.access.permissions import Grant, Permission, Role, ScopeKind, holding
from webapp.contests.rules.schema import Contest, Rule
from webapp.core.db import db

MIN_JUDGES, HARD = "min-judges", "hard"

_GRANTS = text(
    """
    SELECT g.role, g.scope_kind, g.scope_id FROM role_grants g JOIN accounts a ON a.person_id = g.person_id
    WHERE a.id = :account_id AND g.revoked_at IS NULL
    """
)
_CANDIDATES = text(
    """
    SELECT a.id AS account_id, p.name, bool_or(g.role = 'chief-judge') AS may_lead
    FROM role_grants g JOIN persons p ON p.id = g.person_id JOIN accounts a ON a.person_id = p.id
    WHERE g.revoked_at IS NULL AND g.role IN ('judge', 'chief-judge') AND a.state = 'active'
      AND (g.scope_kind = 'everything' OR (g.scope_kind = 'contest' AND g.scope_id = :contest_id)
           OR (g.scope_kind = 'event' AND g.scope_id = :event_id))
    GROUP BY a.id, p.name, p.pinyin ORDER BY p.pinyin, a.id LIMIT 500
    """
)
_NAMED = text(
    """
    SELECT j.id AS judge_id, j.account_id, p.name, j.is_chief, j.assigned_at,
           count(s.id) AS sheets, count(s.id) FILTER (WHERE s.state = 'signed') AS signed
    FROM practical_judges j JOIN accounts a ON a.id = j.account_id JOIN persons p ON p.id = a.person_id
    LEFT JOIN practical_sheets s ON s.judge_id = j.id
    WHERE j.stage_id = :stage_id AND j.module = :module AND j.removed_at IS NULL
    GROUP BY j.id, p.name ORDER BY j.is_chief DESC, j.id
    """
)
_IS_NAMED = text(
    """
    SELECT EXISTS (SELECT FROM practical_judges WHERE stage_id = :stage_id AND module = :module
                   AND account_id = :account_id AND removed_at IS NULL AND (is_chief OR NOT :chief))
    """
)


@dataclass(frozen=True)
class Candidate:
    """Somebody with the role of a judge for an event."""

    account_id: int
    name: str
    may_lead: bool


@dataclass(frozen=True)
class Named:
    """A judge of a module with the sheets so far."""

    judge_id: int
    account_id: int
    name: str
    is_chief: bool
    assigned_at: datetime
    sheets: int
    signed: int


def may_judge(account_id: int, contest_id: int, event_id: int, *, is_chief: bool) -> bool:
    """Whether the account's person holds the role over this event."""
    rows = db.session.execute(_GRANTS, {"account_id": account_id})
    grants = tuple(Grant(Role(row.role), ScopeKind(row.scope_kind), row.scope_id) for row in rows)
    needed = Permission.ARBITRATE_ANSWERS if is_chief else Permission.MARK_ANSWERS
    return any(grant.covers(contest_id, event_id, ()) for grant in holding(grants, needed))


def candidates(contest_id: int, event_id: int) -> list[Candidate]:
    """Everybody who could be named, by pinyin."""
    rows = db.session.execute(_CANDIDATES, {"contest_id": contest_id, "event_id": event_id}).mappings()
    return [Candidate(**row) for row in rows]


def judges_of(stage_id: int, module: str) -> list[Named]:
    """The judges of a module, chiefs first."""
    rows = db.session.execute(_NAMED, {"stage_id": stage_id, "module": module}).mappings()
    return [Named(**row) for row in rows]


def is_named(stage_id: int, module: str, account_id: int, *, chief: bool = False) -> bool:
    """Whether somebody judges this module; chief: leads its judges."""
    given = {"stage_id": stage_id, "module": module, "account_id": account_id, "chief": chief}
    return bool(db.session.scalar(_IS_NAMED, given))


def fewest_judges(rules: Contest) -> int | None:
    """How many judges the contest's file asks for at least; None: it says nothing."""
    rule = _rule(rules)
    return None if rule is None else rule.value


def needs_judges(rules: Contest) -> int:
    """How many of them the file asks for without exception; 0: a reason is enough for fewer."""
    rule = _rule(rules)
    return int(rule.value) if rule is not None and rule.force == HARD else 0


def _rule(rules: Contest) -> Rule | None:
    return next(
        (rule for rule in rules.limits if rule.code == MIN_JUDGES and isinstance(rule.value, int)), None
    )
