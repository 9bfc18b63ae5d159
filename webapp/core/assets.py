"""Built scripts and styles: logical names to hashed files."""

import json
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for
from markupsafe import Markup

STATIC = Path(__file__).resolve().parent.parent / "static"


def init_assets(app: Flask) -> None:
    app.jinja_env.globals.update(asset=asset, script=script, stylesheet=stylesheet)


@lru_cache(maxsize=1)
def _manifest(changed_ns: int) -> dict[str, str]:
    path = STATIC / "dist" / "manifest.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if changed_ns else {}


def asset(name: str) -> str:
    """The address of a built file, for example asset('app.css')."""
    path = STATIC / "dist" / "manifest.json"
    built = _manifest(path.stat().st_mtime_ns if path.exists() else 0)
    return url_for("static", filename=f"dist/{built.get(name, name)}")


def script(name: str) -> Markup:
    """The element that loads one of our modules, for example script('exam')."""
    return Markup('<script type="module" src="{}"></script>').format(asset(f"{name}.js"))


def stylesheet(name: str = "app") -> Markup:
    """The element that loads a built style sheet."""
    return Markup('<link rel="stylesheet" href="{}">').format(asset(f"{name}.css"))
