"""Forms of the control room."""

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from webapp.core.forms import BaseForm
from webapp.core.words import N_
from webapp.exam.service.control import MOST_MINUTES


class ExtendForm(BaseForm):
    """Extra minutes for one person, a hall or all."""

    attempt_id = HiddenField()
    hall = SelectField(N_("For whom"), validate_choice=True)
    minutes = IntegerField(N_("Extra minutes"), [InputRequired(), NumberRange(1, MOST_MINUTES)])
    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class AnnounceForm(BaseForm):
    """Words to everybody or one hall."""

    hall = SelectField(N_("To whom"), validate_choice=True)
    words = TextAreaField(N_("What to say"), [DataRequired(), Length(max=500)])


class VoidForm(BaseForm):
    """Declaring one attempt void."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])
    again = BooleanField(N_("Let this person write a new paper"))
