"""Forms of contest administration."""

from flask_wtf.file import FileField
from wtforms import TextAreaField
from wtforms.validators import Optional

from webapp.core.forms import BaseForm
from webapp.core.i18n import lazy_gettext as _l


class DefinitionForm(BaseForm):
    """A definition, as a file or typed into the page; what was typed stays on the page when it is refused."""

    file = FileField(_l("Definition file (.toml)"), validators=[Optional()])
    text = TextAreaField(_l("Or the text itself"), validators=[Optional()])
