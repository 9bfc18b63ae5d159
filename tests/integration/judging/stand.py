"""A contest with a practical final: two modules, contestants, judges, a chief judge, a host."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from tests.factories import make_account, make_participation, make_person, make_staff
from webapp.access.permissions import Role
from webapp.accounts.models import Account
from webapp.contests.models import Event, Stage
from webapp.contests.service import load_contest
from webapp.core import clock
from webapp.core.db import db
from webapp.judging.queries.sheets import SheetLine, sheets_of
from webapp.judging.rules.items import Item, ItemKind
from webapp.judging.service import scoring, setting_up
from webapp.registration.models import Entry, Participation

D = Decimal
SECRET = bytes(range(32))
ITEMS = (
    Item("A1", "槽宽", "Width", ItemKind.MEASURED, D(40), target=D(12), tolerance=D("0.05"), unit="mm"),
    Item("B1", "外观", "Look", ItemKind.JUDGED, D(60), D("0.5")),
    Item("C1", "浪费材料", "Waste", ItemKind.DEDUCTION, D(5), D(1)),
    Item("Z1", "重大安全事故", "Accident", ItemKind.DISQUALIFYING),
)
MADE_AT_HOME = (Item("W1", "作品", "Work", ItemKind.JUDGED, D(50), D(1)),)


def definition(code: str = "practical-1", first: str = "") -> str:
    """The text of a contest with one event whose final is practical. first: more keys of the first module."""
    at = clock.now()
    window = f'["{(at - timedelta(days=1)).isoformat()}", "{(at + timedelta(days=3)).isoformat()}"]'
    return f"""
schema = 1
code = "{code}"
edition = "1"
title = {{zh = "示例技能大赛", en = "Sample skills contest"}}

[windows]
registration = {window}
final = "undecided"

[[classes]]
code = "class-1"
title = {{zh = "一类", en = "Class I"}}

[[profiles]]
code = "competition"
track = "competition"
title = {{zh = "竞技赛项", en = "Competition"}}
[profiles.registration]
window = "registration"
needs_unit = false
[[profiles.stages]]
code = "final"
title = {{zh = "决赛", en = "Final"}}
kind = "practical"
window = "final"
quota = "undecided"
[[profiles.stages.components]]
component = "practical"
weight_pct = 100
[[profiles.stages.modules]]
code = "m1"
title = {{zh = "零件加工", en = "Machining"}}
mark = 100
share_pct = 60
judges = 3
drop_extremes = true
deviation_pct = 10
{first}
[[profiles.stages.modules]]
code = "m2"
title = {{zh = "场外作品", en = "Work at home"}}
mark = 50
share_pct = 40
judges = 1
take_home_h = 72

[[events]]
code = "milling"
title = {{zh = "铣工", en = "Milling"}}
class = "class-1"
profile = "competition"

[[limits]]
rule = "min-judges"
force = "normal"
value = 3
"""


@dataclass
class Workshop:
    """Everything set up to the drawing of numbers, or further as the test asks."""

    event: Event
    stage_id: int
    people: list[Participation]
    host: Account
    chief: Account
    judges: list[Account]

    def entry_of(self, person: Participation) -> int:
        return db.session.scalars(select(Entry.id).where(Entry.participation_id == person.id)).one()

    def set_up(self, module: str = "m1", judges: int = 3) -> int:
        """Items, judges, numbers, open sheets; the run's id."""
        now, host = clock.now(), self.host.id
        setting_up.store_items(self.stage_id, module, ITEMS if module == "m1" else MADE_AT_HOME, host, now)
        for judge in self.judges[:judges]:
            setting_up.assign_judge(self.stage_id, module, judge.id, host, now)
        setting_up.assign_judge(self.stage_id, module, self.chief.id, host, now, is_chief=True)
        setting_up.draw(self.stage_id, module, host, now, SECRET)
        setting_up.open_sheets(self.stage_id, module, host, now, "人数少，已够用")
        run_id = setting_up.locked_run(self.stage_id, module).id
        db.session.commit()
        return run_id

    def sheets(self, run_id: int, account: Account) -> list[SheetLine]:
        return [line for line in sheets_of(run_id) if line.account_id == account.id]

    def fill(self, line: SheetLine, **values: str) -> str:
        """Type these values into a sheet, hand it in, and return its state."""
        scoring.save_form(line.sheet_id, line.account_id, values, clock.now())
        state = scoring.hand_in(line.sheet_id, line.account_id, clock.now())
        db.session.commit()
        return state

    def fill_all(self, run_id: int, **values: str) -> None:
        """Every open sheet of a module with the same values."""
        for line in sheets_of(run_id):
            if line.state in {"open", "reopened"} and not line.is_absent:
                self.fill(line, **values)


def make_workshop(people: int = 3, code: str = "practical-1", first: str = "") -> Workshop:
    """The contest with its people; nothing of the practical test is set up."""
    loaded = load_contest(definition(code, first))
    event = db.session.scalars(select(Event).where(Event.contest_id == loaded.contest_id)).one()
    stage_id = db.session.scalars(select(Stage.id).where(Stage.event_id == event.id)).one()
    made = [make_participation(event, number=f"{code[-1]}{n:05d}") for n in range(1, people + 1)]
    shop = Workshop(
        event,
        stage_id,
        made,
        make_staff(Role.HOST, event),
        make_staff(Role.CHIEF_JUDGE, event),
        [make_staff(Role.JUDGE, event) for _ in range(3)],
    )
    db.session.commit()
    return shop


def stranger() -> Account:
    """An account without any role."""
    return make_account(make_person())
