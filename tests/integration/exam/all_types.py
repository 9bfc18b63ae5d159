"""An exam with one question of each type that only some banks have."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy.orm import Session

from tests.integration.exam.exams import add, make_exam
from tests.unit.exam.blueprints import blueprint, cell, section
from webapp.banks.models import Bank, BankVersion
from webapp.banks.rules.schema import (
    BankFile,
    Blank,
    Difficulty,
    NumberRange,
    PublicQuestion,
    Question,
    QuestionKey,
    QuestionType,
)
from webapp.banks.service.versions import store_version
from webapp.core.db import keys_scope
from webapp.core.transaction import transaction

RANGE = NumberRange(Decimal(36), Decimal(36))
QUESTIONS = (
    (
        PublicQuestion(
            QuestionType.MATCHING, "连接安全色与含义。", ("禁止", "警告", "指令", "提示"),
            items=("红色", "黄色", "蓝色"),
        ),
        QuestionKey(letters="ABC", explanation="见 GB 2893。"),
    ),
    (
        PublicQuestion(QuestionType.ORDERING, "触电急救的步骤。", ("切断电源", "判断意识", "呼救", "心肺复苏")),
        QuestionKey(letters="ABCD"),
    ),
    (PublicQuestion(QuestionType.NUMERIC, "安全电压额定值中常用于手持灯的是多少伏？"), QuestionKey(numbers=(RANGE,))),
    (
        PublicQuestion(
            QuestionType.PASSAGE, "某工地材料。", parts=(
                PublicQuestion(QuestionType.SINGLE, "主要责任人是谁？", ("总承包", "分包")),
                PublicQuestion(QuestionType.FILL, "应设____。", blanks=1),
            ),
        ),
        QuestionKey(
            parts=(QuestionKey(letters="A"), QuestionKey(blanks=(Blank(("围挡",)),))),
            part_weights=(Decimal(1), Decimal(3)),
        ),
    ),
    (
        PublicQuestion(
            QuestionType.FILL, "灭火器指针在____区为正常。", blanks=1, choices=(("绿色", "红色", "黄色"),)
        ),
        QuestionKey(blanks=(Blank(("绿色",)),)),
    ),
)  # fmt: skip
KINDS = ("matching", "ordering", "numeric", "passage", "fill")


def make_bank_of(session: Session, pairs: Sequence[tuple[PublicQuestion, QuestionKey]]) -> BankVersion:
    """An approved version of a bank with these questions, in their order."""
    bank = add(Bank(code="shapes", title={"zh": "各种题型", "en": "All types"}))
    session.commit()
    questions = tuple(
        Question(f"q-{at}", public, secret, "t", Difficulty.EASY) for at, (public, secret) in enumerate(pairs)
    )
    with keys_scope(), transaction():
        file = BankFile("shapes", "各种题型", "", "zh-CN", "", "", "", (), questions)
        stored = store_version(bank.id, file, None)
    version = session.get_one(BankVersion, stored.version_id)
    version.state = "approved"
    session.commit()
    return version


def make_exam_of_all_types(session: Session) -> int:
    """An open exam with one question of each of KINDS, 4 marks each, shared out; its id."""
    version = make_bank_of(session, QUESTIONS)
    paper = blueprint(
        *(
            section(kind, cell(None, None, 1), mark=Decimal(4), marking_rule="proportional", key=kind)
            for kind in KINDS
        )
    )
    return make_exam(bank_version=version, sections=paper.sections)
