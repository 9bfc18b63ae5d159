"""The drill: back up, destroy, restore, compare; and the refusals on the way."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests import database
from tests.conftest import make_app
from tests.factories import make_person
from webapp.accounts.models import Person
from webapp.core.db import db
from webapp.media import service as media
from webapp.operations import service
from webapp.operations.database_tools import connect
from webapp.operations.errors import (
    BackupDamaged,
    DatabaseInUse,
    FolderNotEmpty,
    KeysDiffer,
    TargetNotEmpty,
    ToolFailed,
)
from webapp.operations.formats import digest_of

NAME = "test_backup"


@pytest.fixture
def site(app: Flask, tmp_path: Path, worker_id: str) -> Iterator[Flask]:
    """A site of its own with three people and two files."""
    name = f"{NAME}_{worker_id}"
    made = make_app(database.clone(name), app.extensions["settings"].redis_url, tmp_path / "var")
    with made.app_context():
        for _ in range(3):
            make_person()
        media.store(b"a picture", "image/png")
        media.store("第二个文件".encode(), "text/plain")
        db.session.commit()
    yield made
    disconnect(made)
    database.drop(name)


def disconnect(site: Flask) -> None:
    with site.app_context():
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def destroy(site: Flask) -> None:
    """What a disaster leaves: an empty server, no files."""
    disconnect(site)
    with connect(site.extensions["settings"].database_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("DROP SCHEMA keys CASCADE")
        connection.execute("CREATE SCHEMA public")
    shutil.rmtree(site.extensions["settings"].files_dir)


def counted(site: Flask) -> dict[str, int]:
    with connect(site.extensions["settings"].database_url) as connection:
        return service.count_rows(connection)


def files_of(site: Flask) -> dict[str, bytes]:
    root: Path = site.extensions["settings"].files_dir
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_destroyed_site_comes_back_row_for_row(site: Flask, tmp_path: Path) -> None:
    folder, keys = tmp_path / "backup", tmp_path / "keys.json"
    before, files = counted(site), files_of(site)
    with site.app_context():
        names = sorted(db.session.scalars(db.select(Person.name)))
        service.back_up(folder, keys)
    destroy(site)
    with site.app_context():
        manifest = service.restore(folder, keys, replace=False)
        after = sorted(db.session.scalars(db.select(Person.name)))
    assert dict(manifest.tables) == before == counted(site)
    assert before["public.persons"] == 3
    assert files_of(site) == files
    assert len(files) == 2
    assert after == names


def test_pages_stay_closed_to_the_keys_after_restoring(site: Flask, tmp_path: Path) -> None:
    with site.app_context():
        service.back_up(tmp_path / "backup", None)
    destroy(site)
    with site.app_context():
        service.restore(tmp_path / "backup", None, replace=False)
    with connect(site.extensions["settings"].database_url) as connection:
        row = connection.execute(
            "SELECT has_schema_privilege('jiangsai_pages', 'keys', 'USAGE'),"
            " has_table_privilege('jiangsai_keys', 'keys.question_keys', 'SELECT'),"
            " has_table_privilege('jiangsai_pages', 'audit_rows', 'UPDATE')"
        ).fetchone()
    assert row == (False, True, False)


def test_a_backup_of_a_restored_site_can_be_restored_again(site: Flask, tmp_path: Path) -> None:
    for name in ("first", "second"):
        with site.app_context():
            service.back_up(tmp_path / name, None)
        destroy(site)
        with site.app_context():
            service.restore(tmp_path / name, None, replace=False)
    assert counted(site)["public.persons"] == 3


def test_keys_are_apart_and_closed_to_others(site: Flask, tmp_path: Path) -> None:
    folder, keys = tmp_path / "backup", tmp_path / "keys.json"
    with site.app_context():
        service.back_up(folder, keys)
    secret = site.extensions["settings"].data_key
    assert json.loads(keys.read_text())["data_key"] == secret
    assert keys.stat().st_mode & 0o777 == 0o600
    assert not any(secret.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_data_is_replaced_only_when_asked(site: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    with site.app_context():
        service.back_up(folder, None)
        make_person()
        db.session.commit()
        db.session.remove()
        with pytest.raises(TargetNotEmpty):
            service.restore(folder, None, replace=False)
    assert counted(site)["public.persons"] == 4
    with site.app_context():
        service.restore(folder, None, replace=True)
    assert counted(site)["public.persons"] == 3


def test_a_running_site_is_not_restored_over(site: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    with site.app_context():
        service.back_up(folder, None)
        db.session.remove()
    with connect(site.extensions["settings"].database_url), site.app_context(), pytest.raises(DatabaseInUse):
        service.restore(folder, None, replace=True)


@pytest.mark.parametrize("victim", ["database.dump", "manifest.json", "files"])
def test_a_damaged_backup_is_refused_before_anything_changes(
    site: Flask, tmp_path: Path, victim: str
) -> None:
    folder = tmp_path / "backup"
    with site.app_context():
        service.back_up(folder, None)
        db.session.remove()
    path = folder / victim
    if path.is_dir():
        path = next(file for file in path.rglob("*") if file.is_file())
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with site.app_context(), pytest.raises(BackupDamaged):
        service.restore(folder, None, replace=True)
    assert counted(site)["public.persons"] == 3


def test_a_restore_that_fails_half_way_leaves_the_old_data(site: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    with site.app_context():
        service.back_up(folder, None)
        db.session.remove()
    dump = folder / "database.dump"
    dump.write_bytes(dump.read_bytes()[:-200])
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["dump_sha256"] = digest_of(dump)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    before = counted(site)
    with site.app_context(), pytest.raises((ToolFailed, BackupDamaged)):
        service.restore(folder, None, replace=True)
    assert counted(site) == before


def test_another_data_key_is_noticed(site: Flask, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    with site.app_context():
        service.back_up(folder, None)
        db.session.remove()
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["data_key_id"] = service.data_key_id("another")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with site.app_context(), pytest.raises(KeysDiffer):
        service.restore(folder, None, replace=True)


def test_a_folder_with_something_in_it_is_not_used(site: Flask, tmp_path: Path) -> None:
    (tmp_path / "backup").mkdir()
    (tmp_path / "backup" / "mine.txt").touch()
    with site.app_context(), pytest.raises(FolderNotEmpty):
        service.back_up(tmp_path / "backup", None)
