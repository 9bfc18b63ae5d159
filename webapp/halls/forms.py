"""Forms of halls."""

from flask_babel import lazy_gettext
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from webapp.core.forms import BaseForm
from webapp.core.words import N_
from webapp.halls.rules.seating import SeatingRule

WHEN = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
RULES = (
    (SeatingRule.APART.value, N_("Neighbours from different units")),
    (SeatingRule.PINYIN.value, N_("By the pinyin of the names")),
)


class HallForm(BaseForm):
    """One hall."""

    site = StringField(N_("Site"), [DataRequired(), Length(max=60)])
    address = StringField(N_("Street address"), [Optional(), Length(max=200)])
    address_en = StringField(N_("Address in English"), [Optional(), Length(max=200)])
    name = StringField(N_("Name of the hall"), [DataRequired(), Length(max=60)])
    seats = TextAreaField(N_("Seats"), [DataRequired(), Length(max=8000)])
    medium = SelectField(
        N_("Answered on"),
        choices=[
            SelectChoice("computers", lazy_gettext("Computers")),
            SelectChoice("paper", lazy_gettext("On paper")),
        ],
    )
    networks = StringField(N_("Network addresses"), [Optional(), Length(max=1000)])
    needs_check_in = BooleanField(N_("Nobody starts here without being checked in"), default=True)


class HallFileForm(BaseForm):
    """Halls from a file."""

    file = FileField(N_("File"), validators=[FileRequired(N_("Choose a file."))])


class PlanForm(BaseForm):
    """Times (Shanghai) and the words on the ticket."""

    tickets_from = DateTimeLocalField(N_("Tickets can be fetched from"), [Optional()], format=WHEN)
    late_from = DateTimeLocalField(N_("Who comes after this is late"), [Optional()], format=WHEN)
    words = TextAreaField(N_("Rules on the ticket"), [Optional(), Length(max=2000)])
    words_en = TextAreaField(N_("Rules in English"), [Optional(), Length(max=2000)])


class SeatingForm(BaseForm):
    """By which rule, with which published seed."""

    rule = RadioField(
        N_("Rule"), [DataRequired()], choices=[SelectChoice(value, label) for value, label in RULES]
    )
    seed = StringField(N_("Seed"), [DataRequired(), Length(max=64)])


class MoveForm(BaseForm):
    """Another seat for one person."""

    hall = SelectField(N_("Hall"), coerce=int)
    label = StringField(N_("Seat"), [DataRequired(), Length(max=12)])
    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class IdentityForm(BaseForm):
    """What the checker has looked at."""

    document_seen = BooleanField(N_("I have seen the document; name and number agree"))
    face_agrees = BooleanField(N_("The face agrees with the photo in the document"))


class UndoForm(BaseForm):
    """Why a check-in is taken back."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class PaperForm(BaseForm):
    """Which questions go onto paper, and how long typing may take."""

    scope = RadioField(
        N_("Questions on paper"),
        [DataRequired()],
        choices=[
            SelectChoice("rest", N_("Those without a saved answer; what is saved stays")),
            SelectChoice("all", N_("All; what is saved is printed as chosen")),
            SelectChoice("start", N_("Everything, for those who have not begun: a hall without network")),
        ],
        default="rest",
    )
    hours = IntegerField(
        N_("Hours until the sheets must be typed"), [InputRequired(), NumberRange(1, 168)], default=24
    )
    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class HallSignInForm(BaseForm):
    """Signing in at a hall's computer."""

    code = StringField(N_("Ticket code"), [DataRequired(), Length(max=20)])
    last4 = StringField(N_("Last four signs of the document number"), [DataRequired(), Length(min=4, max=4)])
