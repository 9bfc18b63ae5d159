"""Pages of organisers' applications: the applicant's, the host's, the programme."""

from webapp.hosting.routes import desk, files, own, programme
from webapp.hosting.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "bp", "desk", "files", "own", "programme"]
