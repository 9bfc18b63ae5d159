"""Forms of lists, notices and objections."""

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    FileField,
    RadioField,
    SelectMultipleField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional

from webapp.core.forms import BaseForm
from webapp.core.words import N_

DECISIONS = (
    ("eligible", N_("Eligible")),
    ("ineligible", N_("Not eligible")),
    ("withdrawn", N_("Has withdrawn")),
    ("unresponsive", N_("Did not answer")),
)


class FreezeForm(BaseForm):
    """Keeping the board. A reason is needed while the window is open, or beside a posted list."""

    reason = StringField(N_("Reason"), [Optional(), Length(max=500)])


class DropForm(BaseForm):
    """Giving a list up."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class DecideForm(BaseForm):
    """A decision about one contestant or several. entries: ids of the ticked rows."""

    entries = SelectMultipleField(N_("Contestants"), coerce=int, validate_choice=False)
    everyone = BooleanField(N_("Everybody above the line who is not decided yet"))
    decision = RadioField(
        N_("Decision"), [DataRequired()], choices=[SelectChoice(value, label) for value, label in DECISIONS]
    )
    reason = StringField(N_("Reason"), [Optional(), Length(max=500)])


class HourForm(BaseForm):
    """Until when substitutes move up (Shanghai time)."""

    until = DateTimeLocalField(
        N_("Substitutes move up until"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )


class PostForm(BaseForm):
    """Posting the notice. Days that the table of holidays does not have may be added."""

    off = StringField(N_("Further days off"), [Optional(), Length(max=400)])
    work = StringField(N_("Weekend days that are worked"), [Optional(), Length(max=400)])


class AmendForm(PostForm):
    """Posting the next version."""

    reason = StringField(N_("Why the notice is amended"), [DataRequired(), Length(max=500)])


class AnswerForm(BaseForm):
    """Answering an objection."""

    answer = TextAreaField(N_("Answer"), [DataRequired(), Length(max=4000)])
    published_answer = TextAreaField(N_("What stands on the notice page"), [Optional(), Length(max=2000)])
    changes_list = BooleanField(N_("The objection is right: the list changes"))


class ListExportForm(BaseForm):
    """Taking a list away needs a reason, which is noted."""

    reason = StringField(N_("Reason"), [DataRequired(), Length(min=2, max=500)])
    whole_names = BooleanField(N_("With whole names"))


class ObjectionForm(BaseForm):
    """An objection of a signed-in contestant."""

    number = StringField(N_("Contestant number it is about"), [Optional(), Length(max=40)])
    words = TextAreaField(N_("Your objection"), [DataRequired(), Length(min=5, max=4000)])


class VisitorObjectionForm(ObjectionForm):
    """An objection of anybody else: the host has to be able to reach the sender."""

    enterprise = StringField(
        N_("Enterprise or organisation, if you object for one"), [Optional(), Length(max=100)]
    )
    name = StringField(N_("Your name"), [DataRequired(), Length(max=60)])
    phone = TelField(N_("Mobile phone"), [DataRequired(), Length(max=30)])

    @property
    def sender(self) -> str:
        """The person, with the enterprise for which the person speaks before the name."""
        return " · ".join(filter(None, ((self.enterprise.data or "").strip(), self.name.data)))


CHANNELS = (
    ("phone", N_("By telephone")),
    ("letter", N_("By letter")),
    ("visit", N_("In person")),
    ("enterprise", N_("From an enterprise")),
)


class StaffObjectionForm(ObjectionForm):
    """An objection that came by telephone, letter, in person or from an enterprise, written down by staff."""

    channel = RadioField(
        N_("How it came"), [DataRequired()], choices=[SelectChoice(value, label) for value, label in CHANNELS]
    )
    name = StringField(N_("Who objects"), [DataRequired(), Length(max=60)])
    phone = TelField(N_("Mobile phone"), [Optional(), Length(max=30)])


class OpenForm(BaseForm):
    """Giving the places of a stage."""

    reason = StringField(N_("Why too few are enough"), [Optional(), Length(max=500)])


class AttendForm(BaseForm):
    """Whether somebody comes."""

    comes = RadioField(
        N_("Do you come?"),
        [DataRequired()],
        choices=[SelectChoice("yes", N_("I come")), SelectChoice("no", N_("I cannot come"))],
    )
    reason = StringField(N_("Reason"), [Optional(), Length(max=500)])


class PlaceForm(BaseForm):
    """Noting for somebody what was said by telephone."""

    number = StringField(N_("Contestant number"), [DataRequired(), Length(max=40)])
    comes = RadioField(
        N_("What the contestant said"),
        [DataRequired()],
        choices=[SelectChoice("yes", N_("Comes")), SelectChoice("no", N_("Does not come"))],
    )
    reason = StringField(N_("Reason"), [Optional(), Length(max=500)])


class EndForm(BaseForm):
    """Ending the places of people whom the final list no longer names. entries: ids of the ticked rows."""

    entries = SelectMultipleField(N_("Contestants"), coerce=int, validate_choice=False)
    reason = StringField(N_("Why the place ends"), [DataRequired(), Length(max=500)])


class SupplementForm(PostForm):
    """Posting the supplementary notice."""

    reason = StringField(N_("Why the notice is supplemented"), [DataRequired(), Length(max=500)])


class NominationForm(BaseForm):
    """The list of a selection outside."""

    file = FileField(N_("Workbook (.xlsx)"))
    reason: StringField | None = None


class FurtherListForm(NominationForm):
    """A list that follows one which is posted."""

    reason = StringField(N_("Why another list follows"), [DataRequired(), Length(max=500)])


class FollowForm(BaseForm):
    """Beginning a further list with the people of the final one."""

    reason = StringField(N_("Why another list follows"), [DataRequired(), Length(max=500)])


class TakeForm(BaseForm):
    """Taking what organisations sent into the list."""

    reason: StringField | None = None


class TakeFurtherForm(TakeForm):
    """As `TakeForm`, where a list is posted already."""

    reason = StringField(N_("Why another list follows"), [DataRequired(), Length(max=500)])


class GiveBackForm(BaseForm):
    """Returning what an organisation sent."""

    reason = StringField(N_("Why it is returned"), [DataRequired(), Length(max=500)])


class ExceptForm(BaseForm):
    """Excepting a normal minimum of the rules."""

    reason = StringField(N_("Why the event is held with fewer"), [DataRequired(), Length(max=500)])


class AgreeForm(BaseForm):
    """Agreeing to a circular for one of its bodies."""

    body = RadioField(N_("For which body"), [DataRequired()], choices=[])


class TeamForm(BaseForm):
    """A new team: contestant numbers, the leader first."""

    leader = StringField(N_("Contestant number of the leader"), [DataRequired(), Length(max=40)])
    members = StringField(N_("Contestant numbers of the members"), [DataRequired(), Length(max=800)])
