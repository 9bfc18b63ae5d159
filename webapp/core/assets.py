"""Built scripts and styles: logical names to hashed files, sent compressed to those who can read it."""

import json
import mimetypes
import tomllib
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for
from markupsafe import Markup

STATIC = Path(__file__).resolve().parent.parent / "static"


FOREVER_S = 365 * 86_400
"""Files in dist carry their digest in the name: they never change."""
A_WHILE_S = 3600


def init_assets(app: Flask) -> None:
    """Give templates the addresses of built files, and serve those files."""
    app.jinja_env.globals.update(
        asset=asset, script=script, stylesheet=stylesheet, app_version=_version_of("jiangsai")
    )
    if app.has_static_folder:
        app.view_functions["static"] = send_asset


def send_asset(filename: str) -> Response:
    """A static file. Where the build left a .gz copy beside it, that copy, if the client takes it."""
    built = filename.startswith("dist/")
    packed = f"{filename}.gz"
    has_copy = built and (STATIC / packed).is_file() and (STATIC / packed).resolve().is_relative_to(STATIC)
    takes_it = has_copy and request.accept_encodings["gzip"] > 0
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    response = send_from_directory(
        STATIC, packed if takes_it else filename, mimetype=kind, max_age=FOREVER_S if built else A_WHILE_S
    )
    if takes_it:
        response.headers["Content-Encoding"] = "gzip"
    if has_copy:
        response.vary.add("Accept-Encoding")
    if built:
        response.cache_control.immutable = True
    return response


def _version_of(package: str) -> str:
    """The installed version, or that of the source tree the app runs from."""
    try:
        return version(package)
    except PackageNotFoundError:
        project = STATIC.parent.parent / "pyproject.toml"
        found = tomllib.loads(project.read_text(encoding="utf-8")) if project.is_file() else {}
        return str(found.get("project", {}).get("version", ""))


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
