"""The app object for the web server (granian)."""

import gc

from webapp.app import create_app
from webapp.config import Settings, require_secrets
from webapp.core import clock
from webapp.core.db import db
from webapp.operations.service import beats, refuse_lax_database

_settings = Settings.from_env()
require_secrets(_settings)
app = create_app(_settings)
with app.app_context():
    refuse_lax_database()
    engine = db.engine
    clock.keep_measuring(engine, then=lambda: beats.beat(engine, "web"))
# What is here now stays: no collection has to look at it again while people wait for an answer.
gc.collect()
gc.freeze()
