"""Forms of practical tests."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from webapp.core.forms import BaseForm
from webapp.core.words import N_


class FileForm(BaseForm):
    """Items or scores from a file."""

    file = FileField(N_("File"), validators=[FileRequired(N_("Choose a file."))])


class JudgeForm(BaseForm):
    """Somebody to judge a module; the choices are set by the route."""

    account_id = SelectField(N_("Judge"), coerce=int, validate_choice=True)
    is_chief = BooleanField(N_("Leads the judges (chief judge)"))


class ReopenForm(BaseForm):
    """Opening a sheet again."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(max=300)])


class SignForm(BaseForm):
    """The chief judge's signature."""

    scan = FileField(N_("Scan of the signed paper"), validators=[FileRequired(N_("Choose a file."))])
    note = TextAreaField(N_("Note to the signature"), [Length(max=500)])
