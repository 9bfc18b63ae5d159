"""Pages of courses, for organisers and hosts."""

from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.core.words import N_
from webapp.courses.routes import courses, lessons, preview, versions
from webapp.courses.routes.blueprint import bp

NAVIGATION = (MenuEntry(N_("Courses"), "courses.listing", permission=Permission.EDIT_COURSES, order=55),)

__all__ = ["NAVIGATION", "bp", "courses", "lessons", "preview", "versions"]
