"""The step that asks what a file leaves open: a look at what would come, and reading it so."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.banks import queries, service
from webapp.banks.errors import FileRefused
from webapp.banks.formats.mapping import answered
from webapp.banks.formats.options import ReadOptions
from webapp.banks.routes.asked import tried_of
from webapp.banks.routes.blueprint import bp
from webapp.banks.routes.uploads import show_preview, upload_or_404
from webapp.core.db import keys_scope
from webapp.core.errors import NotFound
from webapp.core.i18n import say
from webapp.core.transaction import transaction


@bp.post("/uploads/<int:upload_id>/again")
@requires(Permission.EDIT_BANKS)
def again(upload_id: int) -> ResponseReturnValue:
    try:
        options = _said(upload_id)
    except FileRefused as refusal:
        return show_preview(upload_id, refusal=say(refusal.problem.reason), status=422)
    with keys_scope(), transaction():
        service.read_again(upload_id, options.said())
    return redirect(url_for(".preview", upload_id=upload_id), code=303)


@bp.post("/uploads/<int:upload_id>/as-before")
@requires(Permission.EDIT_BANKS)
def as_before(upload_id: int) -> ResponseReturnValue:
    """Read a file as the last one with the same headings."""
    before = queries.mapped_before(upload_or_404(upload_id), principal().account_id)
    if before is None:
        raise NotFound
    with keys_scope(), transaction():
        service.read_again(upload_id, before.options)
    return redirect(url_for(".preview", upload_id=upload_id), code=303)


@bp.post("/uploads/<int:upload_id>/try")
@requires(Permission.EDIT_BANKS)
def try_mapping(upload_id: int) -> ResponseReturnValue:
    """What the first rows would bring, read as the form says. Nothing is stored."""
    try:
        options = _said(upload_id)
    except FileRefused as refusal:
        return show_preview(upload_id, refusal=say(refusal.problem.reason), status=422)
    with keys_scope():
        parsed = service.try_reading(upload_id, options)
    return show_preview(upload_id, tried=tried_of(parsed))


def _said(upload_id: int) -> ReadOptions:
    """What the form says about an upload. Raise FileRefused, NotFound."""
    view = upload_or_404(upload_id)
    with keys_scope():
        shape = queries.upload_shape(upload_id)
    return answered(request.form.to_dict(), shape, ReadOptions(**view.options))
