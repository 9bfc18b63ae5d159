"""Forms of applicants, reviewers and liaisons. Fields that are not here are ignored."""

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from webapp.core.forms import BaseForm
from webapp.core.i18n import lazy_gettext
from webapp.registration.queries.applications import Answers
from webapp.registration.rules.eligibility import DECLARED, OCCUPATION_TEXTS, EventRules, Occupation
from webapp.registration.rules.review import Decision
from webapp.registration.service.reviewing import REASON_MOST


class ApplyForm(BaseForm):
    """Applying for an event; the questions are those the contest file calls for."""

    occupation = RadioField(
        lazy_gettext("I am"),
        choices=[SelectChoice(one.value, text) for one, text in OCCUPATION_TEXTS.items()],
        validators=[InputRequired(lazy_gettext("Please say what you are."))],
    )
    declared = SelectMultipleField(
        lazy_gettext("Tick what applies to you"),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[Optional()],
    )
    consent = BooleanField(
        lazy_gettext("I have checked my data and agree to the rules of this event."),
        validators=[InputRequired(lazy_gettext("Please read the rules of the event and agree to them."))],
    )
    key = HiddenField(validators=[Length(max=64), Regexp(r"[0-9A-Za-z-]*\Z")])

    def ask(self, rules: EventRules) -> "ApplyForm":
        """Keep only the questions that the rules call for."""
        if not rules.asks_occupation:
            del self.occupation
        if not rules.asked_declarations:
            del self.declared
        else:
            self.declared.choices = [SelectChoice(code, DECLARED[code]) for code in rules.asked_declarations]
        return self

    def answers(self) -> Answers:
        """What was said, as the rules take it."""
        occupation = self.occupation.data if "occupation" in self else None
        declared = self.declared.data or () if "declared" in self else ()
        return Answers(Occupation(occupation) if occupation else None, frozenset(declared))


class SwitchForm(BaseForm):
    """Switching to another event of the same contest."""

    event = RadioField(
        lazy_gettext("Switch to"),
        coerce=int,
        validators=[InputRequired(lazy_gettext("Please choose an event."))],
    )
    consent = BooleanField(
        lazy_gettext("I agree to the rules of the new event."),
        validators=[InputRequired(lazy_gettext("Please read the rules of the event and agree to them."))],
    )


class DecisionForm(BaseForm):
    """One decision on one application, or on the chosen ones."""

    decision = RadioField(
        lazy_gettext("Decision"),
        choices=[
            SelectChoice(Decision.CONFIRM.value, lazy_gettext("Confirm")),
            SelectChoice(Decision.RETURN.value, lazy_gettext("Return for correction")),
            SelectChoice(Decision.REFUSE.value, lazy_gettext("Refuse the registration")),
        ],
        validators=[InputRequired(lazy_gettext("Please choose a decision."))],
    )
    ready = SelectField(lazy_gettext("Ready-made reason"), validators=[Optional()])
    reason = TextAreaField(
        lazy_gettext("Reason in your own words"),
        validators=[
            Optional(),
            Length(
                max=REASON_MOST,
                message=lazy_gettext("A reason has at most %(most)d characters.", most=REASON_MOST),
            ),
        ],
    )
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    step = IntegerField(widget=HiddenInput(), validators=[Optional()])
    key = HiddenField(validators=[Length(max=64), Regexp(r"[0-9A-Za-z-]*\Z")])


class RosterForm(BaseForm):
    """A workbook of a unit's workers."""

    unit = SelectField(
        lazy_gettext("Unit"), coerce=int, validators=[InputRequired(lazy_gettext("Please choose a unit."))]
    )
    contest = SelectField(
        lazy_gettext("Contest"),
        coerce=int,
        validators=[InputRequired(lazy_gettext("Please choose a contest."))],
    )
    workbook = FileField(
        lazy_gettext("Workbook (.xlsx)"),
        validators=[InputRequired(lazy_gettext("Please choose the filled-in template."))],
    )
