"""Forms of marking."""

from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from webapp.core.forms import BaseForm
from webapp.core.words import N_


class MarkForm(BaseForm):
    """A marker's mark; what may be given is checked against the scale of the answer."""

    mark = StringField(N_("Your mark"), [DataRequired(), Length(max=12)])
    comment = TextAreaField(N_("Comment (the other marker does not see it)"), [Length(max=2000)])


class DecisionForm(BaseForm):
    """A chief judge's mark with its reason."""

    mark = StringField(N_("Mark that counts"), [DataRequired(), Length(max=12)])
    comment = TextAreaField(N_("Reason"), [DataRequired(), Length(max=2000)])


class CorrectionForm(BaseForm):
    """Another mark for a settled answer, with its reason: the contestant reads it."""

    mark = StringField(N_("Mark that it should have"), [DataRequired(), Length(max=12)])
    reason = TextAreaField(N_("Reason"), [DataRequired(), Length(max=500)])
