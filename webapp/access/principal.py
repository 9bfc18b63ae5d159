"""The person behind a request, as the session tells it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from flask_login import UserMixin, current_user

from webapp.access.permissions import Grant, Permission, Role, holding
from webapp.core.errors import Forbidden


@dataclass(frozen=True)
class Principal(UserMixin):  # type: ignore[misc]  # flask-login ships no types
    """Who is signed in. Made by the accounts package, kept for a few seconds per process."""

    account_id: int
    person_id: int
    name: str
    session_token: str
    grants: tuple[Grant, ...] = ()
    second_factor_at: datetime | None = None
    must_confirm: bool = False
    """True until a person whom a liaison registered has confirmed the data."""

    def get_id(self) -> str:
        """What flask-login keeps in the signed cookie: the random token of the session row."""
        return self.session_token

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants)

    @property
    def is_staff(self) -> bool:
        return bool(self.grants)

    def allows(
        self,
        permission: Permission,
        *,
        contest_id: int | None = None,
        event_id: int | None = None,
        organisation_path: tuple[int, ...] = (),
    ) -> bool:
        """Whether any grant carries the permission over a thing with these scopes."""
        return any(
            grant.covers(contest_id, event_id, organisation_path)
            for grant in holding(self.grants, permission)
        )

    def holds(self, permission: Permission) -> bool:
        """Whether the permission is held over anything at all: enough to see the menu entry."""
        return bool(holding(self.grants, permission))

    def scopes(self, permission: Permission) -> tuple[Grant, ...]:
        """The grants behind a permission, to filter lists by."""
        return holding(self.grants, permission)


def principal() -> Principal:
    """The signed-in person. Raise Forbidden when nobody is (guards see to it before)."""
    found = principal_or_none()
    if found is None:
        raise Forbidden
    return found


_acting: ContextVar[Principal | None] = ContextVar("acting", default=None)


@contextmanager
def acting(who: Principal | None) -> Iterator[None]:
    """What is done inside is done for this person, who asked for it earlier: a worker carries it out."""
    token = _acting.set(who)
    try:
        yield
    finally:
        _acting.reset(token)


def principal_or_none() -> Principal | None:
    """The signed-in person, or for whom a worker acts; None for a visitor."""
    who = _acting.get()
    if who is not None:
        return who
    # The proxy is asked once: each look through it costs as much as all the rest here.
    user = current_user._get_current_object()
    return user if isinstance(user, Principal) else None
