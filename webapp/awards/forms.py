"""Forms of awards."""

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from webapp.core.forms import BaseForm
from webapp.core.words import N_

WORDS = (("granted", N_("Give the award")), ("declined", N_("Do not give it")))


class DeriveForm(BaseForm):
    """Deriving the list. local: code of the organisation whose contestants a joint event ranks among themselves."""

    local = StringField(N_("Code of the local union"), [Optional(), Length(max=80)])


class DecideLinesForm(BaseForm):
    """A decision about several lines. lines: ids of the ticked rows."""

    lines = SelectMultipleField(N_("Lines"), coerce=int, validate_choice=False)
    decision = RadioField(
        N_("Decision"), [DataRequired()], choices=[SelectChoice(value, label) for value, label in WORDS]
    )
    reason = StringField(N_("Reason"), [Optional(), Length(max=500)])


class NameForm(BaseForm):
    """Naming a contestant for a prize without ranks. award: its code."""

    award = SelectField(N_("Prize"), validate_choice=False)
    number = StringField(N_("Contestant number"), [DataRequired(), Length(max=40)])


class AwardExportForm(BaseForm):
    """Taking a list away needs a reason, which is noted."""

    kind = SelectField(N_("List"), validate_choice=False)
    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])
    whole_names = BooleanField(N_("With whole names"))
