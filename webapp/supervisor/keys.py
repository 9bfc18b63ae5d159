"""The demo's own secrets: random, made once, readable by us only. Production brings its own."""

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from webapp.config import SettingInvalid

NAMES = {"JIANGSAI_SECRET_KEY": "secret_key", "JIANGSAI_DATA_KEY": "data_key"}


def demo_secrets(folder: Path, environ: Mapping[str, str], has_data: bool) -> dict[str, str]:
    """Environment entries (NAME_FILE) for the secrets that `environ` does not bring.

    has_data: there is a database already; then a lost data key is not silently replaced, because
    what it closed could never be opened again. Raise SettingInvalid."""
    found: dict[str, str] = {}
    for name, file_name in NAMES.items():
        if environ.get(name) or environ.get(f"{name}_FILE"):
            continue
        path = folder / file_name
        if not path.exists():
            if has_data and name == "JIANGSAI_DATA_KEY":
                raise SettingInvalid(
                    f"{path} is gone, and the data in {folder.parent} cannot be read without it. "
                    f"Put it back, or move {folder.parent} away to start anew."
                )
            _make(path, _random(name))
        found[f"{name}_FILE"] = str(path)
    return found


def refuse_demo_secrets(folder: Path, environ: Mapping[str, str]) -> None:
    """Production must not run on the demo's secrets. Raise SettingInvalid."""
    for name, file_name in NAMES.items():
        path = folder / file_name
        given = environ.get(f"{name}_FILE")
        same_file = given is not None and path.exists() and Path(given).resolve() == path.resolve()
        value = environ.get(name)
        if same_file or (
            value and path.exists() and path.read_text(encoding="ascii").strip() == value.strip()
        ):
            raise SettingInvalid(f"{name} is the demo's ({path}): make one of your own for JIANGSAI_DEMO=0")


def _random(name: str) -> str:
    if name == "JIANGSAI_DATA_KEY":
        return base64.b64encode(os.urandom(32)).decode()
    return secrets.token_urlsafe(48)


def _make(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f"{path.name}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as handle:
        handle.write(text + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    draft.rename(path)
