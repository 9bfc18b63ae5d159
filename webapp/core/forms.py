"""The base of every form: CSRF, translated messages, trimmed text."""

from dataclasses import replace
from typing import Any

from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice, SelectField
from wtforms.widgets import Select

from webapp.core.i18n import gettext, say
from webapp.core.words import N_

LIBRARY_WORDS = (
    N_("Not a valid choice."),
    N_("This field is required."),
    N_("Invalid input."),
    N_("Not a valid integer value."),
    N_("Not a valid decimal value."),
    N_("Not a valid float value."),
    N_("Not a valid date value."),
    N_("Not a valid datetime value."),
    N_("Invalid Choice: could not coerce."),
    N_("'%(value)s' is not a valid choice for this field."),
    N_("Field must be between %(min)d and %(max)d characters long."),
    N_("Field must be at least %(min)d character long."),
    N_("Field must be at least %(min)d characters long."),
    N_("Field cannot be longer than %(max)d character."),
    N_("Field cannot be longer than %(max)d characters."),
    N_("Field must be exactly %(max)d character long."),
    N_("Field must be exactly %(max)d characters long."),
    N_("Number must be between %(min)s and %(max)s."),
    N_("Number must be at least %(min)s."),
    N_("Number must be at most %(max)s."),
    N_("Field must be equal to %(other_name)s."),
    N_("Not a valid time value."),
    N_("Date must be at least %(min)s."),
    N_("Date must be at most %(max)s."),
    N_("Date must be between %(min)s and %(max)s."),
    N_("The CSRF token is missing."),
    N_("The CSRF token is invalid."),
    N_("The CSRF token has expired."),
    N_("The CSRF tokens do not match."),
)
"""What WTForms says by itself, so that our catalogues carry it."""


class _Translations:
    """WTForms' own messages through our catalogues."""

    def gettext(self, string: str) -> str:
        return str(gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(gettext(singular if n == 1 else plural))


def _said(choice: Any) -> Any:
    """A choice with its words in the reader's language; choices that are plain values stay."""
    if not isinstance(choice, SelectChoice):
        return choice
    return replace(choice, label=say(choice.label) if isinstance(choice.label, str) else choice.label)


def trimmed(value: object) -> object:
    """Text without surrounding white space, full-width spaces included, and without the NUL that
    PostgreSQL refuses."""
    return value.replace("\0", "").strip().strip("\u3000\u200b\ufeff") if isinstance(value, str) else value


class BaseForm(FlaskForm):
    """Parent of every form. Text fields are trimmed; passwords are not."""

    class Meta(FlaskForm.Meta):
        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            is_text = getattr(
                unbound_field.field_class, "widget", None
            ) is not None and unbound_field.field_class.__name__ in {
                "StringField",
                "TextAreaField",
                "TelField",
                "SearchField",
            }
            filters = list(unbound_field.kwargs.get("filters", ()))
            if is_text and trimmed not in filters:
                filters.append(trimmed)
            return unbound_field.bind(form=form, **{**options, "filters": filters})

        def render_field(self, field: Any, render_kw: Any) -> Any:
            """Choices of lists are said in the reader's language, as labels are."""
            if isinstance(field, SelectField) and isinstance(field.widget, Select):
                field.choices = [_said(choice) for choice in field.choices or ()]
            return super().render_field(field, render_kw)

        def get_translations(self, form: Any) -> _Translations:
            return _Translations()
