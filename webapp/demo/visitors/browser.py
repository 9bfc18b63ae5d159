"""A very small browser: keeps cookies, follows redirects, reads the forms and links of a page."""

import http.client
import json
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

TIMEOUT_S = 30.0
MOST_REDIRECTS = 5
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass
class Form:
    """A form of a page. fields: hidden and filled ones; choices: values of radios, checkboxes and buttons."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    numbers: dict[str, tuple[str, str]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    """Finds links and forms."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        elif tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        elif self._open is not None and "disabled" not in given:
            self._control(self._open, tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None

    @staticmethod
    def _control(form: Form, tag: str, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if not name or tag not in {"input", "button", "textarea"}:
            return
        if tag == "button" or kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(given.get("value", ""))
        elif kind == "hidden":
            form.fields.append((name, given.get("value", "")))
        elif kind == "number":
            form.numbers[name] = (given.get("min", "0"), given.get("max", "0"))
        else:
            form.texts.append(name)


@dataclass(frozen=True)
class Page:
    """An answer of the site. address: where redirects ended."""

    status: int
    address: str
    text: str

    def forms(self, part: str = "") -> list[Form]:
        """Forms whose action contains `part`."""
        return [form for form in self._read().forms if part in form.action]

    def links(self, part: str) -> list[str]:
        """Addresses of links that contain `part`, each once."""
        return list(dict.fromkeys(link for link in self._read().links if part in link))

    def json(self) -> dict[str, object]:
        """The object of a JSON answer; empty when it is none."""
        try:
            found = json.loads(self.text)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.text)
        return reader


class Browser:
    """One person's browser. Raises OSError or http.client.HTTPException when the site does not answer."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._base = base
        self._cookies: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None
        self._token = ""

    def get(self, path: str) -> Page:
        return self._follow("GET", path, b"", {})

    def post(self, path: str, fields: list[tuple[str, str]]) -> Page:
        """Send a form; the token of the last page goes along when the fields bring none."""
        if not any(name == "csrf_token" for name, _ in fields):
            fields = [*fields, ("csrf_token", self._token)]
        body = urlencode(fields).encode()
        return self._follow("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})

    def post_json(self, path: str, content: object) -> Page:
        """Send JSON as the scripts of a page do."""
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "X-CSRFToken": self._token,
        }
        return self._follow("POST", path, json.dumps(content).encode(), headers)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _follow(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Page:
        for _ in range(MOST_REDIRECTS):
            status, text, place = self._send(method, path, body, headers)
            if status not in {301, 302, 303, 307} or not place:
                break
            path, method, body, headers = place, "GET", b"", {}
        token = TOKEN.search(text)
        if token:
            self._token = token[1]
        return Page(status, path, text)

    def _send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, str, str]:
        """One request. A kept connection that the site has closed meanwhile is opened anew, as browsers do."""
        was_kept = self._connection is not None
        try:
            return self._send_once(method, path, body, headers)
        except (ConnectionError, http.client.RemoteDisconnected):
            if not was_kept:
                raise
            return self._send_once(method, path, body, headers)

    def _send_once(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, str, str]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_S)
        sent = {**headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        try:
            self._connection.request(method, path, body or None, sent)
            answer = self._connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self._cookies[name.strip()] = value.strip()
        place = answer.headers.get("Location", "")
        return (
            answer.status,
            text,
            urlsplit(urljoin(self._base + path, place)).path + _query(place) if place else "",
        )


def _query(place: str) -> str:
    query = urlsplit(place).query
    return f"?{query}" if query else ""
