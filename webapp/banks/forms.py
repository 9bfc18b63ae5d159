"""Forms of the question-bank area."""

from flask_wtf.file import FileField
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from webapp.core.forms import BaseForm
from webapp.core.i18n import gettext
from webapp.core.words import N_

CODE = r"^[a-z0-9][a-z0-9-]{1,39}$"


class BankForm(BaseForm):
    """A new bank."""

    title = StringField(N_("Title"), validators=[InputRequired(N_("Give the bank a title.")), Length(max=80)])
    code = StringField(
        N_("Code"),
        validators=[
            InputRequired(N_("Give the bank a code.")),
            Regexp(CODE, message=N_("Use 2 to 40 small letters, digits and hyphens.")),
        ],
    )
    description = TextAreaField(N_("What it covers"), validators=[Optional(), Length(max=1000)])


PASTED_CHARACTERS = 500_000


class UploadForm(BaseForm):
    """A file for a bank, or pasted text in its place, and how its fill-in answers are written."""

    file = FileField(N_("File"))
    pasted = TextAreaField(
        N_("Or paste the questions as text"), validators=[Optional(), Length(max=PASTED_CHARACTERS)]
    )
    between_blanks = StringField(N_("Sign between blanks"), default="|", validators=[Length(max=3)])
    alternatives = StringField(N_("Sign between accepted answers"), default=";", validators=[Length(max=3)])

    def validate_file(self, field: FileField) -> None:
        """A file or a text: one of them, not both."""
        has_text = bool((self.pasted.data or "").strip())
        if field.data and has_text:
            raise ValidationError(gettext("Send either a file or pasted text, not both."))
        if not field.data and not has_text:
            raise ValidationError(gettext("Choose a file, or paste the questions as text."))


class AcceptForm(BaseForm):
    """What becomes of the questions that the file does not hold."""

    rest = RadioField(
        N_("Questions of the bank that are not in this file"),
        choices=[
            SelectChoice("keep", N_("stay in the bank")),
            SelectChoice("drop", N_("leave the bank in the new version")),
        ],
        default="keep",
    )


class ReturnForm(BaseForm):
    """Why a version goes back."""

    reason = TextAreaField(N_("What should be mended"), validators=[Optional(), Length(max=1000)])
