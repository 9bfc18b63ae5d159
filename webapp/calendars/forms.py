"""Forms of the holidays of a year."""

from flask_wtf.file import FileField
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from webapp.calendars.rules.entering import FIRST_YEAR, LAST_YEAR
from webapp.core.forms import BaseForm
from webapp.core.words import N_


class YearForm(BaseForm):
    """A year: one holiday and one worked day a line."""

    year = IntegerField(N_("Year"), [InputRequired(), NumberRange(FIRST_YEAR, LAST_YEAR)])
    off = TextAreaField(N_("Holidays"), [DataRequired(), Length(max=4000)])
    work = TextAreaField(N_("Weekend days that are worked"), [Length(max=2000)])
    reason = StringField(N_("Where the days come from"), [DataRequired(), Length(min=2, max=500)])


class UploadForm(BaseForm):
    """A file of a year, whose days are shown before they are taken over."""

    file = FileField(N_("File of a year (.toml)"))
