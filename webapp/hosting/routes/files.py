"""Files of applications, for those who may read the application."""

from flask import Response, make_response

from webapp.access.guards import requires
from webapp.access.permissions import Permission
from webapp.access.principal import principal
from webapp.hosting.errors import ApplicationMissing
from webapp.hosting.queries import loading
from webapp.hosting.queries.performance import scan_of
from webapp.hosting.routes.blueprint import bp
from webapp.media import service as media


@bp.get("/staff/hosting/files/<int:file_id>/export")
@requires(Permission.APPLY_TO_HOST, Permission.SEE_HOSTING)
def file(file_id: int) -> Response:
    """A document to download; it is never shown inside a page."""
    found = loading.file_for(file_id, principal())
    return download(found.file_id, found.name, f"application-{found.application_id}-{found.id}")


@bp.get("/staff/hosting/<int:application_id>/scores/export")
@requires(Permission.APPLY_TO_HOST, Permission.SEE_HOSTING)
def scores_scan(application_id: int) -> Response:
    """The scan of the signed and sealed scores."""
    stored = scan_of(loading.readable(application_id, principal()).id)
    if stored is None:
        raise ApplicationMissing
    ending = {"application/pdf": ".pdf", "image/png": ".png"}.get(
        media.facts([stored])[stored].media_type, ".jpg"
    )
    return download(stored, f"scan{ending}", f"scores-{application_id}")


def download(stored_id: int, name: str, stem: str) -> Response:
    """A stored file under a plain name, with the ending that it came with."""
    tail = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    ending = f".{tail}" if tail.isascii() and tail.isalnum() and len(tail) <= 8 else ""
    response = make_response(media.read(stored_id))
    response.mimetype = "application/octet-stream"
    response.headers["Content-Disposition"] = f'attachment; filename="{stem}{ending}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "no-store"
    return response
