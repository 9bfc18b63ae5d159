"""Pages of organisers' applications: the applicant's, the host's, the programme."""

from webapp.contests.service.moves import move_along_with, tell_moves_with
from webapp.hosting.routes import after, desk, file, files, hosts, own, programme
from webapp.hosting.routes.blueprint import NAVIGATION, bp
from webapp.hosting.service.later_ends import foresee_ends, move_ends
from webapp.hosting.service.moving import tell_hosts

__all__ = ["NAVIGATION", "after", "bp", "desk", "file", "files", "hosts", "own", "programme"]

tell_moves_with(tell_hosts)
move_along_with(foresee_ends, move_ends)
