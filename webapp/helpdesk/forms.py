"""Forms of the help desk."""

from typing import Any

from wtforms import StringField, TextAreaField
from wtforms.validators import ValidationError

from webapp.core.forms import BaseForm
from webapp.core.i18n import gettext as _
from webapp.core.words import N_


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


class TicketForm(BaseForm):
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
