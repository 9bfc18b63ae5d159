"""Pictures, videos and captions of questions and lessons, by random name."""

from flask import Blueprint, Response, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from webapp.access.guards import public
from webapp.media import service

bp = Blueprint("media", __name__)


@bp.get("/media/<public_name>")
@public("the name is random and is told only to those who may see the file")
def show(public_name: str) -> Response:
    path, media_type = service.by_public_name(public_name)
    try:
        response = send_file(path, mimetype=media_type, conditional=True, max_age=86400, etag=public_name)
    except RequestedRangeNotSatisfiable:
        # Players need the length, which an error page would not tell.
        return Response(status=416, headers={"Content-Range": f"bytes */{path.stat().st_size}"})
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response
