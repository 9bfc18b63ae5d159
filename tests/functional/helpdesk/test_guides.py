"""The guides: every picture is there and used, every page answers in both languages."""

import re

import pytest
from flask.testing import FlaskClient

from webapp.helpdesk.routes.guides import GUIDES, path_of, pictures

PICTURE = re.compile(r"!\[[^\]]+\]\(([^)]+)\)")
LANGUAGES = ("zh_CN", "en")


def named(guide: str, language: str) -> list[str]:
    return PICTURE.findall(path_of(guide, language).read_text(encoding="utf-8"))


def test_every_picture_is_used_and_every_name_exists() -> None:
    for language in LANGUAGES:
        used = {name for guide in GUIDES for name in named(guide, language)}
        assert used == pictures()


@pytest.mark.parametrize("guide", GUIDES)
def test_both_languages_show_the_same_pictures_in_the_same_order(guide: str) -> None:
    assert named(guide, "zh_CN") == named(guide, "en")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("guide", GUIDES)
def test_a_visitor_reads_every_guide(client: FlaskClient, guide: str, language: str) -> None:
    client.get(f"/language/{language}")
    page = client.get(f"/help/guides/{guide}")
    assert page.status_code == 200
    shown = re.findall(r'src="(/help/guides/pictures/[^"]+)"', page.text)
    assert len(shown) == len(named(guide, "zh_CN"))
    assert client.get(shown[0]).mimetype == "image/png"


def test_nothing_else_is_served(client: FlaskClient) -> None:
    for path in ("nobody", "pictures/board.png", "pictures/..%2Fboard.png"):
        assert client.get(f"/help/guides/{path}").status_code == 404
