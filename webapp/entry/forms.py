"""Forms of entry."""

import json
import re
from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from webapp.core.forms import BaseForm
from webapp.core.i18n import gettext as _
from webapp.core.words import N_

KINDS = {"ticket": N_("Signed ticket from the host's app"), "oidc": N_("OpenID Connect")}
NEEDED = (InputRequired(N_("Please fill this in.")), Length(max=300))


class DoorForm(BaseForm):
    code = StringField(N_("Code in the address"), [*NEEDED])
    kind = SelectField(N_("Kind"), choices=[])
    title_zh = StringField(N_("Name (Chinese)"), [*NEEDED])
    title_en = StringField(N_("Name (English)"), [Length(max=300)])
    issuer = StringField(N_("Issuer"), [*NEEDED])
    client_id = StringField(N_("Our name there (audience, client id)"), [*NEEDED])
    secret = StringField(N_("Shared secret"), [Length(max=500)], render_kw={"autocomplete": "off"})
    public_keys = TextAreaField(N_("Public keys (JWK set)"), [Length(max=20_000)])
    is_open = BooleanField(N_("Way is open"), default=True)
    keys: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(kind, _(words)) for kind, words in KINDS.items()]
        self.keys = {}

    def validate_code(self, field: Any) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9-]{1,30}", field.data or "") or field.data in {
            "arrived",
            "first",
            "bind",
        }:
            raise ValidationError(_("Small letters, digits and hyphens only."))

    def validate_public_keys(self, field: Any) -> None:
        if not (field.data or "").strip():
            return
        try:
            self.keys = dict(json.loads(field.data))
        except (ValueError, TypeError) as error:
            raise ValidationError(_("This is not JSON.")) from error


class BindForm(BaseForm):
    number = StringField(N_("Document number"), render_kw={"autocomplete": "off", "maxlength": 40})
    sure = BooleanField(N_("Yes, both are me"))
