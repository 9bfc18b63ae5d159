"""What a new web worker still has to load when the libraries are there already."""

import json
import subprocess
import sys

from flask import Flask

from tests.conftest import TEST_KEY
from webapp.config import ROOT

PROGRAM = """
import json, sys
from webapp import preload
preload.load()
before = set(sys.modules)
from webapp.app import create_app
from webapp.config import Settings
create_app(Settings.from_env())
foreign = [name for name in sys.modules
           if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith(("webapp", "_"))]
print(json.dumps([len(foreign), [name for name in foreign if name not in before],
                  [name for name in before if name.startswith("webapp")]]))
"""


def test_nearly_all_that_the_application_imports_from_outside_is_preloaded(app: Flask) -> None:
    settings = app.extensions["settings"]
    environ = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "JIANGSAI_VAR": str(settings.var),
        "JIANGSAI_SECRET_KEY": "tests only: nothing is signed with this key for real",
        "JIANGSAI_DATA_KEY": TEST_KEY,
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environ, check=True, capture_output=True, text=True
    )
    (total, late, own) = json.loads(done.stdout)
    assert total > 1000
    assert len(late) <= total / 20, late
    assert set(own) == {"webapp", "webapp.preload", "webapp.keeper"}, (
        "our own code stays exchangeable under a running server"
    )
