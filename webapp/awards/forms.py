"""Forms of awards."""

from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, Length, NumberRange, Optional

from webapp.awards.rules.levels import LEVEL_WORDS
from webapp.core.forms import BaseForm
from webapp.core.words import N_

CERTIFICATES = "certificate"
KIND_WORDS = {
    "honour": N_("Honours"),
    "cash": N_("Cash awards"),
    "level": N_("Promotions of the skill level"),
    "medal": N_("Medals"),
    "recuperation": N_("Recuperation"),
    CERTIFICATES: N_("All certificates of the stage"),
}
"""Kinds of awards, each a list of its own to take away; certificates are those of the whole stage."""
MOST_YUAN = 10_000_000
WORDS = (("granted", N_("Give the award")), ("declined", N_("Do not give it")))


class DeriveForm(BaseForm):
    """Deriving the list. local: code of the organisation whose contestants a joint event ranks among themselves."""

    local = StringField(N_("Code of the local union"), [Optional(), Length(max=80)])


class DecideLinesForm(BaseForm):
    """A decision about several lines. lines: ids of the ticked rows. amount: where the rules say “at most”."""

    lines = SelectMultipleField(N_("Lines"), coerce=int, validate_choice=False)
    decision = RadioField(
        N_("Decision on the award"),
        [DataRequired()],
        choices=[SelectChoice(value, label) for value, label in WORDS],
    )
    amount = IntegerField(N_("Amount (yuan)"), [Optional(), NumberRange(min=1, max=MOST_YUAN)])
    reason = StringField(N_("Reason"), [Optional(), Length(max=500)])


class ReopenForm(BaseForm):
    """Asking that a decided list is opened again. reason: whoever loses an award reads it."""

    reason = TextAreaField(N_("Reason"), [DataRequired(), Length(max=500)])


class AnswerForm(BaseForm):
    """The second person's word. agree: yes | no."""

    agree = StringField(N_("Agree"), [DataRequired(), AnyOf(["yes", "no"])])


class NameForm(BaseForm):
    """Naming a contestant for a prize without ranks. award: its code."""

    award = SelectField(N_("Prize"), validate_choice=False)
    number = StringField(N_("Contestant number"), [DataRequired(), Length(max=40)])


class LevelForm(BaseForm):
    """The level that a contestant holds already, as their certificate says."""

    number = StringField(N_("Contestant number"), [DataRequired(), Length(max=40)])
    level = SelectField(
        N_("Skill level"),
        choices=[
            *(SelectChoice(level.value, words) for level, words in LEVEL_WORDS.items()),
            SelectChoice("none", N_("No level")),
        ],
    )
    certificate_number = StringField(N_("Certificate number"), [Optional(), Length(max=60)])


class CertificatesForm(BaseForm):
    """The awards whose certificates are to be made. awards: their codes."""

    awards = SelectMultipleField(N_("Awards"), validate_choice=False)


class AwardExportForm(BaseForm):
    """Taking a list away needs a reason, which is noted."""

    kind = SelectField(N_("List"), choices=[SelectChoice(kind, words) for kind, words in KIND_WORDS.items()])
    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])
    whole_names = BooleanField(N_("With whole names"))
