"""What a file leaves open is asked on its page, with a look at what would come; the same next time."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.factories import make_staff, sign_in
from tests.integration.banks.files import GOOD, table
from webapp.access.permissions import Role
from webapp.banks import queries
from webapp.banks.cli import cli
from webapp.banks.formats.options import KEYS, MEANINGS
from webapp.banks.models import Bank
from webapp.core.db import db, keys_scope

HOUSE = "题型,题干,选项A,选项B,正确答案,难度\nA类题,先做什么？,验电,合闸,A,三星\n说明,看下面,,,,\n判断题,水能灭电火。,,,错误,中\n"
TWO_WAYS = "题型,题干,正确答案\n填空题,先____，后____,验电|检电;合闸\n"
PLAIN = "题型,题干,选项A,选项B,正确答案\n单选题,先做什么？,验电,合闸,A\n"


@pytest.fixture
def setter(client: FlaskClient, session: Session) -> FlaskClient:
    sign_in(client, make_staff(Role.QUESTION_SETTER))
    client.post("/staff/banks/new", data={"title": "安全生产", "code": "safety"})
    return client


def send(client: FlaskClient, content: str, name: str = "bank.csv") -> str:
    """Upload a text; the address of its page."""
    answer = client.post("/staff/banks/safety/upload", data={"file": (io.BytesIO(content.encode()), name)})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def view_of(address: str) -> queries.UploadView:
    return queries.upload(int(address.rsplit("/", 1)[-1]))


def fields_of(page: str) -> dict[str, str]:
    """What the form of the step would send as it stands."""
    form = re.findall(r'<form id="mapping-form".*?</form>', page, re.DOTALL)[0]
    found = dict(re.findall(r'<input class="form-control[^>]* name="([^"]+)" value="([^"]*)"', form))
    for name, inside in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen[0] if chosen else ""
    return found


def test_a_file_that_leaves_nothing_open_is_not_asked_about_until_the_setter_wants_it(
    setter: FlaskClient,
) -> None:
    address = send(setter, PLAIN)
    page = setter.get(address).text
    assert 'id="mapping-form"' not in page
    assert f"{address}?map=all" in page
    fields = fields_of(setter.get(f"{address}?map=all").text)
    assert [fields[f"column:{at}"] for at in range(5)] == ["type", "stem", "option:A", "option:B", "answer"]
    assert fields["type:单选题"] == "single"
    assert {"between_blanks", "alternatives", "between_options", "between_answers", "first_option"} <= set(
        fields
    )
    assert setter.post(f"{address}/again", data=fields).status_code == 303
    assert view_of(address).options == {}


def test_only_what_is_undecided_is_asked_and_the_report_says_what_was_said(setter: FlaskClient) -> None:
    address = send(setter, HOUSE)
    page = setter.get(address).text
    assert set(fields_of(page)) == {"type:A类题", "type:说明"}
    data = {"type:A类题": "single", "type:说明": "skip"}
    setter.post(f"{address}/again", data=data)
    page = setter.get(address).text
    view = view_of(address)
    assert (view.counts["valid"], view.counts["errors"]) == (2, 0)
    assert set(fields_of(page)) == {"difficulty:三星"}
    setter.post(f"{address}/again", data={"difficulty:三星": "hard"})
    page = setter.get(address).text
    assert view_of(address).counts["difficulty"] == {"hard": 1, "medium": 1}
    assert 'id="mapping-form"' not in page
    for words in ("A类题: 单选题", "说明: 不读入这些行", "三星: 难", "按您的设置，题型“说明”的 1 行没有读入"):
        assert words in page
    assert view_of(address).problem_count == 0


def test_a_look_shows_the_first_questions_and_stores_nothing(setter: FlaskClient) -> None:
    address = send(setter, HOUSE)
    before = view_of(address)
    data = {"type:A类题": "single", "type:说明": "skip"}
    part = setter.post(f"{address}/try", data=data, headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "前 2 题中：2 题可以导入，0 题有错误" in part
    assert "先做什么？" in part
    whole = setter.post(f"{address}/try", data=data).text
    assert "<html" in whole
    assert "前 2 题中" in whole
    assert fields_of(whole)["type:说明"] == "skip"
    assert view_of(address) == before


def test_a_look_at_a_large_file_reads_its_beginning_and_shows_five(setter: FlaskClient) -> None:
    rows = [{**GOOD[2], "题干": f"第{at}句。", "外部编号": f"n{at}"} for at in range(700)]
    address = send(setter, table(*rows).decode("utf-8-sig"))
    part = setter.post(f"{address}/try", data={"between_blanks": "|"}, headers={"HX-Request": "true"}).text
    assert part.count('<article class="question"') == 5
    assert re.search(r"前 (299|300) 题中：(299|300) 题可以导入", part)


def test_two_readings_are_asked_for_with_an_example(setter: FlaskClient) -> None:
    address = send(setter, TWO_WAYS)
    page = setter.get(address).text
    assert fields_of(page) == {"between_blanks": "|", "alternatives": ";"}
    assert "验电|检电;合闸" in page
    setter.post(f"{address}/again", data={"between_blanks": ";", "alternatives": "|"})
    assert view_of(address).problem_count == 0
    assert view_of(address).options == {"between_blanks": ";", "alternatives": "|"}


def test_keys_of_json_are_told_on_the_page(setter: FlaskClient) -> None:
    items = [{"x1": "先做什么？", "x2": ["验电", "合闸"], "x3": "B", "x4": "Q9"}]
    address = send(setter, json.dumps(items, ensure_ascii=False), "keys.json")
    page = setter.get(address).text
    assert ">x1<" in page
    assert "先做什么？" in page
    data = {"column:0": "stem", "column:1": "options", "column:2": "answer", "column:3": "type"}
    part = setter.post(f"{address}/try", data=data, headers={"HX-Request": "true"}).text
    assert "Q9" in part
    setter.post(f"{address}/again", data=data)
    assert set(fields_of(setter.get(address).text)) == {"type:Q9"}
    setter.post(f"{address}/again", data={"type:Q9": "single"})
    assert view_of(address).counts["type"] == {"single": 1}
    assert view_of(address).options["columns"]["options"] == "x2"


def test_the_next_file_with_the_same_headings_is_read_as_last_time(
    setter: FlaskClient, session: Session
) -> None:
    first = send(setter, HOUSE)
    setter.post(f"{first}/again", data={"type:A类题": "single", "type:说明": "skip"})
    second = send(setter, HOUSE.replace("先做什么", "后做什么"), "next.csv")
    page = setter.get(second).text
    assert "按上次的读法读取" in page
    assert "A类题: 单选题" in page
    assert setter.post(f"{second}/as-before").status_code == 303
    assert view_of(second).options == view_of(first).options
    assert view_of(second).counts["errors"] == 0
    other = send(setter, PLAIN)
    assert "按上次的读法读取" not in setter.get(other).text
    assert setter.post(f"{other}/as-before").status_code == 404
    sign_in(setter, make_staff(Role.QUESTION_SETTER))
    strange = send(setter, HOUSE)
    assert "按上次的读法读取" not in setter.get(strange).text
    assert setter.post(f"{strange}/as-before").status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {"column:99": "stem"},
        {"column:-1": "stem"},
        {"column:²": "stem"},
        {"column:0": "stern"},
        {"column:0": "option:Ω"},
        {"column:0": "stem", "column:2": "stem", "column:3": "stem"},
        {"type:没有的": "single"},
        {"type:A类题": "script"},
        {"difficulty:中": "unheard-of"},
        {"first_option": "7"},
        {"between_blanks": "far too long a sign"},
        {"between_options": "\x00"},
        {"columns": "stem"},
        {"__class__": "x"},
    ],
)
@pytest.mark.parametrize("way", ["try", "again"])
def test_a_hostile_form_is_refused_with_a_sentence(
    setter: FlaskClient, way: str, data: dict[str, str]
) -> None:
    address = send(setter, HOUSE)
    before = view_of(address)
    for headers in ({}, {"HX-Request": "true"}):
        answer = setter.post(f"{address}/{way}", data=data, headers=headers)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
    assert view_of(address) == before


def test_nobody_tries_or_reads_again_what_is_decided_or_sealed(setter: FlaskClient) -> None:
    address = send(setter, PLAIN)
    setter.post(f"{address}/accept", data={"rest": "keep", "part": "all"})
    assert setter.post(f"{address}/try", data={}).status_code == 409
    assert setter.post(f"{address}/again", data={}).status_code == 409
    open_one = send(setter, HOUSE)
    db.session.query(Bank).update({"is_sealed": True})
    for way in ("try", "again", "as-before"):
        assert setter.post(f"{open_one}/{way}", data={}).status_code == 403


def test_samples_of_columns_lie_beside_the_keys(setter: FlaskClient) -> None:
    address = send(setter, HOUSE)
    with keys_scope():
        shape = queries.upload_shape(int(address.rsplit("/", 1)[-1]))
    assert shape.columns["正确答案"].samples == ("A", "错误")
    view: dict[str, Any] = vars(view_of(address))
    assert "验电" not in json.dumps(view, default=str, ensure_ascii=False)


def test_the_command_takes_the_same_mapping_and_prints_it(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text(HOUSE, encoding="utf-8")
    (tmp_path / "map.toml").write_text(
        '[types]\n"A类题" = "single"\n"说明" = "skip"\n[difficulties]\n"三星" = "hard"\n', encoding="utf-8"
    )
    arguments = ["check", str(tmp_path / "b.csv"), "--map", str(tmp_path / "map.toml"), "--json"]
    result = CliRunner().invoke(cli, arguments, obj=lambda: app)
    found = json.loads(result.stdout)
    assert (result.exit_code, found["counts"], found["warnings"]) == (0, {"single": 1, "true_false": 1}, [])
    assert found["mapping"] == {
        "types": {"A类题": "single", "说明": "skip"},
        "difficulties": {"三星": "hard"},
    }
    assert [item["name"] for item in found["skipped"]] == ["b.csv"]


def test_the_command_warns_of_what_it_assumes(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text(TWO_WAYS, encoding="utf-8")
    result = CliRunner().invoke(cli, ["check", str(tmp_path / "b.csv"), "--json"], obj=lambda: app)
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [(item["code"], item["row"]) for item in found["warnings"]] == [("signs-assumed", 2)]


def test_the_help_of_the_command_names_every_key_of_a_mapping(app: Flask) -> None:
    words = CliRunner().invoke(cli, ["check", "--help"], obj=lambda: app).output
    assert [key for key in (*KEYS, *MEANINGS) if key not in words] == []
