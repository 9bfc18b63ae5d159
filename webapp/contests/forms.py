"""Forms of contest administration."""

from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import Optional

from webapp.core.forms import BaseForm
from webapp.core.words import N_


class DefinitionForm(BaseForm):
    """A definition, as a file or typed into the page; what was typed stays on the page when it is refused."""

    file = FileField(N_("Definition file (.toml)"), validators=[Optional()])
    text = TextAreaField(N_("Or the text itself"), validators=[Optional()])
    because = TextAreaField(N_("Why rules in use change"), validators=[Optional()])
