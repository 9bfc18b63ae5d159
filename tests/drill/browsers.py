"""Single requests as a browser sends them, for what the steady load does not do."""

import http.client
import re
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.drill.people import Sitter

PATIENCE_S = 30.0
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
KEY = re.compile(r'name="key" value="([^"]+)"')


@dataclass(frozen=True)
class Reply:
    """One answer of the site; status 0 when there was none. spent_before_s: preparing the request."""

    status: int
    text: str = ""
    headers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    spent_before_s: float = 0.0


def ask(
    port: int, method: str, path: str, headers: Mapping[str, str], form: Mapping[str, str] | None = None
) -> Reply:
    """One request over a connection of its own."""
    body = urllib.parse.urlencode(form) if form is not None else None
    sent = dict(headers)
    if body is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, body, sent)
        response = connection.getresponse()
        text = response.read().decode("utf-8", "replace")
        names = {name.lower() for name in response.headers}
        return Reply(response.status, text, {name: response.headers.get_all(name) or [] for name in names})
    except (OSError, http.client.HTTPException):
        return Reply(0)
    finally:
        connection.close()


def sign_in_form(port: int) -> tuple[dict[str, str], str]:
    """The cookies and the token of an empty sign-in form."""
    page = ask(port, "GET", "/sign-in", {"Accept": "text/html"})
    found = TOKEN.search(page.text)
    return {"Cookie": _cookies(page), "Accept": "text/html"}, found.group(1) if found else ""


def sign_in(port: int, identifier: str, password: str) -> bool:
    """Whether this person gets in."""
    headers, token = sign_in_form(port)
    form = {"identifier": identifier, "password": password, "csrf_token": token}
    return ask(port, "POST", "/sign-in", headers, form).status == 303


def start_and_submit(port: int, exam_id: int, sitter: Sitter) -> bool:
    """Start a drawn paper, open its page, and hand it in; whether all of it worked."""
    headers = dict(sitter.headers) | {"Accept": "text/html"}
    started = ask(port, "POST", f"/exams/{exam_id}/start", headers, {"confirm": "1"})
    opened = ask(port, "GET", f"/attempts/{sitter.attempt_id}", headers)
    page = ask(port, "GET", f"/attempts/{sitter.attempt_id}/submit", headers)
    key = KEY.search(page.text)
    if started.status != 303 or opened.status != 200 or key is None:
        return False
    done = ask(port, "POST", f"/attempts/{sitter.attempt_id}/submit", headers, {"key": key.group(1)})
    return done.status == 303


def _cookies(reply: Reply) -> str:
    return "; ".join(line.partition(";")[0] for line in reply.headers.get("set-cookie", ()))
