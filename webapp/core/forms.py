"""The base of every form: CSRF, translated messages, trimmed text."""

from typing import Any

from flask_wtf import FlaskForm

from webapp.core.i18n import gettext


class _Translations:
    """WTForms' own messages through our catalogues."""

    def gettext(self, string: str) -> str:
        return str(gettext(string))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(gettext(singular if n == 1 else plural))


def trimmed(value: object) -> object:
    """Text without surrounding white space, full-width spaces included."""
    return value.strip().strip("\u3000\u200b\ufeff") if isinstance(value, str) else value


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

        def get_translations(self, form: Any) -> _Translations:
            return _Translations()
