"""Forms of the hosts' boards."""

from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length

from webapp.core.forms import BaseForm
from webapp.core.words import N_


class UnmaskForm(BaseForm):
    """Seeing whole names needs a reason, which is noted."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])


class ExportForm(BaseForm):
    """Taking a list away needs a reason, which is noted."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])
    whole_names = BooleanField(N_("With whole names"))
