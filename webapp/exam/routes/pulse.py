"""The pulse: what exam pages ask every four seconds, without a session and nearly without the database."""

from typing import Any

from flask import Response, current_app, url_for
from itsdangerous import BadSignature, URLSafeSerializer

from webapp.access.guards import public
from webapp.exam.errors import ExamNotFound
from webapp.exam.queries.pulse import pulse as read_pulse
from webapp.exam.queries.sheets import SheetView
from webapp.exam.routes.blueprint import bp
from webapp.exam.rules.pulse import mark, scopes_of


@bp.get("/exams/pulse/<channel>")
@public("the signed channel names one exam; the answer holds numbers behind marks, no words")
def pulse(channel: str) -> Response:
    try:
        exam_id = int(_signer().loads(channel))
    except (BadSignature, TypeError, ValueError):
        raise ExamNotFound from None
    answer = Response(read_pulse(exam_id, _secret()), mimetype="application/json")
    answer.headers["Cache-Control"] = "no-store"  # old web views keep what they may keep
    return answer


def channel_of(exam_id: int) -> str:
    """The signed name of an exam's pulse."""
    return str(_signer().dumps(exam_id))


def pulse_data(sheet: SheetView) -> dict[str, Any]:
    """What the exam page needs to listen: the address, and the marks that concern it."""
    scopes = scopes_of(sheet.hall, sheet.attempt_id, sheet.participation_id)
    return {
        "url": url_for("exam.pulse", channel=channel_of(sheet.exam_id)),
        "marks": [mark(_secret(), sheet.exam_id, scope) for scope in scopes],
    }


def _signer() -> URLSafeSerializer:
    # itsdangerous signs with the last key of a list and accepts all of them.
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="exam-pulse")


def _secret() -> bytes:
    return str(current_app.config["SECRET_KEY"]).encode()
