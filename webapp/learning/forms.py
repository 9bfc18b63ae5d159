"""Forms of learning."""

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from webapp.core.forms import BaseForm
from webapp.core.words import N_


class ReversalForm(BaseForm):
    """Why points are taken back."""

    reason = TextAreaField(N_("Reason"), [DataRequired(), Length(max=500)])
