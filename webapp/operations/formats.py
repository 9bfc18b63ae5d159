"""The manifest of a backup: what lies in its folder, with digests."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from webapp.operations.errors import BackupDamaged

VERSION = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
FILES = "files"


@dataclass(frozen=True)
class Manifest:
    """tables: rows of each table at the moment of the dump. files: digest of every file by its path
    below files/. data_key_id: which data key closed the encrypted columns; it does not tell the key."""

    made_at: str
    revision: str
    dump_sha256: str
    dump_bytes: int
    tables: Mapping[str, int]
    files: Mapping[str, str]
    data_key_id: str
    version: int = VERSION

    def write(self, folder: Path) -> None:
        """The manifest comes last: a folder without one is no backup."""
        draft = folder / f"{MANIFEST}.draft"
        draft.write_text(json.dumps(asdict(self), indent=1, sort_keys=True), encoding="utf-8")
        draft.rename(folder / MANIFEST)


def read_manifest(folder: Path) -> Manifest:
    """Raise BackupDamaged when there is none or it is of another kind."""
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if told.get("version") != VERSION:
            raise BackupDamaged(what=f"{MANIFEST}: version {told.get('version')}")
        return Manifest(**told)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise BackupDamaged(what=f"{MANIFEST}: {error}") from error


def check_digests(folder: Path, manifest: Manifest) -> None:
    """Read everything back and compare. Raise BackupDamaged naming the first file that differs."""
    wanted = {DUMP: manifest.dump_sha256, **{f"{FILES}/{name}": sha for name, sha in manifest.files.items()}}
    for name, sha256 in wanted.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BackupDamaged(what=f"{name} lies outside of the folder")
        if not path.is_file():
            raise BackupDamaged(what=f"{name} is missing")
        if digest_of(path) != sha256:
            raise BackupDamaged(what=f"{name} has changed since it was written")


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
