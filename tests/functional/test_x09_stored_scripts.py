"""X09: 200 stored payloads, hx-* and data-hx-* among them, in all bank and profile fields, for all roles."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests import database
from tests.factories import make_staff, sign_in
from tests.functional.payloads import MARK, PAYLOADS
from tests.functional.routes import routes
from tests.functional.world import World, make_world
from webapp.access.permissions import ROLE_PERMISSIONS, Role
from webapp.accounts.models import Account
from webapp.banks.formats import sanitise
from webapp.courses.formats.markdown import to_html as markdown_to_html

SHARES = 8
"""Each field gets every eighth payload; together the fields hold all of them."""
PLANTED = (
    "UPDATE persons SET name = %s, pinyin = %s",
    "UPDATE organisations SET name = %s",
    "UPDATE question_versions SET stem = %s, source = %s, picture_alt = %s,"
    " options = CASE WHEN jsonb_array_length(options) > 0 THEN"
    " jsonb_build_array(%s::text, %s::text, %s::text, %s::text) ELSE options END",
    "UPDATE topics SET title = jsonb_build_object('zh', %s::text, 'en', %s::text)",
    "UPDATE banks SET title = jsonb_build_object('zh', %s::text, 'en', %s::text), licence = %s",
    "UPDATE bank_versions SET note = %s, decision_reason = %s",
    "UPDATE bank_uploads SET file_name = %s",
    "UPDATE keys.question_keys SET explanation = %s",
    "UPDATE courses SET title = jsonb_build_object('zh', %s::text, 'en', %s::text)",
    "UPDATE lessons SET title = jsonb_build_object('zh', %s::text, 'en', %s::text)",
    "UPDATE contests SET title = jsonb_build_object('zh', %s::text, 'en', %s::text)",
    "UPDATE events SET title = jsonb_build_object('zh', %s::text, 'en', %s::text)",
    "UPDATE stages SET title = jsonb_build_object('zh', %s::text, 'en', %s::text)",
    "UPDATE exams SET title = jsonb_build_object('zh', %s::text, 'en', %s::text)",
    "UPDATE tickets SET subject = %s, text = %s",
    "UPDATE roster_uploads SET file_name = %s",
    "UPDATE identity_claims SET claimant_name = %s, explanation = %s",
    "UPDATE person_changes SET reason = %s, decision_reason = %s",
    "UPDATE stage_objections SET words = %s",
    "UPDATE exam_actions SET reason = %s",
    "UPDATE audit_rows SET actor_name = %s, why = %s",
    "UPDATE auth_sessions SET device = %s",
)


def plant(session: Session) -> None:
    """Put all payloads into every field that somebody fills in, as the owner of the database."""
    session.commit()
    name = session.connection().engine.url.database
    session.rollback()
    assert name is not None
    with database.start_cluster().connect(name) as connection:
        connection.execute("SET session_replication_role = replica")
        for place, statement in enumerate(PLANTED):
            words = "\n".join(PAYLOADS[place % SHARES :: SHARES])
            connection.execute(statement.encode(), [words] * statement.count("%s"))


class Reader(HTMLParser):
    """Finds payloads that have become markup."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.inside = ""
        self.seen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag if tag in {"script", "style"} else ""
        for name, value in attrs:
            text = value or ""
            if MARK not in text and MARK not in name:
                continue
            self.seen = True
            is_code = name.startswith(
                ("on", "hx-", "data-hx-", "style", "srcdoc", "http-equiv", "formaction")
            )
            is_address = name in {"href", "src", "action", "data", "content"} and re.match(
                r"[\s\x00-\x20]*(javascript|data|vbscript|//)", text, re.IGNORECASE
            )
            if is_code or is_address or MARK in name:
                self.found.append(f"<{tag} {name}={text[:80]!r}>")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if MARK in data:
            self.seen = True
            if self.inside:
                self.found.append(f"<{self.inside}> {data[:80]!r}")


def faults(html: str) -> tuple[list[str], bool]:
    """What became markup, and whether any payload stands on the page at all."""
    reader = Reader()
    reader.feed(html)
    return reader.found, reader.seen


def test_x09_the_two_sanitisers_leave_nothing_that_acts() -> None:
    """Questions at output (also when the import was passed by), and the texts of courses."""
    for payload in PAYLOADS:
        for html in (
            sanitise.to_html(payload),
            sanitise.to_html(sanitise.clean_text(payload)[0]),
            markdown_to_html(payload, {}),
            markdown_to_html(f"[x]({payload}) ![y]({payload})", {}),
        ):
            found, _seen = faults(html)
            assert found == [], html
            assert not re.search(r"<[^>]*\s(?:data-)?hx-", html), html


def people(session: Session, world: World) -> Iterator[tuple[str, Account | None, set[str] | None]]:
    """Who looks, and with which permissions; None: everything that needs no permission."""
    yield "visitor", None, None
    yield "contestant", world.alice, None
    for role in Role:
        yield role.value, make_staff(role), {one.value for one in ROLE_PERMISSIONS[role]}


def test_x09_no_page_of_any_role_runs_what_somebody_wrote(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    """Pages, fragments, previews and sheets for printing of the live map, with all payloads in all fields."""
    world = make_world(session, client)
    everybody = list(people(session, world))
    plant(session)
    wrong: list[str] = []
    with_payload = set()
    for who, account, may in everybody:
        browser = app.test_client()
        for route in routes(app):
            wanted = not route.permissions if may is None else bool(may & {*route.permissions})
            if "GET" not in route.methods or not wanted:
                continue
            if account is not None and browser.get_cookie("jiangsai") is None:
                sign_in(browser, account)
            answer = browser.get(
                route.path(world.values(route.endpoint, route.names)),
                buffered=True,
                headers={"Accept": "*/*"},
            )
            if answer.mimetype == "text/html":
                found, seen = faults(answer.text)
                wrong += [f"{who} {route.rule.rule}: {one}" for one in found]
                if seen:
                    with_payload.add(route.rule.rule)
            answer.close()
    assert wrong == []
    assert len(with_payload) >= 25, sorted(with_payload)
