"""Forms of skill records."""

from wtforms import BooleanField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from webapp.core.forms import BaseForm
from webapp.core.words import N_
from webapp.records.rules.sharing import Choice, NameShown

EVERYTHING = "all"
DAYS = (
    ("7", N_("7 days")),
    ("30", N_("30 days")),
    ("90", N_("90 days")),
    ("365", N_("One year")),
)
NAMES = (
    (NameShown.FULL.value, N_("My whole name")),
    (NameShown.MASKED.value, N_("Only the first character of my name")),
)


class ShownForm(BaseForm):
    """What a document or a link shows. contest: id of one, or EVERYTHING; the route sets the choices."""

    contest = SelectField(N_("What it shows"), [DataRequired()], default=EVERYTHING)
    with_scores = BooleanField(N_("Show combined scores and learning points as well"))
    name = RadioField(
        N_("My name"),
        [DataRequired()],
        choices=[SelectChoice(value, words) for value, words in NAMES],
        default=NameShown.FULL.value,
    )

    def choice(self) -> Choice:
        """What was chosen."""
        chosen = str(self.contest.data)
        return Choice(
            None if chosen == EVERYTHING else int(chosen),
            bool(self.with_scores.data),
            NameShown(self.name.data),
        )


class LinkForm(ShownForm):
    """A link. for_whom: for the holder's own list only."""

    for_whom = StringField(N_("Whom the link is for"), [DataRequired(), Length(max=80)])
    days = RadioField(
        N_("How long it opens"),
        [DataRequired()],
        choices=[SelectChoice(value, words) for value, words in DAYS],
        default="30",
    )
