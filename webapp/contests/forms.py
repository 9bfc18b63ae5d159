"""Forms of contest administration."""

import tomllib
from collections.abc import Collection
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp, ValidationError

from webapp.contests.rules.moving_windows import Span
from webapp.contests.rules.postponing import MOST_DAYS, Move
from webapp.contests.rules.reader import UNDECIDED
from webapp.contests.rules.windows import moment
from webapp.core.forms import BaseForm
from webapp.core.words import N_

MOST_REASON = 1000


class DefinitionForm(BaseForm):
    """A definition, as a file or typed into the page; what was typed stays on the page when it is refused."""

    file = FileField(N_("Definition file (.toml)"), validators=[Optional()])
    text = TextAreaField(N_("Or the text itself"), validators=[Optional()])
    because = TextAreaField(N_("Why rules in use change"), validators=[Optional(), Length(max=MOST_REASON)])


class EditorForm(BaseForm):
    """The whole text. base: digest of the version it was made from, '' for a new contest."""

    base = HiddenField(validators=[Optional(), Length(max=64)])
    text = TextAreaField(N_("Definition"), validators=[InputRequired()])
    because = TextAreaField(N_("Why rules in use change"), validators=[Optional(), Length(max=MOST_REASON)])


class DecisionForm(BaseForm):
    """The second person's word, or the first one's second thought."""

    decision = RadioField(
        N_("Decision"),
        choices=["apply", "refuse", "withdraw"],
        validators=[InputRequired()],
    )


class StartForm(BaseForm):
    """What a new contest is made from and called."""

    source = SelectField(N_("Begin with"), validators=[InputRequired()])
    code = StringField(
        N_("Code of the new contest"),
        validators=[
            InputRequired(),
            Regexp(
                r"^[a-z0-9][a-z0-9-]{0,39}$",
                message=N_("Codes are made of small letters, digits and hyphens, at most 40."),
            ),
        ],
    )
    title_zh = StringField(N_("Title in Chinese"), validators=[InputRequired(), Length(max=200)])
    title_en = StringField(N_("Title in English"), validators=[Optional(), Length(max=200)])
    edition = StringField(N_("Edition"), validators=[Optional(), Length(max=40)])


class WindowForm(PlainForm):
    """One window: first and last day or instant. Both empty: undecided, or as in the contest for an event."""

    window = HiddenField(validators=[InputRequired()])
    first = StringField(N_("First day"), validators=[Length(max=40)])
    last = StringField(N_("Last day"), validators=[Length(max=40)])

    def validate_first(self, field: StringField) -> None:
        _need_moment(field.data)

    def validate_last(self, field: StringField) -> None:
        _need_moment(field.data)
        if bool((field.data or "").strip()) != bool((self.first.data or "").strip()):
            raise ValidationError(N_("Fill in both, or neither."))

    def span(self, inherits: bool) -> Span:
        """What goes into the file. inherits: an event without its own window takes the contest's."""
        first, last = (self.first.data or "").strip(), (self.last.data or "").strip()
        if first == UNDECIDED:
            return UNDECIDED
        if first and last:
            return first, last
        return None if inherits else UNDECIDED


def _need_moment(value: str | None) -> None:
    text = (value or "").strip()
    if text and text != UNDECIDED and moment(text) is None:
        raise ValidationError(N_("Write a day, for example 2026-05-21."))


class StageForm(PlainForm):
    """Quota and length of the notice of one stage. Empty: left out; "undecided": open."""

    stage = HiddenField(validators=[InputRequired()])
    quota = StringField(N_("Quota"), validators=[Length(max=20)])
    notice_working_days = StringField(N_("Working days of the notice"), validators=[Length(max=20)])

    def validate_quota(self, field: StringField) -> None:
        _need_number(field.data)

    def validate_notice_working_days(self, field: StringField) -> None:
        if (field.data or "").strip() != "0":  # 0: no notice; the check of the file says where that may be
            _need_number(field.data)

    @staticmethod
    def number(value: str | None) -> int | str | None:
        text = (value or "").strip()
        return int(text) if text.isascii() and text.isdigit() else text or None


def _need_number(value: str | None) -> None:
    text = (value or "").strip()
    if text and text != UNDECIDED and not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ValidationError(N_("Write a whole number above zero, undecided, or nothing."))


class DatesForm(BaseForm):
    """The parts of a definition that people change most. seen: digest of the definition whose effect the page shows."""

    base = HiddenField(validators=[InputRequired(), Length(max=64)])
    seen = HiddenField(validators=[Optional(), Length(max=64)])
    windows = FieldList(FormField(WindowForm))
    stages = FieldList(FormField(StageForm))
    because = TextAreaField(N_("Why rules in use change"), validators=[Optional(), Length(max=MOST_REASON)])

    @staticmethod
    def values(text: str, event_code: str, known: Collection[str]) -> dict[str, Any]:
        """What stands in the file now; for an event its own windows beside those of the contest that it goes by (known)."""
        data = tomllib.loads(text)
        names = list(data["windows"])
        table = data["windows"]
        if event_code:
            event = next(item for item in data["events"] if item["code"] == event_code)
            table = event.get("windows", {})
            names = [name for name in names if name in known or name in table]
            names += [name for name in table if name not in names]
        windows = [{"window": name, **_ends(table.get(name))} for name in names]
        stages = [
            {
                "stage": f"{profile['code']}:{stage['code']}",
                "quota": str(stage.get("quota", "")),
                "notice_working_days": str(stage.get("notice_working_days", "")),
            }
            for profile in data["profiles"]
            for stage in profile["stages"]
        ]
        return {"windows": windows, "stages": [] if event_code else stages}


class PostponeForm(BaseForm):
    """One event later or longer. seen: digest of the definition that the preview on the page would make."""

    seen = HiddenField(validators=[Optional(), Length(max=64)])
    window = SelectField(N_("What moves"), validators=[InputRequired()])
    move = RadioField(
        N_("How it moves"),
        choices=[
            SelectChoice(Move.POSTPONE.value, N_("Postpone: it begins and ends later")),
            SelectChoice(Move.EXTEND.value, N_("Extend: it ends later")),
        ],
        validators=[InputRequired()],
    )
    days = IntegerField(N_("By how many days"), validators=[InputRequired(), NumberRange(1, MOST_DAYS)])
    later = BooleanField(N_("What comes after it moves by as many days"), default=True)
    because = TextAreaField(N_("Why the dates move"), validators=[Optional(), Length(max=MOST_REASON)])


def _ends(value: Any) -> dict[str, str]:
    if isinstance(value, list):
        return {"first": str(value[0]), "last": str(value[1])}
    return {"first": value or "", "last": value or ""}
