"""A page of a print file is the certificate as it is alone, pixel by pixel."""

import json
from datetime import date

import pytest
import typst

from webapp.certificates.rules.facts import Facts, digest_of
from webapp.certificates.service.document import FOLDER, template_data


def data(at: int) -> dict[str, object]:
    words = {"zh": "参赛证书", "en": "Participation"}
    facts = Facts(
        serial=f"JS26-7K3M9-{at:05d}-TC5ZP", name="欧阳䶮", number=f"{at:06d}", unit="示例机械厂", award=words,
        contest=words, event=words, stage=words, hosts=words, finished=("exam",), rank=at, goes_on=False,
        issued_on=date(2026, 6, 1),
    )  # fmt: skip
    return template_data(
        facts, digest_of(facts.as_json()), f"https://example.org/verify/{facts.serial}", "{}"
    )


@pytest.mark.parametrize("look", ["1", "2-rank"])
def test_pages_of_a_print_file_look_like_single_certificates(look: str) -> None:
    fonts = json.dumps({key: ["Noto Sans CJK SC"] for key in ("serif", "sans")})
    compiler = typst.Compiler()
    template = str(FOLDER / f"certificate-{look}.typ")

    def set_as(said: object) -> object:
        inputs = {"data": json.dumps(said, ensure_ascii=False), "fonts": fonts}
        return compiler.compile(input=template, root=str(FOLDER), format="png", ppi=50.0, sys_inputs=inputs)

    every = [data(at) for at in (1, 2, 3)]
    assert set_as({"title": "three", "certificates": every}) == [set_as(one) for one in every]
