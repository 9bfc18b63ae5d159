"""What is printed for a hall."""

from flask import Response, request

from webapp.access.guards import requires
from webapp.halls.queries.halls import hall as hall_of
from webapp.halls.queries.seats import BY_PINYIN, BY_SEAT, seats
from webapp.halls.routes.blueprint import HOST, STAFF, bp, in_scope
from webapp.halls.service import documents

PDF = "application/pdf"


@bp.get("/staff/halls/<int:exam_id>/<int:hall_id>/list.pdf")
@requires(STAFF, HOST)
def hall_list(exam_id: int, hall_id: int) -> Response:
    """The list of a hall, sorted by seat or by pinyin, with a column to sign in."""
    found = in_scope(exam_id)
    order = BY_PINYIN if request.args.get("order") == BY_PINYIN else BY_SEAT
    hall = hall_of(exam_id, hall_id)
    made = documents.list_pdf(found.head, hall, seats(exam_id, hall_id, order), order)
    return download(made, PDF, f"hall-{hall_id}-{order}.pdf")


def download(content: bytes, kind: str, name: str) -> Response:
    """A file to keep; `name` is ASCII."""
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
