"""The campaigns of a contest for everybody: phases, leaders, sums, and who was commended."""

from flask import Response

from webapp.access.guards import public
from webapp.campaigns.errors import CampaignMissing
from webapp.campaigns.queries.campaigns import campaign, campaigns
from webapp.campaigns.queries.commended import lists
from webapp.campaigns.queries.totals import totals
from webapp.campaigns.routes.blueprint import bp
from webapp.core.listing import asked
from webapp.core.paging import find
from webapp.core.render import render
from webapp.leaderboard.rules.masking import masked_name


@bp.get("/campaigns/<code>")
@public("the labour competitions of a contest are public")
def contest(code: str) -> Response:
    rows = campaigns(code)
    if not rows:
        raise CampaignMissing
    found = find(rows, lambda one: (one.title,), *asked())
    return render("campaigns/contest.html", found=found, first=rows[0], all_rows=rows)


@bp.get("/campaigns/<code>/<campaign_code>")
@public("the labour competitions of a contest are public; of units only sums and who was commended are shown")
def one(code: str, campaign_code: str) -> Response:
    view = campaign(code, campaign_code)
    return render(
        "campaigns/one.html",
        view=view,
        totals=totals(view),
        lists=lists(view, "posted"),
        masked_name=masked_name,
    )
