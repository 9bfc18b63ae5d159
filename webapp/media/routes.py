"""Pictures of questions and lessons, by random name."""

from flask import Blueprint, Response, send_file

from webapp.access.guards import public
from webapp.media import service

bp = Blueprint("media", __name__)


@bp.get("/media/<public_name>")
@public("the name is random and is told only to those who may see the picture")
def show(public_name: str) -> Response:
    path, media_type = service.by_public_name(public_name)
    response = send_file(path, mimetype=media_type, conditional=True, max_age=86400, etag=public_name)
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response
