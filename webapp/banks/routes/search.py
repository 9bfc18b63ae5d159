"""All questions that a person may see, by filters and words."""

from flask import Response, request

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.banks import queries
from webapp.banks.queries.search import Wanted, search
from webapp.banks.routes.blueprint import DIFFICULTY_WORDS, TYPE_WORDS, bp, visible
from webapp.core.render import render

STATES = ("draft", "review", "approved", "returned")


@bp.get("/questions")
@requires(Permission.EDIT_BANKS, Permission.APPROVE_BANKS)
def search_questions() -> Response:
    banks = visible(queries.banks())
    opened = [bank for bank in banks if not bank.is_sealed]
    asked = {name: request.args.get(name, "").strip()[:200] for name in ("bank", *_FILTERS)}
    chosen = [bank for bank in opened if asked["bank"] in {"", bank.code}]
    wanted = Wanted(**{name: asked[name] for name in _FILTERS}, before=request.args.get("before", 0, int))
    found, before = search(
        [bank.newest_version_id for bank in chosen if bank.newest_version_id is not None], wanted
    )
    return render(
        "banks/search.html",
        fragment="banks/_search_rows.html",
        banks=opened,
        sealed=len(banks) - len(opened),
        types=TYPE_WORDS,
        difficulties=DIFFICULTY_WORDS,
        states=STATES,
        topics=queries.topic_paths(chosen[0].bank_id) if len(chosen) == 1 else {},
        asked=asked,
        found=found,
        following={**{name: value for name, value in asked.items() if value}, "before": before},
        is_first=not wanted.before,
    )


_FILTERS = ("type", "topic", "difficulty", "tag", "state", "words")
