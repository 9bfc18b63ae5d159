"""Forms of certificates."""

from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from webapp.core.forms import BaseForm
from webapp.core.i18n import gettext as _
from webapp.core.words import N_

SHORTEST_REASON = 2


class SearchForm(BaseForm):
    """What is looked for travels in the body, so that no address or log holds a name."""

    words = StringField(N_("Serial number, contestant number or name"), [DataRequired(), Length(max=60)])


class NameForm(BaseForm):
    """A visitor compares the name that stands on a certificate."""

    name = StringField(N_("Full name on the certificate"), [DataRequired(), Length(max=100)])


class RevokeForm(BaseForm):
    """The person reads the reason. replaced: a new one is issued in the same step."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])
    replaced = BooleanField(
        N_("Issue a new one in the same step, with name, unit and result as they are now")
    )


class ExportForm(BaseForm):
    """Taking a list away needs a reason, which is noted."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])
    whole_names = BooleanField(N_("With whole names"))


class PrintForm(BaseForm):
    """What a print file is made of; the choices are those the person may take away."""

    kind = RadioField(N_("Certificates of"))
    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])


class IssueEventForm(BaseForm):
    """Issuing everything of an event; with_print: the print file afterwards, which needs a reason."""

    with_print = BooleanField(N_("Make the print file of the whole event afterwards"))
    reason = StringField(N_("Reason for the print file"), [Length(max=500)])

    def validate_reason(self, field: StringField) -> None:
        if self.with_print.data and len(field.data or "") < SHORTEST_REASON:
            raise ValidationError(_("A print file holds whole names: please write what it is for."))


class TakeForm(BaseForm):
    """Taking a print file away needs a reason, which is noted."""

    reason = StringField(N_("Reason for taking it away"), [DataRequired(), Length(min=2, max=500)])


class RevokeGoneForm(BaseForm):
    """All certificates whose ground has gone, or that are replaced. seen: how many the person was shown."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])
    seen = HiddenField()
