"""Kinds and review levels of organisations, with the words that people write for them."""

from collections.abc import Mapping

from webapp.core.words import N_

KIND_TEXTS: Mapping[str, str] = {
    "union": N_("Union or industry body"),
    "unit": N_("Unit (enterprise)"),
    "organiser": N_("Organising institution"),
}

LEVEL_TEXTS: Mapping[str, str] = {
    "province": N_("Province"),
    "industry": N_("Industry"),
    "city": N_("City"),
    "county": N_("County or district"),
    "unit": N_("Unit"),
}

_KIND_WORDS = {
    "union": "union", "unit": "unit", "organiser": "organiser", "organizer": "organiser",
    "工会": "union", "行业": "union", "产业": "union", "单位": "unit", "企业": "unit", "承办单位": "organiser", "院校": "organiser",
}  # fmt: skip

_LEVEL_WORDS = {
    "province": "province", "industry": "industry", "city": "city", "county": "county", "unit": "unit",
    "省": "province", "省级": "province", "产业": "industry", "行业": "industry", "市": "city", "市级": "city", "市州": "city",
    "县": "county", "区": "county", "区县": "county", "县级": "county", "单位": "unit", "企业": "unit", "基层": "unit",
}  # fmt: skip


def kind_of(words: str) -> str:
    """'union', 'unit', 'organiser', or '' for words that mean none of them."""
    return _KIND_WORDS.get(words.strip().lower(), "")


def level_of(words: str) -> str:
    """A level's key, or '' for unknown words."""
    return _LEVEL_WORDS.get(words.strip().lower(), "")
