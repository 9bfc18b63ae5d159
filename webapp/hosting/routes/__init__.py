"""Pages of organisers' applications: the applicant's, the host's, the programme."""

from webapp.hosting.routes import after, desk, file, files, hosts, own, programme
from webapp.hosting.routes.blueprint import NAVIGATION, bp

__all__ = ["NAVIGATION", "after", "bp", "desk", "file", "files", "hosts", "own", "programme"]
