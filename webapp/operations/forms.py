"""What people type on the health page."""

from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from webapp.core.forms import BaseForm
from webapp.core.words import N_


class WaiverForm(BaseForm):
    """Why an exam may start although a check is red."""

    check_key = HiddenField(validators=[InputRequired(), Length(max=40)])
    reason = TextAreaField(
        N_("Why may it start all the same?"), validators=[InputRequired(), Length(min=5, max=500)]
    )
