"""Forms of accounts: they bring what was typed to one spelling, or say what is wrong with it."""

from collections.abc import Callable, Iterable
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    PasswordField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from webapp.accounts.rules import codes, documents, names, passwords, phones
from webapp.accounts.rules.documents import Document, DocumentKind
from webapp.core import clock
from webapp.core.errors import DomainError
from webapp.core.forms import BaseForm
from webapp.core.i18n import gettext as _
from webapp.core.i18n import say
from webapp.core.words import N_


class Filled:
    """The field must hold something; `text` says what."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, form: Any, field: Any) -> None:
        if not field.data:
            raise ValidationError(say(self.text))


def refine(work: Callable[[], Any]) -> Any:
    """What a rule makes of a field's text; its refusal becomes the field's error."""
    try:
        return work()
    except DomainError as error:
        raise ValidationError(say(error.message)) from error


class Autocompleted(PasswordField):
    """A password field: never filled again by the server, shown to password managers by its purpose."""

    def __init__(self, label: str, purpose: str, **kwargs: Any) -> None:
        super().__init__(label, render_kw={"autocomplete": purpose, "maxlength": passwords.MOST}, **kwargs)


class SignInForm(BaseForm):
    identifier = StringField(
        N_("Phone or document number"),
        [Filled(N_("Please enter your phone or document number."))],
        render_kw={"autocomplete": "username", "autocapitalize": "characters", "maxlength": 40},
    )
    password = Autocompleted(
        N_("Password"), "current-password", validators=[Filled(N_("Please enter your password."))]
    )
    next = HiddenField()


class DocumentForm(BaseForm):
    """Kind and number of a document; `document` holds the checked value afterwards."""

    document_kind = SelectField(
        N_("Kind of document"),
        choices=[SelectChoice(kind.value, documents.KIND_TEXTS[kind]) for kind in DocumentKind],
    )
    document_number = StringField(
        N_("Document number"),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "maxlength": 40},
    )
    document: Document

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.document_kind.choices = [
            SelectChoice(kind.value, _(documents.KIND_TEXTS[kind])) for kind in DocumentKind
        ]

    def validate_document_number(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("Please enter the number of your document."))
        if self.document_kind.data not in set(DocumentKind):
            return
        today = clock.now().astimezone(clock.SHANGHAI).date()
        self.document = refine(
            lambda: documents.parse(DocumentKind(self.document_kind.data), field.data, today)
        )


class PersonForm(DocumentForm):
    """Name and phone beside the document; cleaned values come back into the fields."""

    name = StringField(N_("Name"), render_kw={"autocomplete": "name", "maxlength": 80})
    phone = TelField(N_("Phone"), render_kw={"autocomplete": "tel", "maxlength": 30})

    def validate_name(self, field: Any) -> None:
        field.data = refine(lambda: names.clean(field.data or ""))

    def validate_phone(self, field: Any) -> None:
        field.data = refine(lambda: phones.clean(field.data or ""))


class UnitForm(BaseForm):
    """Which unit somebody works in. `unit` is an id, 'none', or 'other' with words in unit_words."""

    unit_search = StringField(
        N_("Find your unit"), render_kw={"autocomplete": "organization", "maxlength": 80}
    )
    unit = StringField(N_("Unit"))
    unit_words = StringField(N_("Name and place of your unit"), render_kw={"maxlength": 120})

    def validate_unit(self, field: Any) -> None:
        choice = str(field.data or "")
        if choice not in {"none", "other"} and not (choice.isascii() and choice.isdecimal()):
            raise ValidationError(_("Please find and choose your unit, or say that you have none."))

    def validate_unit_words(self, field: Any) -> None:
        if self.unit.data == "other" and len(field.data or "") < 4:
            raise ValidationError(_("Please give the full name of your unit and its city."))

    @property
    def unit_id(self) -> int | None:
        """The chosen unit, or None."""
        choice = str(self.unit.data or "")
        return int(choice) if choice.isascii() and choice.isdecimal() and len(choice) < 18 else None


class NewPasswordForm(BaseForm):
    """A new password; set `staff` and `personal` before validating."""

    password = Autocompleted(N_("New password"), "new-password")
    staff = False
    personal: Iterable[str] = ()

    def validate_password(self, field: Any) -> None:
        refine(lambda: passwords.check(field.data or "", staff=self.staff, personal=self._numbers()))

    def _numbers(self) -> Iterable[str]:
        return self.personal


class SignUpForm(PersonForm, UnitForm, NewPasswordForm):
    password = Autocompleted(N_("Choose a password"), "new-password")
    privacy = BooleanField(
        N_("I have read the privacy notice and agree to the use of my data for the contests.")
    )
    publication = BooleanField(
        N_("I agree that my name and unit may be published with my results and awards.")
    )
    next = HiddenField()

    def validate_privacy(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(
                _("Without the privacy notice there can be no record. Please read it and agree.")
            )

    def _numbers(self) -> Iterable[str]:
        typed = str(self.document_number.data or "")
        return [documents.normalise(kind, typed) for kind in DocumentKind] + [str(self.phone.data or "")]


class ChangePasswordForm(NewPasswordForm):
    present = Autocompleted(
        N_("Present password"), "current-password", validators=[Filled(N_("Please enter your password."))]
    )


class CodeForm(NewPasswordForm):
    """Document number, one-time code and a new password: recovery and first sign-in."""

    document_number = StringField(
        N_("Document number"),
        [Filled(N_("Please enter the number of your document."))],
        render_kw={"autocomplete": "username", "autocapitalize": "characters", "maxlength": 40},
    )
    code = StringField(
        N_("One-time code"),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 20},
    )

    def validate_code(self, field: Any) -> None:
        if len(codes.clean(field.data or "")) != codes.LENGTH:
            raise ValidationError(_("The code has eight digits."))

    def _numbers(self) -> Iterable[str]:
        return [documents.normalise(kind, str(self.document_number.data or "")) for kind in DocumentKind]


class ClaimForm(PersonForm):
    explanation = TextAreaField(N_("What happened"), render_kw={"maxlength": 1000})

    def validate_explanation(self, field: Any) -> None:
        if len(field.data or "") < 5:
            raise ValidationError(_("Please describe in a sentence what happened."))


class SecondFactorForm(BaseForm):
    code = StringField(
        N_("Six digits"),
        [Filled(N_("Please enter the six digits that the app shows."))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 10},
    )
    next = HiddenField()


class ConfirmForm(BaseForm):
    """What somebody whom a liaison registered says about the data: all right, or what is wrong."""

    phone = TelField(N_("Phone"), render_kw={"autocomplete": "tel", "maxlength": 30})
    wrong = TextAreaField(N_("Something is wrong with my data"), render_kw={"maxlength": 500})
    privacy = BooleanField(
        N_("I have read the privacy notice and agree to the use of my data for the contests.")
    )
    publication = BooleanField(
        N_("I agree that my name and unit may be published with my results and awards.")
    )

    def validate_phone(self, field: Any) -> None:
        if field.data:
            field.data = refine(lambda: phones.clean(field.data))

    def validate_privacy(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(
                _("Without the privacy notice there can be no record. Please read it and agree.")
            )


class PhoneForm(BaseForm):
    phone = TelField(N_("New phone"), render_kw={"autocomplete": "tel", "maxlength": 30})

    def validate_phone(self, field: Any) -> None:
        field.data = refine(lambda: phones.clean(field.data or ""))


class PhoneCodeForm(BaseForm):
    code = StringField(
        N_("Code from the text message"),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 20},
    )


class NameChangeForm(BaseForm):
    name = StringField(N_("Right name"), render_kw={"maxlength": 80})
    reason = TextAreaField(N_("Reason"), render_kw={"maxlength": 500})

    def validate_name(self, field: Any) -> None:
        field.data = refine(lambda: names.clean(field.data or ""))


class DocumentChangeForm(DocumentForm):
    reason = TextAreaField(N_("Reason"), render_kw={"maxlength": 500})
