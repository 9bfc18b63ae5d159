"""Pages about oneself, and staff pages about people and roles."""

from webapp.access.menu import MenuEntry
from webapp.accounts.routes import own, recovery, second_factor, sign_in, sign_up
from webapp.accounts.routes.blueprint import bp

__all__ = ["NAVIGATION", "bp", "own", "recovery", "second_factor", "sign_in", "sign_up"]

NAVIGATION: tuple[MenuEntry, ...] = ()
