"""Staff screens that belong to no single package, and two public pages of the frame."""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, current_app, request

from webapp.access.guards import public, requires
from webapp.access.menu import MenuEntry
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.admin import queries
from webapp.admin.forms import SampleForm
from webapp.audit import queries as audit
from webapp.core import clock
from webapp.core.errors import Forbidden
from webapp.core.render import render
from webapp.core.words import N_

bp = Blueprint("admin", __name__, template_folder="templates")

NAVIGATION = (
    MenuEntry(N_("Overview"), "admin.overview", any_staff=True, order=1),
    MenuEntry(N_("Audit trail"), "admin.audit_trail", permission=Permission.READ_AUDIT, order=90),
)


@bp.get("/staff")
@requires(*Permission)
def overview() -> Response:
    """A card for every page of staff this person may open, with what waits there."""
    return render("admin/overview.html", waiting=queries.waiting(principal(), clock.now()))


@bp.get("/staff/audit")
@requires(Permission.READ_AUDIT)
def audit_trail() -> Response:
    """Rows name no contest, so only a grant over everything opens them."""
    if not principal().allows(Permission.READ_AUDIT):
        raise Forbidden
    chosen = audit.AuditFilter(
        *(request.args.get(name, "").strip()[:80] for name in ("action", "actor", "target"))
    )
    return render(
        "admin/audit.html",
        page=audit.page(chosen, request.args.get("page", 1, int)),
        chosen=chosen,
        chain=audit.chain_state(recompute=request.args.get("check") == "1"),
    )


@bp.get("/help")
@public("everybody may read how things go on")
def help_page() -> Response:
    return render("help.html")


@dataclass(frozen=True)
class _Pages:
    page: int = 3
    pages: int = 12
    total: int = 588


@bp.route("/styleguide", methods=["GET", "POST"])
@public("shows invented samples, in the demonstration only")
def styleguide() -> Response:
    if not current_app.config["DEMO"]:
        abort(404)
    form = SampleForm()
    status = 422 if request.method == "POST" and not form.validate() else 200
    return render("styleguide.html", status=status, form=form, pages=_Pages())
