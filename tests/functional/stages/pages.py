"""Asking for pages and sending forms as the tests of lists and places do."""

from flask.testing import FlaskClient

from webapp.leaderboard.routes.fragments import cache


def page(client: FlaskClient, address: str) -> str:
    """The page as it is now, nothing kept from before."""
    cache.forget()
    response = client.get(address)
    assert response.status_code == 200, response.text
    return response.text


def post(client: FlaskClient, address: str, status: int = 303, /, **data: object) -> str:
    """What the form was answered with."""
    response = client.post(address, data=data)
    assert response.status_code == status, response.text
    return response.text
