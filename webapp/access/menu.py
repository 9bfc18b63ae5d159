"""Menu entries, declared beside the routes they lead to (NAVIGATION in a package's routes)."""

from dataclasses import dataclass

from webapp.access.permissions import Permission
from webapp.access.principal import Principal


@dataclass(frozen=True)
class MenuEntry:
    """One entry: an English msgid and the endpoint it opens. `permission` makes it a staff entry
    (`or_permission` opens it too, `any_of` whichever of several, `any_staff` any permission); `signed_in` hides it
    from visitors; lower `order` stands first."""

    text: str
    endpoint: str
    permission: Permission | None = None
    or_permission: Permission | None = None
    any_of: tuple[Permission, ...] = ()
    any_staff: bool = False
    signed_in: bool = False
    order: int = 50

    @property
    def is_staff(self) -> bool:
        return self.any_staff or bool(self.any_of) or self.permission is not None

    def shows_to(self, who: Principal | None) -> bool:
        """Whether this person sees the entry."""
        if self.any_staff:
            return who is not None and any(who.holds(permission) for permission in Permission)
        if self.any_of:
            return who is not None and any(who.holds(permission) for permission in self.any_of)
        if self.permission is not None:
            return who is not None and (
                who.holds(self.permission)
                or (self.or_permission is not None and who.holds(self.or_permission))
            )
        return who is not None or not self.signed_in
