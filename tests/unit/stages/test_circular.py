"""Who has to agree to a circular, and what holds it up."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from webapp.contests.rules.parse import parse_contest
from webapp.stages.rules.circular import EventEnd, bodies, body, missing, unfinished
from webapp.stages.rules.digest import canonical

DEFINITIONS = Path(__file__).resolve().parents[3] / "webapp/contests/definitions"
TONGLIAO = parse_contest((DEFINITIONS / "tongliao-2025.toml").read_text("utf-8"))
JILIN = parse_contest((DEFINITIONS / "jilin-5.toml").read_text("utf-8"))
AT = datetime(2025, 11, 3, 2, tzinfo=UTC)


def end(code: str, people: int = 3, is_final: bool = True) -> EventEnd:
    return EventEnd(code, {"zh": code}, people, is_final, "d", [{"rank": 1, "number": "1"}])


def test_the_four_hosts_of_tongliao_agree_and_nobody_for_jilin() -> None:
    assert bodies(TONGLIAO) == ("通辽市总工会", "市人社局", "团市委", "市妇联")
    assert bodies(JILIN) == ()


def test_the_file_may_name_the_bodies() -> None:
    rules = tuple(
        replace(rule, value=["甲", "乙", "甲"]) if rule.code == "final-review" else rule
        for rule in TONGLIAO.limits
    )
    assert bodies(replace(TONGLIAO, limits=rules)) == ("甲", "乙")


def test_an_event_with_people_and_without_a_final_list_holds_it_up() -> None:
    running = end("c", is_final=False)
    assert unfinished([end("a"), end("b", people=0, is_final=False), running]) == (running,)


def test_the_circular_says_the_same_for_equal_lists() -> None:
    told = body(TONGLIAO, 1, AT, [end("a"), end("b", is_final=False)])
    assert [event["code"] for event in told["events"]] == ["a"]
    assert canonical(told) == canonical(body(TONGLIAO, 1, AT, [end("a")]))
    assert told["prepared_at"] == "2025-11-03T10:00:00+08:00"


def test_bodies_that_have_not_agreed_stand_in_the_order_of_the_file() -> None:
    assert missing(["甲", "乙", "丙"], {"乙"}) == ("甲", "丙")
