"""Forms of labour competitions."""

from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from webapp.campaigns.rules.report import MOST_NUMBER, MOST_WORDS
from webapp.core.forms import BaseForm
from webapp.core.words import N_


class EnrolForm(BaseForm):
    """A unit enrols; the route sets the units to choose from."""

    unit = SelectField(N_("Unit"), coerce=int)
    firms = IntegerField(
        N_("Firms covered"), [InputRequired(), NumberRange(min=0, max=MOST_NUMBER)], default=1
    )
    workers = IntegerField(N_("Workers covered"), [InputRequired(), NumberRange(min=0, max=MOST_NUMBER)])


class PlanForm(BaseForm):
    """The mobilisation plan: words; files come beside them."""

    words = TextAreaField(N_("Mobilisation plan"), [DataRequired(), Length(max=MOST_WORDS)])


class ReviewForm(BaseForm):
    """Accepting, or sending back with the reason."""

    decision = RadioField(
        N_("Decision"),
        [DataRequired()],
        choices=[SelectChoice("accept", N_("Accept")), SelectChoice("return", N_("Send back"))],
        default="accept",
    )
    reason = TextAreaField(N_("Reason"), [Optional(), Length(max=500)])


class LeaderForm(BaseForm):
    """Naming the leader by the code of the organisation."""

    organisation = StringField(N_("Code of the organisation"), [DataRequired(), Length(max=80)])


class CandidateForm(BaseForm):
    """Naming somebody for commendation; the route sets the units."""

    unit = SelectField(N_("Unit"), coerce=int)
    person = StringField(N_("Person (empty: the unit itself)"), [Optional(), Length(max=60)])
    reason = TextAreaField(N_("Why they are to be commended"), [DataRequired(), Length(max=1000)])


class CampaignExportForm(BaseForm):
    """Taking the totals away."""

    reason = StringField(N_("What do you need the list for?"), [DataRequired(), Length(max=200)])
