"""Forms of applications. Those of the sections are made from what the contest file asks for."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_wtf.file import FileField, FileRequired, MultipleFileField
from wtforms import (
    DateField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from webapp.core.forms import BaseForm, trimmed
from webapp.core.i18n import pick
from webapp.core.words import N_
from webapp.hosting.rules.checks import GROUP_WORDS, PART_WORDS
from webapp.hosting.rules.form import NO, YES
from webapp.hosting.rules.performance import HEADING_WORDS, FileRules
from webapp.hosting.rules.states import OUTCOME_WORDS
from webapp.hosting.rules.terms import Terms

MOST_YUAN = 100_000_000
MOST_ROWS = 40
SPARE_ROWS = 2
ROLE_WORDS = {
    "host": N_("The union hosts"),
    "co-host": N_("The union co-hosts"),
    "assist": N_("The union assists"),
}
SOURCE_WORDS = {
    "catalogue-2022": N_("Catalogue of occupations (2022)"),
    "new-occupations": N_("Lists of new occupations"),
    "industry-standard": N_("A standard of the industry"),
}
WHO_WORDS = {
    "city-union": N_("City union"),
    "provincial-organs-union": N_("Union of provincial organs"),
    "craftsman-academy": N_("Provincial craftsman academy"),
    "region": N_("Region"),
    "school": N_("School or college"),
    "leading-enterprise": N_("Leading enterprise"),
}
CRITERIA_WORDS = {
    "conditions": N_("conditions of the venue"),
    "equipment": N_("equipment"),
    "service": N_("service"),
}


class Later(Optional):
    """May be empty for now: drafts are kept as far as they are written. Not shown as optional: the checks before
    sending say what is needed."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags: dict[str, bool] = {}


class RowForm(Form):
    """One row of a list inside a form; texts are trimmed."""

    class Meta(Form.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            return unbound_field.bind(form=form, **{**options, "filters": [trimmed]})


class JudgeRow(RowForm):
    name = StringField(N_("Name of the judge"), [Length(max=40)])
    proof = StringField(N_("Proof of expertise"), [Length(max=200)])


class LineRow(RowForm):
    item = StringField(N_("What it is for"), [Length(max=120)])
    amount = IntegerField(N_("Cost (yuan)"), [Optional(), NumberRange(0, MOST_YUAN)])
    support = IntegerField(N_("Support asked (yuan)"), [Optional(), NumberRange(0, MOST_YUAN)])


class PrizeRow(RowForm):
    code = StringField(N_("Prize"), [Length(max=40)])
    amount = IntegerField(N_("Each (yuan)"), [Optional(), NumberRange(0, MOST_YUAN)])
    count = IntegerField(N_("How many are given"), [Optional(), NumberRange(0, 10_000)])


class BeginForm(BaseForm):
    """A new application. offer: 'trade', 'event' or 'stage/<code>'. event: code; needed unless for a trade."""

    organisation = SelectField(N_("Organisation that applies"), [DataRequired()])
    offer = SelectField(N_("Applies for"), [DataRequired()])
    event = SelectField(N_("Event"), [Optional()])


def begin_form(
    organisations: Mapping[int, str],
    offers: Sequence[tuple[str, str]],
    events: Sequence[tuple[str, str]],
    **data: Any,
) -> BeginForm:
    """Who applies for what. offers, events: (value, words)."""
    form = BeginForm(**data)
    form.organisation.choices = [SelectChoice(str(key), name) for key, name in organisations.items()]
    form.offer.choices = [SelectChoice(value, words) for value, words in offers]
    form.event.choices = [
        SelectChoice("", N_("Not needed")),
        *(SelectChoice(code, words) for code, words in events),
    ]
    return form


def section_form(
    section: str, terms: Terms, offer: str, stage: str, more: Sequence[tuple[str, str]] = (), **data: Any
) -> BaseForm:
    """The form of one section, with the fields that the contest file asks for. more: (code, words) of further events
    that may be applied for together."""
    fields = {"what": _what, "plan": _plan, "people": _people, "money": _money}[section](terms, offer, stage)
    if section == "what" and more:
        fields["more"] = SelectMultipleField(
            N_("Events that are hosted with it") if stage else N_("Events that are organised with it"),
            [Later()],
            choices=[SelectChoice(code, words) for code, words in more],
            widget=ListWidget(prefix_label=False),
            option_widget=CheckboxInput(),
        )
    made: type[BaseForm] = type("SectionForm", (BaseForm,), fields)
    return made(**data)


def _radio(label: str, choices: list[tuple[str, str]]) -> Field:
    """Radio buttons of which none need be chosen yet."""
    return RadioField(label, [Later()], choices=[SelectChoice(key, words) for key, words in choices])


def _what(terms: Terms, offer: str, stage: str) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if offer == "trade":
        fields["title"] = StringField(N_("Name of the trade"), [Length(max=80)])
        fields["title_en"] = StringField(N_("Name in English"), [Optional(), Length(max=120)])
        kinds = [(code, pick(title)) for code, title in terms.classes.items()]
        fields["event_class"] = _radio(N_("Kind of the trade"), kinds)
        if terms.value("trade-names"):
            sources = [*terms.value("trade-names"), "industry-standard"]
            words = [(code, SOURCE_WORDS.get(code, code)) for code in sources]
            fields["name_source"] = _radio(N_("Named after"), words)
            fields["name_reference"] = StringField(
                N_("Number in the list, or name of the standard"), [Length(max=200)]
            )
        if "certificate-trades" in terms.rules:
            fields["certificate"] = _radio(
                N_("Leads to a skill level certificate"), [(YES, N_("Yes")), (NO, N_("No"))]
            )
    chosen = terms.stage(stage)
    if chosen is not None and chosen.who:
        fields["applies_as"] = _radio(
            N_("Applies as"), [(code, WHO_WORDS.get(code, code)) for code in chosen.who]
        )
    if terms.value("union-role"):
        roles = [(code, ROLE_WORDS.get(code, code)) for code in terms.value("union-role")]
        fields["role"] = _radio(N_("Part of the union"), roles)
    return fields


def _plan(terms: Terms, offer: str, stage: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "first_day": DateField(N_("First day"), [Later()]),
        "last_day": DateField(N_("Last day"), [Later()]),
        "venue": StringField(N_("Place of the event"), [Length(max=200)]),
        "contestants": IntegerField(N_("Contestants expected"), [Later(), NumberRange(0, 1_000_000)]),
    }
    for part in terms.hosting.plan:
        fields[f"part_{part}"] = TextAreaField(PART_WORDS[part], [Length(max=4000)])
    return fields


def _people(terms: Terms, offer: str, stage: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"judges": FieldList(FormField(JudgeRow), max_entries=MOST_ROWS)}
    for group in terms.value("working-groups") or ():
        fields[f"group_{group}"] = StringField(GROUP_WORDS.get(group, group), [Length(max=300)])
    return fields


def _money(terms: Terms, offer: str, stage: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"lines": FieldList(FormField(LineRow), max_entries=MOST_ROWS)}
    if terms.prizes and offer == "trade":
        fields["prizes"] = FieldList(FormField(PrizeRow), max_entries=MOST_ROWS)
    return fields


def data_of(section: str, told: dict[str, Any], terms: Terms, offer: str) -> dict[str, Any]:
    """What a section's form shows, from the JSON that is kept; empty rows to go on with."""
    if section == "plan":
        parts = {f"part_{name}": words for name, words in told.get("parts", {}).items()}
        return {
            **_day_values(told),
            "venue": told.get("venue"),
            "contestants": told.get("contestants"),
            **parts,
        }
    if section == "people":
        groups = {f"group_{name}": words for name, words in told.get("groups", {}).items()}
        least = terms.value("min-judges") or 0
        return {"judges": _rows(told.get("judges", []), {"name": "", "proof": ""}, least), **groups}
    if section == "money":
        empty = {"item": "", "amount": None, "support": None}
        known = {one["code"]: one for one in told.get("prizes", [])}
        prizes = [
            known.get(prize.code, {"code": prize.code, "amount": None, "count": None})
            for prize in terms.prizes
        ]
        rows = _rows(told.get("lines", []), empty, 1)
        return {"lines": rows, "prizes": prizes} if offer == "trade" else {"lines": rows}
    return dict(told)


def _rows(rows: list[Any], empty: dict[str, Any], least: int) -> list[dict[str, Any]]:
    spare = max(SPARE_ROWS, least - len(rows))
    return [*rows, *([empty] * spare)][:MOST_ROWS]


def _day_values(told: dict[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(told[name]) for name in ("first_day", "last_day") if told.get(name)}


def told_of(section: str, form: Any) -> dict[str, Any]:
    """The JSON that is kept of a section that was filled in."""
    if section == "plan":
        days = {name: form[name].data.isoformat() for name in ("first_day", "last_day") if form[name].data}
        parts = _named(form, "part_")
        return {**days, "venue": form.venue.data or "", "contestants": form.contestants.data, "parts": parts}
    if section == "people":
        judges = [
            {"name": row.form.name.data, "proof": row.form.proof.data or ""}
            for row in form.judges
            if row.form.name.data
        ]
        return {"judges": judges, "groups": _named(form, "group_")}
    if section == "money":
        lines = [
            {"item": row.item.data, "amount": row.amount.data or 0, "support": row.support.data or 0}
            for row in (entry.form for entry in form.lines)
            if row.item.data or row.amount.data or row.support.data
        ]
        prizes = [
            {"code": row.code.data, "amount": row.amount.data or 0, "count": row.count.data or 0}
            for row in (entry.form for entry in form.prizes)
            if row.amount.data or row.count.data
        ] if "prizes" in form else []  # fmt: skip
        return {"lines": lines, "prizes": prizes}
    return {name: field.data or "" for name, field in form._fields.items() if name != "csrf_token"}


def _named(form: Any, prefix: str) -> dict[str, str]:
    """The fields of a prefix that are written, by the rest of their names."""
    found = {
        name.removeprefix(prefix): field.data
        for name, field in form._fields.items()
        if name.startswith(prefix)
    }
    return {name: words for name, words in found.items() if words}


class AttachForm(BaseForm):
    """A file of an application."""

    file = FileField(N_("File"), [FileRequired(N_("Choose a file."))])


class PartnerForm(BaseForm):
    """An organisation that is asked to join, by its code or credit code."""

    code = StringField(N_("Code of the organisation"), [DataRequired(), Length(max=80)])


class WithdrawForm(BaseForm):
    """Taking an application back."""

    reason = StringField(N_("Reason"), [Optional(), Length(max=500)])


class ReviewForm(BaseForm):
    """One step of the review. support: yuan, where the step decides."""

    outcome = RadioField(
        N_("Result of this step"),
        [DataRequired()],
        choices=[SelectChoice(one.value, words) for one, words in OUTCOME_WORDS.items()],
    )
    support = IntegerField(N_("Support granted (yuan)"), [Optional(), NumberRange(0, MOST_YUAN)])
    reason = TextAreaField(N_("Reason"), [DataRequired(), Length(max=1000)])


class ExceptForm(BaseForm):
    """Excepting a normal rule. support: yuan that are meant to be granted, where that is what breaks the rule."""

    support = IntegerField(validators=[Optional(), NumberRange(0, MOST_YUAN)])
    rule = StringField(N_("Rule"), [DataRequired(), Length(max=40)])
    reason = StringField(N_("Reason of the exception"), [DataRequired(), Length(max=1000)])


class AgreementForm(BaseForm):
    """The signed agreement."""

    signed_on = DateField(N_("Signed on"), [DataRequired()])
    scan = FileField(N_("Scan of the agreement (optional)"))


def report_form(rules: FileRules, **data: Any) -> BaseForm:
    """The report, a field for each heading that the contest asks for."""
    fields: dict[str, Any] = {
        f"part_{heading}": TextAreaField(HEADING_WORDS.get(heading, heading), [Length(max=5000)])
        for heading in rules.headings
    }
    made: type[BaseForm] = type("ReportForm", (BaseForm,), fields)
    return made(**data)


def report_of(form: Any) -> dict[str, str]:
    """The parts of a report that are written."""
    return _named(form, "part_")


class MediaForm(BaseForm):
    """Photos and a video, several at once; without script the form sends them whole."""

    file = MultipleFileField(N_("Photos and video"))


class ScoresForm(BaseForm):
    """The scores that were filed."""

    signed_on = DateField(N_("Signed and sealed on"), [DataRequired()])
    chief = StringField(N_("Chief judge who signed"), [DataRequired(), Length(max=80)])
    scan = FileField(N_("Scan that shows signature and seal"), [FileRequired(N_("Choose a file."))])


class FileReviewForm(BaseForm):
    """The host's word on a performance file."""

    result = RadioField(
        N_("Result of the review"),
        [DataRequired()],
        choices=[
            SelectChoice("accepted", N_("Accept")),
            SelectChoice("returned", N_("Return for correction")),
            SelectChoice("poor", N_("Poor quality")),
        ],
    )
    reason = TextAreaField(N_("Reason"), [DataRequired(), Length(max=1000)])


class EndForm(BaseForm):
    """Another last day of the event."""

    ended_on = DateField(N_("Last day of the event"), [DataRequired()])
    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])


class BarForm(BaseForm):
    """Proposing a bar."""

    reason = TextAreaField(
        N_("What happened, and its effect on the public"), [DataRequired(), Length(max=1000)]
    )


class PaidForm(BaseForm):
    """A half of the support that was paid."""

    half = HiddenField(validators=[DataRequired()])
    paid_on = DateField(N_("Paid on"), [DataRequired()])


def place_form(profiles: Mapping[str, Mapping[str, str]], **data: Any) -> "PlaceForm":
    """Putting a granted trade into the contest file; profiles: by code."""
    form = PlaceForm(**data)
    form.profile.choices = [SelectChoice(code, pick(title)) for code, title in profiles.items()]
    return form


class PlaceForm(BaseForm):
    """A granted trade as an event."""

    code = StringField(
        N_("Code of the event"),
        [
            DataRequired(),
            Regexp(
                r"^[a-z0-9][a-z0-9-]{0,39}$",
                message=N_("Codes are made of small letters, digits and hyphens, at most 40."),
            ),
        ],
    )
    profile = SelectField(N_("Rules of"), [DataRequired()])
    reason = StringField(N_("Reason"), [DataRequired(), Length(max=500)])
