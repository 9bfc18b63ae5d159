"""Forms of the help desk."""

from typing import Any

from wtforms import FileField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from webapp.core.forms import BaseForm
from webapp.core.i18n import gettext as _
from webapp.core.words import N_
from webapp.helpdesk.rules.tickets import TicketKind


class FindForm(BaseForm):
    """Two of three facts."""

    name = StringField(N_("Name"), render_kw={"maxlength": 80, "autocomplete": "off"})
    last4 = StringField(
        N_("Last four characters of the document"), render_kw={"maxlength": 4, "autocomplete": "off"}
    )
    number = StringField(N_("Contestant number"), render_kw={"maxlength": 20, "autocomplete": "off"})

    def validate_last4(self, field: Any) -> None:
        if field.data and len(field.data) != 4:
            raise ValidationError(_("Please give exactly four characters."))


class ReasonForm(BaseForm):
    """Why something is done: it is recorded."""

    why = StringField(N_("How did you check who it is, and why is it needed?"), render_kw={"maxlength": 200})

    def validate_why(self, field: Any) -> None:
        if len(field.data or "") < 4:
            raise ValidationError(_("Please say in a few words why; it is recorded."))


class TakeAwayForm(BaseForm):
    """Why a time line leaves the system: it is recorded."""

    why = StringField(N_("What is the file for?"), render_kw={"maxlength": 200})

    def validate_why(self, field: Any) -> None:
        if len(field.data or "") < 4:
            raise ValidationError(_("Please say in a few words why; it is recorded."))


class WordsForm(BaseForm):
    """One message about a ticket."""

    text = TextAreaField(N_("Message"), render_kw={"maxlength": 2000})

    def validate_text(self, field: Any) -> None:
        if not 2 <= len((field.data or "").strip()) <= 2000:
            raise ValidationError(_("Please write 2 to 2,000 characters."))


class OwnTicketForm(BaseForm):
    """A person's own ticket. attempt: the exam it is written from; browser: what the page tells of itself."""

    kind = SelectField(N_("What is it about?"))
    text = TextAreaField(N_("What happened"), render_kw={"maxlength": 2000})
    picture = FileField(N_("Photo or screenshot"), render_kw={"accept": "image/png,image/jpeg,image/webp"})
    attempt = HiddenField()
    browser = HiddenField()

    def validate_text(self, field: Any) -> None:
        if not 4 <= len((field.data or "").strip()) <= 2000:
            raise ValidationError(_("Please describe it in a sentence or two (4 to 2,000 characters)."))


class TicketForm(BaseForm):
    kind = SelectField(N_("What is it about?"), default=str(TicketKind.OTHER))
    channel = SelectField(N_("How did it reach you?"), default="desk")
    subject = StringField(N_("Subject"), render_kw={"maxlength": 120})
    text = TextAreaField(N_("What happened"), render_kw={"maxlength": 2000})

    def validate_subject(self, field: Any) -> None:
        if not 2 <= len(field.data or "") <= 120:
            raise ValidationError(_("Please name the matter in a few words (2 to 120 characters)."))

    def validate_text(self, field: Any) -> None:
        if not 4 <= len(field.data or "") <= 2000:
            raise ValidationError(_("Please describe it in a sentence or two (4 to 2,000 characters)."))


class CloseForm(BaseForm):
    outcome = TextAreaField(N_("What came of it"), render_kw={"maxlength": 1000})

    def validate_outcome(self, field: Any) -> None:
        if not 2 <= len(field.data or "") <= 1000:
            raise ValidationError(_("Please say what came of it (2 to 1,000 characters)."))
