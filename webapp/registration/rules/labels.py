"""Names of levels, and the reasons that reviewers give most often."""

from collections.abc import Mapping

from webapp.core.words import N_

LEVEL_TEXTS: Mapping[str, str] = {
    "unit": N_("Union of the unit"),
    "county": N_("County union"),
    "city": N_("City union"),
    "industry": N_("Industry union"),
    "province": N_("Provincial union"),
    "organiser": N_("Organiser of the event"),
}

RETURN_REASONS: Mapping[str, str] = {
    "unit": N_("The unit is not the one you work for now: please correct it under “My data”."),
    "event": N_("The event does not fit your trade: please switch to another event."),
    "name": N_("Name or document number differ from the document: please correct them under “My data”."),
    "phone": N_("You could not be reached by phone: please correct the number under “My data”."),
}

REFUSE_REASONS: Mapping[str, str] = {
    "not-ours": N_("You are not an in-service worker of this unit."),
    "not-eligible": N_("The conditions of this event are not met."),
    "double": N_("You are registered through another unit already."),
}


def level_text(level: str) -> str:
    """The msgid of a level's name; a level of the file that we do not know stands for itself."""
    return LEVEL_TEXTS.get(level, level)
