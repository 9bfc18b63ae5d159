"""Forms of reports."""

from wtforms import BooleanField, StringField
from wtforms.validators import DataRequired, Length

from webapp.core.forms import BaseForm
from webapp.core.words import N_


class TakeForm(BaseForm):
    """Taking a table away needs a reason, which is noted."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])


class ArchiveForm(BaseForm):
    """Making an archive needs a reason, which is noted."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])
    with_names = BooleanField(N_("With names, notices in full and the words of objections"))
    with_keys = BooleanField(N_("With the keys of exams that are over"))
