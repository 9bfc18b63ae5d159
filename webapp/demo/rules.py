"""Invented people, units and phases of the demo. Document numbers carry a region code that does not exist."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.access.permissions import Role
from webapp.contests.rules.reanchor import Anchor

PASSWORD = "Jiangsai-2026!"  # noqa: S105 - printed at every start of the demo; production has no demo
REGION = "990101"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK = "10X98765432"

CONTEST = "jilin-5"
PLAN = {
    "welding": Anchor.EXAM_OPEN,
    "electrician": Anchor.REGISTRATION,
    "industrial-robot": Anchor.LEARNING,
    "cnc-lathe": Anchor.PUBLISHED,
    "elderly-care": Anchor.REGISTRATION,
    "logistics": Anchor.LEARNING,
    "auto-repair": Anchor.REGISTRATION,
    "fire-control": Anchor.EXAM_OPEN,
    "snow-groomer": Anchor.REGISTRATION,
}
"""Where each event stands on the day of the start; popularisation events are open."""

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红玲建文斌宇浩凯雪琳晨阳博雅楠"


@dataclass(frozen=True)
class Node:
    """One organisation of the demo's tree."""

    code: str
    name: str
    kind: str
    level: str
    parent: str = ""
    credit_code: str = ""


ORGANISATIONS = (
    Node("demo-province", "吉林省总工会（演示）", "union", "province"),
    Node("demo-city", "松江市总工会（演示）", "union", "city", "demo-province"),
    Node("demo-county", "临河县总工会（演示）", "union", "county", "demo-city"),
    Node("demo-industry", "省机械冶金工会（演示）", "union", "industry", "demo-province"),
    Node("demo-unit-1", "东方机械制造厂（演示）", "unit", "unit", "demo-county"),
    Node("demo-unit-2", "松江热电有限公司（演示）", "unit", "unit", "demo-city"),
    Node("demo-unit-3", "长白重型装备公司（演示）", "unit", "unit", "demo-industry"),
    Node("demo-organiser", "松江职业技术学院（演示）", "organiser", "organiser", "demo-province"),
)
UNITS = ("demo-unit-1", "demo-unit-2", "demo-unit-3")


@dataclass(frozen=True)
class DemoPerson:
    """An account of the demo. scope: code of an organisation, or '' for everything."""

    key: str
    name: str
    note: str
    role: Role | None = None
    scope: str = ""
    unit: str = "demo-unit-1"

    @property
    def label(self) -> str:
        return self.role.value if self.role else "contestant"


STAFF = (
    DemoPerson(
        "administrator", "孟启明", "organisations, roles, contests / 组织、角色、竞赛", Role.ADMINISTRATOR
    ),
    DemoPerson(
        "host",
        "韩亦舟",
        "control room, boards, lists / 考务、排行榜、名单",
        Role.HOST,
        unit="demo-province",
    ),
    DemoPerson("setter", "沈默言", "uploads question banks / 上传题库", Role.QUESTION_SETTER),
    DemoPerson("question-reviewer", "顾思远", "approves question banks / 审定题库", Role.QUESTION_REVIEWER),
    DemoPerson(
        "unit-reviewer",
        "陶静",
        "first link: the unit's union / 第一级：单位工会",
        Role.UNION_REVIEWER,
        "demo-unit-1",
    ),
    DemoPerson("city-reviewer", "白桦", "city union / 市总工会", Role.UNION_REVIEWER, "demo-city"),
    DemoPerson(
        "province-reviewer",
        "江岚",
        "province, sees all below / 省总工会，可见全部",
        Role.UNION_REVIEWER,
        "demo-province",
    ),
    DemoPerson(
        "organiser",
        "齐远",
        "last confirmation / 承办单位最后确认",
        Role.ORGANISER,
        unit="demo-organiser",
    ),
    DemoPerson(
        "liaison", "邵云", "registers the unit's workers / 为本单位职工报名", Role.UNIT_LIAISON, "demo-unit-1"
    ),
    DemoPerson("help-desk", "温言", "finds a stuck person / 帮助选手", Role.HELP_DESK),
    DemoPerson("supervisor", "严正", "reads everything, changes nothing / 只读监督", Role.SUPERVISOR),
    DemoPerson(
        "second-host",
        "温如言",
        "the second person: agrees, answers objections / 第二人：同意、答复异议",
        Role.HOST,
        unit="demo-province",
    ),
)
CONTESTANTS = (
    DemoPerson("contestant", "林晓䶮", "exam open now: welding / 焊工考试进行中"),
    DemoPerson("newcomer", "程新", "has not registered yet / 尚未报名", unit="demo-unit-2"),
)
PEOPLE = (*CONTESTANTS, *STAFF)

CROWD = {"cnc-lathe": 48, "welding": 36, "electrician": 14, "open-work-safety": 40}
"""How many invented contestants each event has: published, exam open, under review, open track."""


LIVING = {"open-work-safety": 100, "industrial-robot": 50, "welding": 50}
"""How many people a run of the living demo brings: who learn and sit in one visit, who learn, who sit."""


def document_number(serial: int, born: date, region: str = REGION) -> str:
    """A resident identity number of a region that does not exist, with a right checksum (GB 11643)."""
    body = f"{region}{born:%Y%m%d}{serial % 1000:03d}"
    return body + CHECK[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def born_of(serial: int) -> date:
    """A birthday between 1968 and 2003, different enough to keep numbers apart."""
    return date(1968, 1, 1) + timedelta(days=(serial * 211) % 12_900)


def phone_of(serial: int) -> str:
    """A phone number of the demo; nothing is ever sent to it."""
    return f"139{serial:08d}"


def name_of(serial: int) -> str:
    """An invented name, always the same for a serial."""
    spin = hashlib.sha256(f"demo name {serial}".encode()).digest()
    given = GIVEN[spin[1] % len(GIVEN)] + (GIVEN[spin[2] % len(GIVEN)] if spin[3] % 3 else "")
    return SURNAMES[spin[0] % len(SURNAMES)] + given


def skill_of(serial: int) -> float:
    """How often an invented contestant is right: between 0.45 and 0.98, always the same for a serial."""
    return (
        0.45
        + 0.53 * int.from_bytes(hashlib.sha256(f"demo skill {serial}".encode()).digest()[:4], "big") / 2**32
    )


def serials() -> Iterator[int]:
    """Serial numbers of the crowd; the named people have the ones below 100."""
    return iter(range(100, 10_000))
