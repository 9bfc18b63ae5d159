"""What the people of these tests type into forms."""

from typing import Any

from flask.testing import FlaskClient

from webapp.accounts.rules.documents import check_character

PASSWORD = "zhuang pei 2026 gong"


def card(serial: int, born: str = "19900307") -> str:
    """A number of a region that does not exist."""
    body = f"990101{born}{serial:03d}"
    return body + check_character(body)


def sign_up_as(client: FlaskClient, *, number: str, phone: str = "13900000001", **fields: Any) -> Any:
    """Send the sign-up form; a field given as None is left out."""
    data = {
        "name": "王芳",
        "document_kind": "resident-id",
        "document_number": number,
        "phone": phone,
        "unit": "none",
        "password": PASSWORD,
        "privacy": "y",
        **fields,
    }
    return client.post("/sign-up", data={name: value for name, value in data.items() if value is not None})


def sign_in_as(client: FlaskClient, identifier: str, password: str = PASSWORD, **fields: Any) -> Any:
    """Send the sign-in form."""
    return client.post("/sign-in", data={"identifier": identifier, "password": password, **fields})


def in_english(client: FlaskClient) -> FlaskClient:
    """The same browser, reading English."""
    client.set_cookie("language", "en")
    return client
