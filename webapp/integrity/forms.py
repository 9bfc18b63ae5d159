"""Forms of evidence, cases and known sites."""

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from webapp.core.forms import BaseForm
from webapp.core.i18n import say
from webapp.core.words import N_, Message
from webapp.integrity.rules.decisions import WORDS, Decision
from webapp.integrity.rules.interests import RELATIONS, Relation


class OpenCaseForm(BaseForm):
    """Opening a case."""

    words = TextAreaField(N_("Why this should be looked into"), [DataRequired(), Length(max=2000)])


class NoteForm(BaseForm):
    """A note for the hosts."""

    words = TextAreaField(N_("Note for the hosts"), [DataRequired(), Length(max=2000)])


class TellForm(BaseForm):
    """Showing the case to the contestant."""

    words = TextAreaField(N_("What you ask the contestant"), [DataRequired(), Length(max=2000)])


class StatementForm(BaseForm):
    """The contestant's own words."""

    words = TextAreaField(N_("Your statement"), [DataRequired(), Length(max=4000)])


class DecideForm(BaseForm):
    """A decision with its reason."""

    decision = RadioField(
        N_("Decision"), [DataRequired()], choices=[SelectChoice(one.value, WORDS[one]) for one in Decision]
    )
    words = TextAreaField(N_("Reason"), [DataRequired(), Length(max=2000)])


class CodeForm(BaseForm):
    """A watermark read from a photo."""

    code = StringField(N_("Code on the photo"), [DataRequired(), Length(max=20)])
    why = StringField(N_("Where the photo comes from"), [DataRequired(), Length(max=200)])


class SiteForm(BaseForm):
    """A known site."""

    network = StringField(N_("Address range"), [DataRequired(), Length(max=60)])
    label = StringField(N_("Name of the site"), [DataRequired(), Length(max=80)])


class InterestForm(BaseForm):
    """A declared interest."""

    relation = SelectField(
        N_("What you are"),
        [DataRequired()],
        choices=[SelectChoice(one.value, RELATIONS[one]) for one in Relation],
    )
    event_id = SelectField(N_("An event"), validate_choice=True)
    unit = StringField(N_("Or a unit, by its full name"), [Length(max=200)])
    number = StringField(N_("Or a contestant, by number"), [Length(max=20)])
    note = StringField(N_("Remark"), [Length(max=300)])


class SnapshotForm(BaseForm):
    """Whether somebody agrees to camera pictures."""

    answer = RadioField(N_("Your answer"), [DataRequired()])

    @classmethod
    def of(cls, is_required: bool, **kwargs: object) -> "SnapshotForm":
        """The form with the answers that the exam allows."""
        form = cls(**kwargs)
        form.answer.choices = [("yes", say(Message(N_("I agree that pictures of me are taken"))))]
        if not is_required:
            form.answer.choices.append(("no", say(Message(N_("I do not agree; I write without pictures")))))
        return form
