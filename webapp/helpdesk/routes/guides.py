"""The guides: one for each of four roles, with pictures made by scripts/guides.py."""

from functools import lru_cache
from pathlib import Path

from flask import Response, send_file

from webapp.access.guards import public
from webapp.config import ROOT
from webapp.core.errors import NotFound
from webapp.core.i18n import locale
from webapp.core.render import render
from webapp.core.words import N_
from webapp.courses.formats.markdown import to_html
from webapp.helpdesk.routes.blueprint import bp

DOCS = ROOT / "webapp" / "docs"
PICTURES = DOCS / "images" / "guides"
GUIDES = {
    "contestant": (N_("Guide for contestants"), N_("From signing up to the certificate.")),
    "reviewer": (N_("Guide for reviewers"), N_("Who may take part, level by level.")),
    "setter": (N_("Guide for question setters"), N_("Banks, versions, courses and drills.")),
    "host": (N_("Guide for hosts"), N_("Exams, lists, notices and certificates.")),
}


@bp.get("/help/guides")
@public("guides are for everybody")
def guides() -> Response:
    return render("helpdesk/guides.html", guides=GUIDES)


@bp.get("/help/guides/<guide>")
@public("guides are for everybody")
def guide(guide: str) -> Response:
    if guide not in GUIDES:
        raise NotFound
    return render("helpdesk/guide.html", title=GUIDES[guide][0], html=html_of(guide, locale()))


@bp.get("/help/guides/pictures/<picture>")
@public("guides are for everybody")
def guide_picture(picture: str) -> Response:
    """One of the pictures; only names that are there are answered."""
    if picture not in pictures():
        raise NotFound
    return send_file(PICTURES / picture, max_age=86_400)


@lru_cache
def pictures() -> frozenset[str]:
    """The names of all pictures."""
    return frozenset(path.name for path in PICTURES.glob("*.png"))


@lru_cache
def html_of(guide: str, language: str) -> str:
    """A guide as safe HTML without its first heading: the page has it already."""
    path = path_of(guide, language)
    text = path.read_text(encoding="utf-8").split("\n", 1)[1]
    return to_html(text, {name: f"/help/guides/pictures/{name}" for name in pictures()})


def path_of(guide: str, language: str) -> Path:
    """The file of a guide in a language: Chinese, or English."""
    return DOCS / "guides" / (f"{guide}.en.md" if language == "en" else f"{guide}.md")
