"""Forms of the control room, and the check of a receipt."""

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from webapp.core.forms import BaseForm
from webapp.core.words import N_
from webapp.exam.rules.alarms import MOST
from webapp.exam.service.control import MOST_MINUTES


class ExtendForm(BaseForm):
    """Extra minutes for one person, a hall or all."""

    attempt_id = HiddenField()
    hall = SelectField(N_("For whom"), validate_choice=True)
    minutes = IntegerField(N_("Extra minutes"), [InputRequired(), NumberRange(1, MOST_MINUTES)])
    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class AnnounceForm(BaseForm):
    """Words to everybody, one hall or one person."""

    hall = SelectField(N_("To whom"), validate_choice=True)
    number = StringField(N_("Only to this contestant number"), [Optional(), Length(max=20)])
    words = TextAreaField(N_("What to say"), [DataRequired(), Length(max=500)])
    needs_ack = BooleanField(N_("Everybody has to press “read”"))


class NoteForm(BaseForm):
    """Words of somebody who takes note of an alarm."""

    note = StringField(N_("What is being done"), [Optional(), Length(max=200)])


def _threshold(label: str) -> IntegerField:
    return IntegerField(label, [InputRequired(), NumberRange(1, MOST)])


class ThresholdForm(BaseForm):
    """From which numbers on an exam calls for a person; the names are those of rules.alarms.Thresholds."""

    silent_after_s = _threshold(N_("Silent after seconds without a sign"))
    silent_pct = _threshold(N_("Silent people of a hall, per cent"))
    silent_least = _threshold(N_("Silent people of a hall, at least"))
    refusals_least = _threshold(N_("Refused saves in five minutes, at least"))
    sweeper_late_s = _threshold(N_("Open after its end, seconds"))
    backlog_s = _threshold(N_("Not marked after handing in, seconds"))
    outbox_s = _threshold(N_("Background work waits, seconds"))
    takeovers_least = _threshold(N_("Changes of device in ten minutes, at least"))
    takeovers_pct = _threshold(N_("Changes of device, per cent of those who write"))
    clock_ms = _threshold(N_("Clock off by milliseconds"))


class VoidForm(BaseForm):
    """Declaring one attempt void."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])
    again = BooleanField(N_("Let this person write a new paper"))


class MoveForm(BaseForm):
    """Another session for one person."""

    participation_id = HiddenField()
    session = SelectField(N_("Session"), coerce=int)
    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class CloseSessionForm(BaseForm):
    """A session takes nobody any more."""

    action = HiddenField()
    move_people = BooleanField(N_("Put its people into other sessions and tell them"))
    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class ReceiptForm(BaseForm):
    """A receipt to be checked: pasted, typed, or the file that was kept."""

    receipt = TextAreaField(N_("Receipt number or digest"), [Optional(), Length(max=20_000)])
    file = FileField(N_("Or the receipt file (.txt)"), validators=[Optional()])


class StopForm(BaseForm):
    """Drawing a question no more."""

    why = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class RulingForm(BaseForm):
    """What becomes of a question after the close."""

    kind = RadioField(N_("Decision"), [InputRequired()], validate_choice=True)
    key = TextAreaField(N_("Corrected key"), [Optional(), Length(max=2000)])
    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class GrantForm(BaseForm):
    """Extra time of any reach."""

    reach = SelectField(N_("In which exams"), validate_choice=True)
    hall = SelectField(N_("For whom"), validate_choice=True)
    number = StringField(N_("Only for this contestant number"), [Optional(), Length(max=20)])
    minutes = IntegerField(N_("Extra minutes"), [InputRequired(), NumberRange(1, MOST_MINUTES)])
    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class FactorForm(BaseForm):
    """The extra-time factor of one contestant."""

    number = StringField(N_("Contestant number"), [DataRequired(), Length(max=20)])
    factor = StringField(N_("Extra-time factor"), [DataRequired(), Length(max=6)])
    why = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class ReturnForm(BaseForm):
    """Coming back after an attempt has ended."""

    number = StringField(N_("Contestant number"), [DataRequired(), Length(max=20)])
    way = RadioField(N_("What to do"), [InputRequired()], validate_choice=True)
    credit_s = IntegerField(N_("Seconds to add"), [Optional(), NumberRange(0, MOST_MINUTES * 60)])
    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])
