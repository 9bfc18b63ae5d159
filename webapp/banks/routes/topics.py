"""The topics of a bank: add, rename, move, delete."""

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.banks.errors import TopicCircle, TopicHasTopics, TopicUntitled, TopicUsed
from webapp.banks.queries.topics import topic_nodes
from webapp.banks.routes.blueprint import bp, editable_bank_or_404
from webapp.banks.rules.topics import paths
from webapp.banks.service.topics import delete_topic, keep_topic
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.render import render
from webapp.core.transaction import transaction


@bp.get("/<code>/topics")
@requires(Permission.EDIT_BANKS)
def topics(code: str) -> Response:
    return _page(code)


@bp.post("/<code>/topics")
@requires(Permission.EDIT_BANKS)
def save_topic(code: str) -> ResponseReturnValue:
    bank = editable_bank_or_404(code)
    given = {name: request.form.get(name, "") for name in ("key", "title", "parent")}
    try:
        with transaction():
            keep_topic(bank.bank_id, given["key"], given["title"], given["parent"])
    except (TopicCircle, TopicUntitled) as error:
        return _page(code, given, say(error.message), status=422)
    flash(_("The topics were saved."), "success")
    return redirect(url_for(".topics", code=code), code=303)


@bp.post("/<code>/topics/delete")
@requires(Permission.EDIT_BANKS)
def drop_topic(code: str) -> ResponseReturnValue:
    bank = editable_bank_or_404(code)
    key = request.form.get("key", "")
    try:
        with transaction():
            delete_topic(bank.bank_id, key)
    except (TopicHasTopics, TopicUsed) as error:
        return _page(code, {"key": key, "drop": "1"}, say(error.message), status=error.status)
    flash(_("The topic was deleted."), "success")
    return redirect(url_for(".topics", code=code), code=303)


def _page(code: str, given: dict[str, str] | None = None, wrong: str = "", status: int = 200) -> Response:
    bank = editable_bank_or_404(code)
    nodes = topic_nodes(bank.bank_id)
    told = paths(nodes)
    keys = {node.topic_id: node.key for node in nodes}
    return render(
        "banks/topics.html",
        bank=bank,
        nodes=sorted(nodes, key=lambda node: told[node.topic_id]),
        paths=told,
        keys=keys,
        given=given or {},
        wrong=wrong,
        status=status,
    )
