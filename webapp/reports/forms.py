"""Forms of reports."""

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from webapp.core.forms import BaseForm
from webapp.core.words import N_


class TakeForm(BaseForm):
    """Taking a table away needs a reason, which is noted."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])
