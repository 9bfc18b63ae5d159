"""Pictures and sounds of texts from an upload to those who may see them, and to nobody else."""

import io
import wave
import zipfile
from contextlib import AbstractContextManager, ExitStack

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.integration.banks.files import GOOD, table
from tests.integration.exam.exams import make_exam, sit
from tests.unit.banks.tables import png
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.banks import queries, service
from webapp.banks.formats import writers
from webapp.banks.models import Bank, BankVersionQuestion, QuestionKeyRow, QuestionVersion
from webapp.banks.queries.contents import contents
from webapp.banks.queries.practice import asked
from webapp.core.db import db, keys_scope
from webapp.core.transaction import transaction
from webapp.exam.queries.pictures import paper_pictures
from webapp.media import service as media
from webapp.media.models import StoredFile

ROW = {
    **GOOD[0],
    "题干": "听 [[media:问.wav]]，看 [[media:shared.png]]",
    "选项A": "甲 [[media:甲.png]]",
    "解析": "见 [[media:答案.png]] 和 [[media:shared.png]]",
}


def writing() -> AbstractContextManager[object]:
    stack = ExitStack()
    stack.enter_context(keys_scope())
    stack.enter_context(transaction())
    return stack


def wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\x00\x10" * 2000)
    return out.getvalue()


def packed(row: dict[str, str] = ROW, size: int = 9) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("bank.csv", table(row))
        archive.writestr("问.wav", wav())
        archive.writestr("shared.png", png(size + 1))
        archive.writestr("甲.png", png(size + 2))
        archive.writestr("答案.png", png(size + 3))
    return out.getvalue()


@pytest.fixture
def setter(session: Session) -> Account:
    account = make_staff(Role.QUESTION_SETTER)
    db.session.commit()
    return account


@pytest.fixture
def bank_id(setter: Account) -> int:
    with writing():
        return service.create_bank("safety", {"zh": "安全", "en": "Safety"}, setter.id)


def stored(bank_id: int, setter: Account, content: bytes, name: str = "bank.zip") -> service.Stored:
    with writing():
        upload_id = service.receive(bank_id, content, name, setter.id)
        return service.accept(upload_id, setter.id, keep_rest=False)


def version_of(made: service.Stored) -> QuestionVersion:
    member = select(BankVersionQuestion.question_version_id).where(
        BankVersionQuestion.bank_version_id == made.version_id
    )
    return db.session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(member))).one()


def test_files_of_the_question_and_files_of_its_explanation_are_kept_apart(
    bank_id: int, setter: Account
) -> None:
    version = version_of(stored(bank_id, setter, packed()))
    assert set(version.extra["media"]) == {"问.wav", "shared.png", "甲.png"}
    with keys_scope():
        rules = db.session.get_one(QuestionKeyRow, version.id).rules
    assert set(rules["media"]) == {"答案.png", "shared.png"}


def test_contestants_get_the_files_of_the_question_by_random_names_only(
    client: FlaskClient, bank_id: int, setter: Account
) -> None:
    version = version_of(stored(bank_id, setter, packed()))
    names = dict(db.session.execute(select(StoredFile.id, StoredFile.public_name)).all())
    sound, shared, first = (
        names[version.extra["media"][name]] for name in ("问.wav", "shared.png", "甲.png")
    )
    for shown in (contents([version.id])[version.id], asked([version.id])[version.id].content):
        assert shown.stem == f"听 [[shown:sound:{sound}]]，看 [[shown:picture:{shared}]]"
        assert shown.options[0] == f"甲 [[shown:picture:{first}]]"
    answer = client.get(f"/media/{sound}")
    assert (answer.status_code, answer.mimetype) == (200, "audio/mpeg")
    answer.close()
    with keys_scope():
        explained = queries.keys([version.id])[version.id].explanation
    assert explained.startswith("见 [[shown:picture:")
    assert "答案" not in explained


def test_the_waiting_room_fetches_the_files_of_the_paper_but_not_of_explanations(session: Session) -> None:
    exam = make_exam()
    told, kept = media.store(png(31), "image/png"), media.store(png(32), "image/png")
    session.execute(update(QuestionVersion).values(extra={"media": {"a.png": told}}))
    session.commit()
    with writing():
        session.execute(update(QuestionKeyRow).values(rules={"media": {"b.png": kept}}))
    assert paper_pictures(sit(exam).attempt_id) == [media.public_names([told])[told]]


def test_a_setter_sees_and_hears_them_in_preview_and_version(
    client: FlaskClient, bank_id: int, setter: Account
) -> None:
    sign_in(client, setter)
    with writing():
        upload_id = service.receive(bank_id, packed(), "bank.zip", setter.id)
    page = client.get(f"/staff/banks/uploads/{upload_id}").text
    with writing():
        service.accept(upload_id, setter.id)
    for shown in (page, client.get("/staff/banks/safety/versions/1").text):
        assert shown.count('<img src="/media/') == 4
        assert shown.count("<audio controls") == 1
        assert "[[" not in shown


def test_a_file_of_a_sealed_bank_is_told_to_nobody(
    client: FlaskClient, bank_id: int, setter: Account
) -> None:
    version = version_of(stored(bank_id, setter, packed()))
    db.session.query(Bank).update({"is_sealed": True})
    db.session.commit()
    names = list(db.session.scalars(select(StoredFile.public_name)))
    sign_in(client, setter)
    for address in ("/staff/banks/safety", "/staff/banks/safety/versions/1", "/staff/banks/uploads/1"):
        page = client.get(address).text
        assert not [name for name in names if name in page]
    for guess in (*version.extra["media"], *map(str, version.extra["media"].values())):
        assert client.get(f"/media/{guess}").status_code == 404


def test_other_bytes_under_the_same_name_make_a_new_version_and_the_same_do_not(
    bank_id: int, setter: Account
) -> None:
    first = stored(bank_id, setter, packed())
    assert not stored(bank_id, setter, packed()).is_new
    other = stored(bank_id, setter, packed(size=20))
    assert (other.is_new, other.changed_questions, first.new_questions) == (True, 1, 1)


@pytest.mark.parametrize("form", [writers.ExportFormat.XLSX, writers.ExportFormat.TOML])
def test_an_exported_version_brings_its_files_and_comes_back_unchanged(
    bank_id: int, setter: Account, form: writers.ExportFormat
) -> None:
    made = stored(bank_id, setter, packed())
    with keys_scope():
        file, pictures = queries.bank_file(made.version_id)
    assert set(pictures) == {"问.wav", "shared.png", "甲.png", "答案.png"}
    written = writers.write(file, pictures, form)
    assert not stored(bank_id, setter, written.content, written.name).is_new


def test_two_questions_may_name_different_files_alike(bank_id: int, setter: Account) -> None:
    stored(bank_id, setter, packed())
    with writing():
        upload_id = service.receive(
            bank_id,
            packed({**ROW, "题干": "另一题 [[media:shared.png]]", "外部编号": "x-2"}, 20),
            "b.zip",
            setter.id,
        )
        made = service.accept(upload_id, setter.id, keep_rest=True)
    with keys_scope():
        file, pictures = queries.bank_file(made.version_id)
    assert len(file.questions) == 2
    assert len(pictures) == 7
    written = writers.write(file, pictures, writers.ExportFormat.TOML)
    again = stored(bank_id, setter, written.content, written.name)
    with keys_scope():
        _file, same = queries.bank_file(again.version_id)
    assert {one.content for one in same.values()} == {one.content for one in pictures.values()}
