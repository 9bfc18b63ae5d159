"""The app object for the web server (granian)."""

from webapp.app import create_app
from webapp.config import Settings, require_secrets

_settings = Settings.from_env()
require_secrets(_settings)
app = create_app(_settings)
