"""Where somebody of the staff has something to do in labour competitions."""

from flask import Response

from webapp.access.guards import requires
from webapp.access.principal import Principal, principal
from webapp.campaigns.queries.campaigns import READING, campaigns
from webapp.campaigns.queries.units import UNIT, own_units
from webapp.campaigns.routes.blueprint import bp
from webapp.campaigns.rules.periods import may_enrol
from webapp.core import clock
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.registration.queries.roster import units


@bp.get("/staff/campaigns")
@requires(*READING, UNIT)
def overview() -> Response:
    who, now = principal(), clock.now()
    mine = own_units(list(_units(who)), now)
    rows = [
        (one, one.is_read_by(who), who.holds(UNIT) and may_enrol(one.phases, now))
        for one in campaigns()
        if one.is_read_by(who) or who.holds(UNIT)
    ]
    found = find(rows, lambda row: (row[0].title, row[0].contest_title), *asked())
    return render("campaigns/overview.html", found=found, mine=mine, now=now)


def _units(who: Principal) -> dict[int, str]:
    return units(who) if who.holds(UNIT) else {}
